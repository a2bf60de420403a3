// The parts of the routes of dispatch.
#pragma once

#include "web/api.h"

namespace anlan {

void add_team_routes(Api& api);    // whom to send
void add_relief_routes(Api& api);  // what to carry where
void add_air_routes(Api& api);     // helicopters

}  // namespace anlan
