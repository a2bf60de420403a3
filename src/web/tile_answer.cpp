#include "web/tile_answer.h"

#include <algorithm>
#include <charconv>

namespace anlan {

std::optional<TileId> asked_tile(const CallPtr& call) {
  TileId id;
  int64_t z = 0;
  bool good = true;
  for (const auto& [name, value] : {std::pair<const char*, int64_t*>{"z", &z}, {"x", &id.x}, {"y", &id.y}}) {
    const std::string& text = call->path.find(name)->second;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), *value);
    good = good && fault == std::errc() && end == text.data() + text.size();
  }
  id.z = static_cast<int>(std::clamp<int64_t>(z, -1, kTileZoomMax + 1));
  if (good && id.valid()) return id;
  call->fail(Error(ErrorCode::kNotFound, {{"what", "这块地图 / this tile"}}));
  return std::nullopt;
}

void answer_tile(const CallPtr& call, const std::string& tag, std::string_view caching, const std::function<HttpBody()>& make) {
  HttpResponse response;
  const std::string quoted = "\"" + tag + "\"";
  response.headers.add("Cache-Control", std::string(caching));
  response.headers.add("ETag", quoted);
  if (call->http.header("If-None-Match").value_or("") == quoted) {
    response.status = 304;
    return call->respond(std::move(response));
  }
  response.headers.add("Content-Type", "application/vnd.mapbox-vector-tile");
  response.body = make();
  call->respond(std::move(response));
}

}  // namespace anlan
