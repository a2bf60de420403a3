#include "base/json.h"

namespace anlan {

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  json::error_code ec;
  auto value = json::parse({text.data(), text.size()}, ec, {}, options);
  if (ec) return Error(ErrorCode::kBadRequest, {{"why", "JSON: " + ec.message()}});
  return value;
}

}  // namespace anlan
