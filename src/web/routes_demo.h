// Routes of the demonstration, and its accounts as the sign-in page shows them.
#pragma once

#include <vector>

#include "web/api.h"

namespace anlan {

class Demo;

std::vector<DemoAccount> demo_accounts();

// GET and POST /demo. Without a demo they say that there is none. The demo must outlive the API.
void add_demo_routes(Api& api, Demo* demo);

}  // namespace anlan
