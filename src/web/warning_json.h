// Warnings as the API shows them.
#pragma once

#include "web/api.h"

namespace anlan {

// A row of a list: totals come from the latest live round.
json::object warning_row_json(Call& call, Reader& reader, const WarningRow& warning);
// The whole warning with rounds, history and what this account may do.
json::object warning_json(Call& call, Reader& reader, const WarningRow& warning);
json::object round_json(Call& call, Reader& reader, const RoundRow& round);
json::object totals_json(const BoardCounts& counts);

// The place a warning belongs to, for permissions: what contains its places, else the county under its area, else the
// node's top place.
PlaceCode place_of_warning(Node& node, const WarningContent& content);

}  // namespace anlan
