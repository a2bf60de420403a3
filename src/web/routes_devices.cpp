// Evidence of what devices and sites have sent: raw frames and pictures of a link, for thirty days.
#include "base/hash.h"
#include "gateway/device_session.h"
#include "gateway/frame_log.h"
#include "web/api.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kShownBytes = 8'192;

// The link of the path, at a place that this account may read. Answers when there is none.
std::optional<LinkRow> asked_link(const CallPtr& call) {
  auto link = call->node().watch().find(RecordId{call->id()});
  if (!link) {
    call->fail(Error(ErrorCode::kNotFound, {{"what", "这个测点 / link"}}));
    return std::nullopt;
  }
  if (!require(call, Need::session, link->place)) return std::nullopt;
  return link;
}

// "0012345678/39" is element 39 of the station 0012345678.
std::string station_of(const std::string& code) { return code.substr(0, code.rfind('/')); }

// The last day, newest first, when nothing is asked for. Answers when it makes no sense.
std::optional<FrameLog::Query> asked_frames(const CallPtr& call) {
  constexpr int64_t kEnd = 7'258'118'400'000;  // 2200
  const auto until = call->number("until", call->node().clock().now().ms + 1, 0, kEnd);
  const auto from = call->number("from", (until ? *until : 0) - hours(24).count, 0, kEnd);
  const auto limit = call->number("limit", 50, 1, 200);
  for (const auto* n : {&until, &from, &limit})
    if (!*n) {
      call->fail(n->error());
      return std::nullopt;
    }
  if (*from >= *until) {
    call->fail(Error(ErrorCode::kInvalidField, {{"field", "from"}, {"why", "应早于结束时间 / must be before the end"}}));
    return std::nullopt;
  }
  FrameLog::Query query;
  query.from = {*from};
  query.until = {*until};
  query.limit = static_cast<size_t>(*limit);
  return query;
}

json::object described(const KeptFrame& f) {
  return {{"number", f.number}, {"at", f.at.ms}, {"protocol", name_of(f.kind)}, {"from", f.from}, {"size", f.size}};
}

json::value null_or_ms(std::optional<UtcTime> time) { return time ? json::value(time->ms) : json::value(nullptr); }

void list_frames(CallPtr call) {
  const auto link = asked_link(call);
  if (!link) return;
  auto query = asked_frames(call);
  if (!query) return;
  const auto* frames = call->api().options().frames;
  if (!frames) return call->fail(Error(ErrorCode::kNotFound, {{"what", "原始报文 / raw frames"}}));
  // Also what its station said without readings: keep-alives, pictures, frames that could not be read.
  query->codes = {link->code};
  if (const auto station = station_of(link->code); station != link->code) query->codes.push_back(station);
  const auto found = frames->find(*query);
  json::array items;
  for (const auto& f : found.frames) {
    auto o = described(f);
    const bool binary = f.kind == FrameKind::sl651 || f.kind == FrameKind::jtt808;
    auto text = shown_frame(f.kind, f.bytes, binary ? 2 * kShownBytes : kShownBytes);
    const bool readable = !binary && is_utf8(text);
    o["format"] = readable ? "text" : "hex";
    o["text"] = readable || binary ? std::move(text) : to_hex(text);
    items.push_back(std::move(o));
  }
  call->ok(json::object{{"items", std::move(items)}, {"searched_from", null_or_ms(found.stopped)}});
}

void list_pictures(CallPtr call) {
  const auto link = asked_link(call);
  if (!link) return;
  auto query = asked_frames(call);
  if (!query) return;
  const auto* pictures = call->api().options().pictures;
  if (!pictures) return call->fail(Error(ErrorCode::kNotFound, {{"what", "图片 / pictures"}}));
  query->codes = {station_of(link->code)};
  query->with_bytes = false;
  const auto found = pictures->find(*query);
  json::array items;
  for (const auto& f : found.frames) items.push_back(described(f));
  call->ok(json::object{{"items", std::move(items)}, {"searched_from", null_or_ms(found.stopped)}});
}

// By its first bytes, of those that a browser shows and that cannot hold a script.
std::string_view content_type(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xD8\xFF"sv)) return "image/jpeg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) return "image/png";
  if (bytes.starts_with("GIF8"sv)) return "image/gif";
  if (bytes.starts_with("BM"sv)) return "image/bmp";
  return "application/octet-stream";
}

void get_picture(CallPtr call) {
  const auto link = asked_link(call);
  if (!link) return;
  const auto* pictures = call->api().options().pictures;
  const std::string station = station_of(link->code);
  const int64_t number = call->id("n");
  auto picture = pictures && number > 0 ? pictures->frame(static_cast<uint64_t>(number), std::span(&station, 1)) : std::nullopt;
  if (!picture) return call->fail(Error(ErrorCode::kNotFound, {{"what", "这张图片 / picture"}}));
  const auto type = content_type(picture->bytes);
  if (type == "application/octet-stream") return call->file(std::move(picture->bytes), type, "picture-" + std::to_string(number));
  HttpResponse response;
  response.headers.add("Content-Type", std::string(type));
  response.headers.add("Cache-Control", "private, max-age=86400, immutable");
  response.body = std::move(picture->bytes);
  call->respond(std::move(response));
}

}  // namespace

void add_device_routes(Api& api) {
  api.add({"GET", "/links/{id}/frames", Need::session, list_frames});
  api.add({"GET", "/links/{id}/pictures", Need::session, list_pictures});
  api.add({"GET", "/links/{id}/pictures/{n}", Need::session, get_picture});
}

}  // namespace anlan
