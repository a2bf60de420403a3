#include <charconv>

#include "base/hash.h"
#include "web/api.h"
#include "web/compression.h"

namespace anlan {
namespace {

constexpr size_t kKeyBytesMax = 128;

// The first of zh and en that the browser lists; Chinese when it lists neither.
Language language_of(std::string_view accepted) {
  const size_t zh = std::min(accepted.find("zh"), accepted.find("ZH"));
  const size_t en = std::min(accepted.find("en"), accepted.find("EN"));
  return en < zh ? Language::kEn : Language::kZh;
}

std::string_view role_of(Need need) {
  switch (need) {
    case Need::duty: return "duty";
    case Need::approver: return "approver";
    case Need::registrar: return "registrar";
    case Need::site: return "site";
    case Need::admin: return "admin";
    case Need::reporter:
    case Need::nothing:
    case Need::session: break;
  }
  return {};
}

}  // namespace

json::value error_body(const Error& error, Language language) {
  const bool zh = language == Language::kZh;
  Error spoken = error;
  // A value may be written for both: "中文 / English".
  for (auto& p : spoken.params)
    if (const size_t bar = p.value.find(" / "); bar != std::string::npos && p.value.find(" / ", bar + 3) == std::string::npos)
      p.value = zh ? p.value.substr(0, bar) : p.value.substr(bar + 3);
  // The reason of a single fault is known in both languages; elsewhere it is the Chinese one.
  if (!zh && error.details.size() == 1 && error.details[0].line == 0)
    for (auto& p : spoken.params)
      if (p.name == "why") p.value = error.details[0].en;
  json::object params;
  for (const auto& p : spoken.params) params[p.name] = p.value;
  json::array details;
  for (const auto& d : error.details) details.push_back({{"line", d.line}, {"field", d.field}, {"message", zh ? d.zh : d.en}});
  return {{"error", {{"code", catalogue_entry(error.code).name}, {"message", sentence(spoken, language)},
                     {"next", next_step(error, language)}, {"params", std::move(params)}, {"details", std::move(details)}}}};
}

Call::Call(Api& api, HttpRequest request, Respond respond)
    : http(std::move(request)), language(language_of(http.header("Accept-Language").value_or(""))), api_(api), respond_(std::move(respond)) {}

Node& Call::node() { return api_.node(); }

const Account& Call::account() const {
  CHECK(session);
  return *session->account;
}

std::string Call::actor() const {
  if (!acting.empty()) return acting;
  return session ? "account:" + std::to_string(session->account->id.value) : "nobody";
}

// --- Parameters

std::string Call::text(std::string_view query_name) const { return std::string(http.query.find(query_name).value_or("")); }

Result<int64_t> Call::number(std::string_view query_name, int64_t fallback, int64_t min, int64_t max) const {
  TRY(found, http.query.number(query_name, min, max));
  return found.value_or(fallback);
}

PlaceCode Call::place(std::string_view query_name) const {
  return PlaceCode::parse(http.query.find(query_name).value_or("")).value_or(PlaceCode());
}

int64_t Call::id(std::string_view path_name) const {
  const auto it = path.find(path_name);
  if (it == path.end()) return 0;
  int64_t value = 0;
  const char* end = it->second.data() + it->second.size();
  const auto [stop, fault] = std::from_chars(it->second.data(), end, value);
  return fault == std::errc() && stop == end && value > 0 ? value : 0;
}

Result<json::object> Call::body() const {
  if (http.body.empty()) return json::object();
  TRY(value, parse_json(http.body));
  if (!value.is_object()) return Error(ErrorCode::kBadRequest, {{"why", "JSON: object expected"}});
  return std::move(value.get_object());
}

// --- Permissions

bool Call::may(Need need) const {
  if (need == Need::nothing) return true;
  if (!session) return false;
  if (need == Need::session) return true;
  if (need == Need::reporter) return may(Need::duty) || may(Need::site);
  for (const auto& held : session->account->roles)
    if (held.role == role_of(need)) return true;
  return false;
}

bool Call::may(Need need, PlaceCode place) const {
  if (need == Need::nothing) return true;
  if (!session) return false;
  if (need == Need::reporter) return may(Need::duty, place) || may(Need::site, place);
  if (place.empty()) place = api_.node().settings().place;
  for (const auto& held : session->account->roles)
    if ((need == Need::session || held.role == role_of(need)) && held.place.contains(place)) return true;
  return false;
}

// --- Answers

void Call::respond(HttpResponse response) {
  if (answered_.exchange(true)) return;
  api_.secure(response, http);
  compress_if_worth(response, http.header("Accept-Encoding").value_or(""));
  const int status_class = response.status / 100;
  if (status_class >= 1 && status_class <= 5) ++api_.answers_[static_cast<size_t>(status_class)];
  respond_(std::move(response));
}

void Call::ok(json::value value, int status) { ok_text(json::serialize(value), status); }

void Call::ok_text(std::string json, int status) { respond(HttpResponse::json(status, std::move(json))); }

void Call::fail(const Error& error) {
  if (error.code == ErrorCode::kInternal || error.code == ErrorCode::kCorrupt) api_.log(http.method + ": " + error.describe());
  HttpResponse response = HttpResponse::json(catalogue_entry(error.code).http_status, json::serialize(error_body(error, language)));
  if (error.code == ErrorCode::kTooMany) response.headers.set("Retry-After", std::string(error.param("seconds")));
  respond(std::move(response));
}

void Call::file(std::string bytes, std::string_view content_type, const std::string& file_name) {
  HttpResponse response;
  response.headers.add("Content-Type", std::string(content_type));
  // RFC 6266: a plain name for old programs, the real one in UTF-8.
  std::string plain;
  for (const char c : file_name) plain += std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ? c : '_';
  response.headers.add("Content-Disposition", "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + percent_encode(file_name));
  response.body = std::move(bytes);
  respond(std::move(response));
}

// --- Changes

std::string Call::key() {
  const std::string_view sent = http.header("Idempotency-Key").value_or("");
  const bool plain = std::all_of(sent.begin(), sent.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (sent.empty() || sent.size() > kKeyBytesMax || !plain) {
    fail(Error(ErrorCode::kBadRequest, {{"why", "Idempotency-Key"}}));
    return {};
  }
  // A link's token opens the link: the store keeps its hash alone.
  const std::string scope = key_scope.empty() ? actor() : "link:" + to_hex(sha256(key_scope)).substr(0, 32);
  return scope + "|" + std::string(sent);
}

std::string Call::digest() const {
  return to_hex(sha256(http.method + "\n" + http.target + "\n" + (secret_body ? std::string() : http.body)));
}

void Call::change(std::function<Result<Decision>(Reader&, UtcTime)> decide, std::function<void(const Answer&)> then,
                  std::function<void(Tables&)> also) {
  std::string scoped = key();
  if (scoped.empty()) return;
  auto self = shared_from_this();
  Command command;
  command.actor = actor();
  command.key = std::move(scoped);
  command.digest = digest();
  command.decide = [self, decide = std::move(decide)](Reader& reader, UtcTime now) -> Result<Decision> {
    try {
      return decide(reader, now);
    } catch (const std::exception& e) {
      self->api_.log("exception in a command: " + std::string(e.what()));
      return Error(ErrorCode::kInternal, {{"why", self->http.method}});
    }
  };
  command.done = [self, then = std::move(then)](const Result<Answer>& answer) {
    if (!answer) return self->fail(answer.error());
    if (!then) return self->ok_text(answer->response);
    // Sent again with the same key the request finds its answer, so a full queue loses nothing.
    if (!self->api_.run_guarded(self, [then, copy = *answer](const CallPtr&) { then(copy); })) self->fail(Error(ErrorCode::kTooMany, {{"seconds", "2"}}));
  };
  command.also = std::move(also);
  api_.node().writer().submit(std::move(command));
}

}  // namespace anlan
