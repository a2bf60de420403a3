// Signing in and out, passwords, accounts.
#include <algorithm>
#include <mutex>

#include "web/api.h"

namespace anlan {
namespace {

constexpr std::string_view kCookie = "anlan_session";
constexpr size_t kTypedBytesMax = 64;  // of an account name as typed, in the journal

json::object role_json(Node& node, const RoleHeld& held) {
  std::string name = node.places().get()->places().short_name(held.place);
  if (name.empty()) name = held.place.empty() ? node.settings().name : held.place.text();
  return {{"role", held.role}, {"place", held.place.text()}, {"place_name", name}};
}

json::array roles_json(Node& node, const Account& account) {
  json::array out;
  for (const auto& held : account.roles) out.push_back(role_json(node, held));
  return out;
}

json::object session_json(Call& call, const Account& a) {
  Node& node = call.node();
  const NodeSettings& s = node.settings();
  json::object about{{"name", s.name}, {"place", s.place.text()}, {"place_path", node.places().get()->places().full_name(s.place)},
                     {"now", node.clock().now().ms}, {"utc_offset_minutes", s.utc_offset_minutes}, {"demo", s.demo}, {"copy", call.api().options().read_only},
                     {"version", call.api().options().version}, {"duty_phone", s.duty_phone}};
  return {{"account", a.account}, {"name", a.name}, {"person", a.person ? json::value(a.person.value) : json::value(nullptr)},
          {"roles", roles_json(node, a)}, {"must_change_password", a.must_change_password}, {"node", std::move(about)}};
}

json::object account_json(Node& node, const Account& a, std::optional<int64_t> last_sign_in) {
  return {{"id", a.id.value}, {"account", a.account}, {"name", a.name}, {"person", a.person ? json::value(a.person.value) : json::value(nullptr)},
          {"roles", roles_json(node, a)}, {"enabled", a.enabled}, {"must_change_password", a.must_change_password},
          {"last_sign_in", last_sign_in ? json::value(*last_sign_in) : json::value(nullptr)}};
}

std::string cookie(Call& call, std::string_view token) {
  CookieAttributes attributes;
  attributes.max_age_s = token.empty() ? 0 : Sessions::kLifetime.count / 1000;
  attributes.same_site = "Strict";
  attributes.secure = call.api().options().secure_cookies || call.http.tls;
  return set_cookie(kCookie, token, attributes);
}

// A proxy on this machine says whom it speaks for; nobody else is believed.
std::string address_of(const HttpRequest& http) {
  if (http.peer_address != "127.0.0.1" && http.peer_address != "::1") return http.peer_address;
  std::string_view list = http.header("X-Forwarded-For").value_or("");
  list = list.substr(list.rfind(',') == std::string_view::npos ? 0 : list.rfind(',') + 1);
  while (!list.empty() && list.front() == ' ') list.remove_prefix(1);
  const bool plain = !list.empty() && list.size() <= 45 &&
                     std::all_of(list.begin(), list.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) || c == '.' || c == ':'; });
  return plain ? std::string(list) : http.peer_address;
}

std::string text_of(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Refusals in the journal: one a minute for each name, kNamesMax names a minute.
class Refusals {
 public:
  bool worth_a_fact(const std::string& account, UtcTime now) {
    constexpr size_t kNamesMax = 60;
    std::scoped_lock guard(mutex_);
    std::erase_if(told_, [&](const auto& t) { return now - t.second >= minutes(1) || now < t.second; });
    return told_.size() < kNamesMax && told_.emplace(account, now).second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, UtcTime> told_;
};

void note_refusal(Call& call, Refusals& refusals, std::string typed, const std::string& from, const char* why) {
  typed.resize(std::min(typed.size(), kTypedBytesMax));
  if (!is_utf8(typed)) typed = "?";
  if (!refusals.worth_a_fact(typed, call.node().clock().now())) return;
  call.node().writer().submit({"node", {}, {}, [f = SignInRefused{typed, from, why}](Reader&, UtcTime) -> Result<Decision> { return Decision{{fact(f)}}; }, {}, {}});
}

void get_session(const CallPtr& call) {
  if (call->session) return call->ok(session_json(*call, call->account()));
  json::object body = error_body(Error(ErrorCode::kNotSignedIn), call->language).get_object();
  if (call->node().settings().demo) body["demo"] = json::object{{"accounts", json::value_from(call->api().options().demo_accounts)}};
  call->ok(std::move(body), 401);
}

void sign_in(const CallPtr& call, Refusals& refusals) {
  Sessions& sessions = call->api().sessions();
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const std::string typed = text_of(*body, "account"), password = text_of(*body, "password"), from = address_of(call->http);
  if (const auto may = sessions.may_try(typed, from); !may) {
    note_refusal(*call, refusals, typed, from, "throttled");
    return call->fail(may.error());
  }
  const auto account = sessions.find(typed);
  std::optional<std::string> hash;
  if (account) hash = call->read([&](Reader& r) { return Sessions::read_password(r, account->id); });
  // An unknown account takes as long as a known one.
  static const std::string nobody = Sessions::hash_password("nobody");
  const bool matches = Sessions::password_matches(hash.value_or(nobody), password) && hash.has_value();
  if (!matches || !account->enabled) {
    sessions.note_failure(typed, from);
    note_refusal(*call, refusals, typed, from, matches ? "disabled" : "password");
    return call->fail(Error(ErrorCode::kWrongPassword));
  }
  sessions.note_success(typed, from);
  const std::string token = sessions.new_token();
  const UtcTime now = call->node().clock().now();
  Command command;
  command.actor = "account:" + std::to_string(account->id.value);
  command.decide = [f = SignedIn{account->id, from}](Reader&, UtcTime) -> Result<Decision> {
    return Decision{{fact(f, "account:" + std::to_string(f.account.value))}};
  };
  command.also = [token, id = account->id, now](Tables& tables) { Sessions::store_session(tables, token, id, now); };
  command.done = [call, token, account](const Result<Answer>& answer) {
    if (!answer) return call->fail(answer.error());
    call->api().sessions().keep(token, account->id);
    HttpResponse response = HttpResponse::json(200, json::serialize(session_json(*call, *account)));
    response.headers.add("Set-Cookie", cookie(*call, token));
    call->respond(std::move(response));
  };
  call->node().writer().submit(std::move(command));
}

void sign_out(const CallPtr& call) {
  const std::string token(call->http.cookie(kCookie).value_or(""));
  const auto answer = [call](const Result<Answer>& done) {
    if (!done) return call->fail(done.error());
    HttpResponse response = HttpResponse::empty(204);
    response.headers.add("Set-Cookie", cookie(*call, ""));
    call->respond(std::move(response));
  };
  if (!call->session) return answer(Answer{});
  call->api().sessions().end(token);
  call->node().writer().submit({call->actor(), {}, {}, [](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }, answer,
                                [token](Tables& tables) { Sessions::forget_session(tables, token); }});
}

void change_password(const CallPtr& call) {
  Sessions& sessions = call->api().sessions();
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const std::string old = text_of(*body, "old"), fresh = text_of(*body, "new"), from = address_of(call->http);
  if (const auto good = Sessions::check_password(fresh); !good) return call->fail(good.error());
  Account account = call->account();
  if (const auto may = sessions.may_try(account.account, from); !may) return call->fail(may.error());
  const auto hash = call->read([&](Reader& r) { return Sessions::read_password(r, account.id); });
  if (!Sessions::password_matches(hash.value_or(""), old)) {
    sessions.note_failure(account.account, from);
    // Not 401: the session is alive.
    return call->fail(Error(ErrorCode::kInvalidField, {{"field", "old"}, {"why", call->language == Language::kZh ? "原密码不对" : "the old password is wrong"}}));
  }
  const std::string token(call->http.cookie(kCookie).value_or("")), stored = Sessions::hash_password(fresh);
  if (stored.empty()) return call->fail(Error(ErrorCode::kInternal, {{"why", "memory"}}));
  call->secret_body = true;
  call->change(
      [id = account.id, call](Reader& reader, UtcTime) -> Result<Decision> {
        const auto now = call->api().sessions().find(id);
        if (!now) return Error(ErrorCode::kNotFound, {{"what", "account"}});
        Account changed = *now;
        changed.must_change_password = false;
        return change_account(reader, changed, true);
      },
      [call, id = account.id, token](const Answer&) {
        call->api().sessions().end_all(id, token);
        call->respond(HttpResponse::empty(204));
      },
      [id = account.id, stored, token](Tables& tables) {
        Sessions::store_password(tables, id, stored);
        Sessions::forget_sessions(tables, id, token);
      });
}

// --- Accounts

void list_accounts(const CallPtr& call) {
  const auto seen = call->read([&](Reader& reader) {
    std::map<int64_t, std::optional<int64_t>> at;
    reader.query("SELECT id, last_sign_in FROM accounts", {}, [&](const Row& row) { at[row.integer(0)] = row.maybe(1); });
    return at;
  });
  json::array items;
  for (const auto& a : call->api().sessions().accounts()) {
    const auto it = seen.find(a.id.value);
    items.push_back(account_json(call->node(), a, it == seen.end() ? std::nullopt : it->second));
  }
  call->ok({{"items", std::move(items)}});
}

// What the body names, put into the account.
Result<void> patch(Account& account, const json::object& body) {
  const auto refuse = [](std::string_view field) { return Error(ErrorCode::kInvalidField, {{"field", std::string(field)}, {"why", "JSON"}}); };
  for (const auto& [name, value] : body) {
    if (name == "account" && value.is_string()) account.account = text_of(body, "account");
    else if (name == "name" && value.is_string()) account.name = text_of(body, "name");
    else if (name == "enabled" && value.is_bool()) account.enabled = value.get_bool();
    else if (name == "person" && value.is_null()) account.person = {};
    else if (name == "person" && value.is_int64()) account.person = PersonId{value.get_int64()};
    else if (name == "password" && value.is_string()) continue;
    else if (name == "roles" && value.is_array()) {
      account.roles.clear();
      for (const auto& item : value.get_array()) {
        const auto* held = item.if_object();
        if (!held) return refuse("roles");
        const std::string place = text_of(*held, "place");
        const auto code = PlaceCode::parse(place);
        if (!place.empty() && !code) return refuse("roles");
        account.roles.push_back({text_of(*held, "role"), code.value_or(PlaceCode())});
      }
    } else {
      return refuse(name);
    }
  }
  return {};
}

// Administrators give and change what lies within their own places.
bool may_change(const Call& call, const Account& account) {
  return std::all_of(account.roles.begin(), account.roles.end(), [&](const RoleHeld& held) {
    const auto& own = call.account().roles;
    return std::any_of(own.begin(), own.end(), [&](const RoleHeld& mine) { return mine.role == "admin" && mine.place.contains(held.place); });
  });
}

// Adds (no account before) or changes an account.
void put_account(const CallPtr& call, Account account) {
  const bool added = !account.id;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const Error outside(ErrorCode::kForbidden, {{"why", call->language == Language::kZh ? "超出您的管辖范围" : "outside your place"}});
  if (!may_change(*call, account)) return call->fail(outside);
  if (const auto patched = patch(account, *body); !patched) return call->fail(patched.error());
  if (!may_change(*call, account)) return call->fail(outside);
  std::string stored;
  const std::string password = text_of(*body, "password");
  if (added || !password.empty()) {
    if (const auto good = Sessions::check_password(password); !good) return call->fail(good.error());
    stored = Sessions::hash_password(password);
    if (stored.empty()) return call->fail(Error(ErrorCode::kInternal, {{"why", "memory"}}));
    account.must_change_password = true;
  }
  const bool ends_sessions = !added && (!stored.empty() || !account.enabled);
  call->secret_body = !password.empty();
  // decide runs before also, in one transaction: it learns the number of a new account.
  auto id = std::make_shared<AccountId>(account.id);
  call->change(
      [account, id, added, again = !stored.empty()](Reader& reader, UtcTime) -> Result<Decision> {
        if (!added) return change_account(reader, account, again);
        *id = AccountId{peek_id(reader, "account")};
        return add_account(reader, account);
      },
      [call, added, ends_sessions](const Answer& answer) {
        const auto made = parse_json(answer.response);
        const auto* number = made && made->is_object() ? made->get_object().if_contains("account") : nullptr;
        const auto now = number && number->is_int64() ? call->api().sessions().find(AccountId{number->get_int64()}) : nullptr;
        if (!now) return call->fail(Error(ErrorCode::kInternal, {{"why", "account"}}));
        if (ends_sessions) call->api().sessions().end_all(now->id, "");
        const auto last = call->read([&](Reader& r) { return r.integer("SELECT last_sign_in FROM accounts WHERE id = ? AND last_sign_in IS NOT NULL", {now->id}); });
        call->ok(account_json(call->node(), *now, last), added ? 201 : 200);
      },
      [id, stored, ends_sessions](Tables& tables) {
        if (!stored.empty()) Sessions::store_password(tables, *id, stored);
        if (ends_sessions) Sessions::forget_sessions(tables, *id, "");
      });
}

}  // namespace

void add_session_routes(Api& api) {
  auto refusals = std::make_shared<Refusals>();
  api.add({"GET", "/session", Need::nothing, get_session, Run::here});
  api.add({"POST", "/session", Need::nothing, [refusals](const CallPtr& call) { sign_in(call, *refusals); }, Run::worker, 16 * 1024});
  api.add({"DELETE", "/session", Need::nothing, sign_out, Run::here});
  api.add({"POST", "/session/password", Need::session, change_password, Run::worker, 16 * 1024});
  api.add({"GET", "/accounts", Need::admin, list_accounts});
  api.add({"POST", "/accounts", Need::admin, [](const CallPtr& call) { put_account(call, {}); }});
  api.add({"PATCH", "/accounts/{id}", Need::admin, [](const CallPtr& call) {
             const auto account = call->api().sessions().find(AccountId{call->id()});
             if (!account) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "账号" : "account"}}));
             put_account(call, *account);
           }});
  api.add({"GET", "/accounts/{id}/token", Need::admin, [](const CallPtr& call) {
             const auto account = call->api().sessions().find(AccountId{call->id()});
             if (!account) return call->fail(Error(ErrorCode::kNotFound, {{"what", "账号 / account"}}));
             if (!may_change(*call, *account)) return call->fail(Error(ErrorCode::kForbidden, {{"why", "超出您的管辖范围 / outside your place"}}));
             const bool sends = std::any_of(account->roles.begin(), account->roles.end(), [](const RoleHeld& held) { return held.role == "site"; });
             if (!sends) return call->fail(Error(ErrorCode::kConflict, {{"why", "这个账号没有“站点”角色 / the account does not have the role site"}}));
             call->ok(json::object{{"token", call->node().site_tokens().token(account->id)}});
           }});
  add_system_routes(api);
}

}  // namespace anlan
