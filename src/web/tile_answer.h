// Tiles as they are asked for and answered.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "web/api.h"
#include "web/tiles.h"

namespace anlan {

// {z}, {x} and {y} of the path. Answers kNotFound when there is no such tile.
std::optional<TileId> asked_tile(const CallPtr& call);
// `tag` without quotes; `make` is asked only when the browser does not hold it.
void answer_tile(const CallPtr& call, const std::string& tag, std::string_view caching, const std::function<HttpBody()>& make);

}  // namespace anlan
