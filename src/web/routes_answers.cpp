// Answers: short links without an account, the calls of a signed-in person, and photos.
#include <algorithm>

#include "base/hash.h"
#include "web/round_json.h"

namespace anlan {
namespace {

constexpr size_t kPhotoBytesMax = size_t{8} << 20;
constexpr size_t kPhotosPerCall = 9;
constexpr size_t kMyCallsMax = 20;

// Wrong tokens by address. Guessing 60 bits is hopeless; this keeps the attempt from costing anything. Behind a phone
// network many share an address, so a right token is never refused.
class WrongTokens {
 public:
  static constexpr int kMax = 30;
  static constexpr Millis kWindow = minutes(5);
  static constexpr size_t kAddressesMax = 10'000;  // beyond: forgotten all at once

  // Seconds to wait; 0 when another wrong token is still only wrong.
  int64_t note(const std::string& address, UtcTime now) {
    std::scoped_lock guard(mutex_);
    if (seen_.size() >= kAddressesMax && !seen_.contains(address)) seen_.clear();
    auto& s = seen_[address];
    if (now >= s.since + kWindow || now < s.since) s = {0, now};
    return ++s.count > kMax ? std::max<int64_t>(1, (s.since + kWindow - now).count / 1000) : 0;
  }

 private:
  struct Seen {
    int count = 0;
    UtcTime since;
  };
  std::mutex mutex_;
  std::map<std::string, Seen> seen_;
};
using WrongTokensPtr = std::shared_ptr<WrongTokens>;

// The call that the link opens; answers otherwise.
std::optional<CallRef> opened(const CallPtr& call, const WrongTokensPtr& wrong) {
  const auto it = call->path.find("token");
  const auto ref = it == call->path.end() ? std::nullopt : call->node().links().open(it->second);
  if (ref) return ref;
  if (const auto wait = wrong->note(call->http.peer_address, call->node().clock().now()))
    call->fail(Error(ErrorCode::kTooMany, {{"seconds", std::to_string(wait)}}));
  else
    call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这个链接" : "this link"}}));
  return std::nullopt;
}

void answer_with_ask(const CallPtr& call, CallRef ref) {
  auto ask = call->read([&](Reader& reader) { return ask_json(call->api(), reader, ref); });
  if (!ask) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这个链接" : "this link"}}));
  call->ok(std::move(*ask));
}

void get_ask(const CallPtr& call, const WrongTokensPtr& wrong) {
  const auto ref = opened(call, wrong);
  if (!ref) return;
  // Whoever opens the page has read the message that brought the link. A ringing voice call is another matter.
  const auto row = call->read([&](Reader& reader) { return read_call(reader, ref->round, ref->seq); });
  if (row && row->state == CallState::calling && call->http.method == "GET")
    if (const auto* channel = call->node().pack().channel(row->channel); channel && channel->kind != ChannelKind::voice)
      call->node().caller().report({ref->round, ref->seq, row->attempts, Outcome::read});
  answer_with_ask(call, *ref);
}

void post_answer(const CallPtr& call, const WrongTokensPtr& wrong) {
  const auto ref = opened(call, wrong);
  if (!ref) return;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  auto answer = read_answer(*body);
  if (!answer) return call->fail(answer.error());
  for (const auto& photo : answer->photos)
    if (!Attachments::is_hash(photo) || !call->node().disk().exists(Attachments::path_of(photo)))
      return call->fail(Error(ErrorCode::kInvalidField, {{"field", "photos"}, {"why", photo}}));
  answer->round = ref->round;
  answer->seq = ref->seq;
  answer->channel = "link";
  PersonId person = call->node().caller().person_of(ref->round, ref->seq);
  if (!person)  // the round is closed: it takes late answers
    if (const auto row = call->read([&](Reader& reader) { return read_call(reader, ref->round, ref->seq); })) person = row->person;
  if (!person) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这个链接" : "this link"}}));
  if (call->session && call->account().person == person) answer->channel = "app";
  call->acting = "person:" + std::to_string(person.value);
  call->key_scope = call->path.at("token");
  call->change([node = &call->node(), answer = *answer](Reader& reader, UtcTime now) { return give_answer(reader, node->pack(), answer, now); },
               [call, ref = *ref](const Answer&) {
                 if (auto ask = call->read([&](Reader& reader) { return ask_answered_json(call->api(), reader, ref); })) call->ok(std::move(*ask));
               });
}

std::string_view image_type(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with(std::string_view("\x89PNG\r\n\x1A\n", 8))) return "image/png";
  if (bytes.size() > 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") return "image/webp";
  return {};
}

void add_photo(const CallPtr& call, const WrongTokensPtr& wrong) {
  const auto ref = opened(call, wrong);
  if (!ref) return;
  const auto& bytes = call->http.body;
  if (bytes.size() > kPhotoBytesMax) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "photo"}, {"limit", "8 MiB"}}));
  if (image_type(bytes).empty()) {
    Error error(ErrorCode::kInvalidFile, {{"why", "只接受 JPEG、PNG 或 WebP 照片"}});
    error.details.push_back({0, "photo", "只接受 JPEG、PNG 或 WebP 照片", "only JPEG, PNG and WebP photos are taken"});
    return call->fail(error);
  }
  const bool exists = call->read([&](Reader& reader) { return read_call(reader, ref->round, ref->seq).has_value(); });
  if (!exists) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这个链接" : "this link"}}));
  // One empty file for each photo of a call: the bound holds across restarts, and the same photo sent again is one.
  Disk& disk = call->node().disk();
  const std::string folder = "photos/" + std::to_string(ref->round.value) + "-" + std::to_string(ref->seq);
  const auto kept = disk.list(folder);
  const std::string name = to_hex(sha256(bytes));
  if (!disk.exists(folder + "/" + name)) {
    if (kept.size() >= kPhotosPerCall) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "photos"}, {"limit", std::to_string(kPhotosPerCall)}}));
    if (const auto marked = disk.write(folder + "/" + name, ""); !marked) return call->fail(marked.error());
  }
  const auto stored = call->node().attachments().put(bytes);
  if (!stored) return call->fail(stored.error());
  call->ok({{"hash", *stored}}, 201);
}

void get_photo(const CallPtr& call) {
  const auto hash = call->path.at("hash");
  const auto bytes = call->node().attachments().get(hash);
  const auto type = bytes ? image_type(**bytes) : std::string_view();
  // Other attachments (lists, imports) are not for everybody's eyes.
  if (type.empty()) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这张照片" : "this photo"}}));
  HttpResponse response;
  response.headers.add("Content-Type", std::string(type));
  response.headers.add("Cache-Control", "private, max-age=31536000, immutable");
  response.body = *bytes;
  call->respond(std::move(response));
}

void my_calls(const CallPtr& call) {
  json::array items;
  const auto person = call->account().person;
  if (person) {
    std::vector<CallRef> refs;
    auto open = call->node().caller().open_rounds();
    std::reverse(open.begin(), open.end());
    for (const auto id : open)
      call->node().caller().with_board(id, [&](const Board& b) {
        if (b.round().mode == RoundMode::rehearsal) return;  // nobody is called
        int64_t seq = 0;
        for (const auto& s : b.slots()) {
          ++seq;
          if (s.person == person && s.state != CallState::stopped && refs.size() < kMyCallsMax) refs.push_back({id, seq});
        }
      });
    items = call->read([&](Reader& reader) {
      json::array found;
      for (const auto ref : refs)
        if (auto ask = ask_json(call->api(), reader, ref)) found.push_back(std::move(*ask));
      return found;
    });
  }
  call->ok({{"items", std::move(items)}});
}

}  // namespace

void add_answer_routes(Api& api) {
  auto wrong = std::make_shared<WrongTokens>();
  api.add({"GET", "/answer/{token}", Need::nothing, [wrong](const CallPtr& call) { get_ask(call, wrong); }});
  api.add({"POST", "/answer/{token}", Need::nothing, [wrong](const CallPtr& call) { post_answer(call, wrong); }, Run::worker, 32 * 1024});
  api.add({"POST", "/answer/{token}/photos", Need::nothing, [wrong](const CallPtr& call) { add_photo(call, wrong); }, Run::worker, kPhotoBytesMax});
  api.add({"GET", "/photos/{hash}", Need::session, get_photo});
  api.add({"GET", "/my/calls", Need::session, my_calls});
}

}  // namespace anlan
