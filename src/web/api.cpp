#include "web/api.h"

#include <algorithm>

#include "web/live_hub.h"
#include "web/static_files.h"
#include "web/workers.h"

namespace anlan {
namespace {

constexpr std::string_view kRoot = "/api/v1";
constexpr std::string_view kCookie = "anlan_session";
constexpr size_t kBodyWithoutSession = 64 * 1024;
constexpr std::string_view kCopy = "这是一份副本，只能查看 / this is a copy: it can only be looked at";
constexpr std::string_view kChangePassword = "请先修改初始密码 / change the first password before anything else";

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // '/'
    const size_t end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool is_name(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

bool is_change(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

// "https://t{0-7}.tianditu.gov.cn/x/{z}" → "https://*.tianditu.gov.cn": what a policy says about the host of a base map.
std::string policy_source(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const size_t end = std::min(url.find('/', scheme + 3), url.size());
  std::string host(url.substr(scheme + 3, end - scheme - 3));
  if (const size_t brace = host.rfind('}'); brace != std::string::npos) {
    const size_t dot = host.find('.', brace);
    if (dot == std::string::npos) return {};
    host = "*" + host.substr(dot);
  }
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || std::string_view(".-:*[]").find(c) != std::string_view::npos; });
  return plain && !host.empty() ? std::string(url.substr(0, scheme + 3)) + host : std::string();
}

std::string content_policy(const std::vector<std::string>& base_maps) {
  std::string maps;
  for (const std::string& line : base_maps) {
    const size_t first = line.find('|');
    if (first == std::string::npos) continue;
    const size_t second = std::min(line.find('|', first + 1), line.size());
    if (const std::string source = policy_source(std::string_view(line).substr(first + 1, second - first - 1)); !source.empty()) maps += " " + source;
  }
  return "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:" + maps +
         "; connect-src 'self'" + maps + "; worker-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
}

std::string_view role_words(Need need, Language language) {
  const bool zh = language == Language::kZh;
  switch (need) {
    case Need::duty: return zh ? "需要值班权限" : "the duty role is needed";
    case Need::approver: return zh ? "需要审批权限" : "the approver role is needed";
    case Need::registrar: return zh ? "需要登记权限" : "the registrar role is needed";
    case Need::admin: return zh ? "需要管理员权限" : "the administrator role is needed";
    case Need::site: return zh ? "需要站点权限" : "the site role is needed";
    case Need::reporter: return zh ? "需要值班或站点权限" : "the duty role or a site's token is needed";
    case Need::nothing:
    case Need::session: break;
  }
  return {};
}

// For the log: no tokens, no names.
std::string subject_of(const HttpRequest& request) {
  const auto parts = split(request.path);
  std::string out = request.method;
  for (size_t i = 0; i < std::min<size_t>(parts.size(), 3); ++i) out += "/" + parts[i];
  return parts.size() > 1 && parts[0] == "a" ? request.method + "/a" : out;
}

}  // namespace

struct Api::Files {
  StaticFiles files;
};

Api::Api(Node& node, Sessions& sessions, ApiOptions options)
    : node_(node), sessions_(sessions), options_(std::move(options)), content_policy_(content_policy(options_.base_maps)),
      workers_(std::make_unique<Workers>(std::max(1, options_.workers))), readers_(std::make_unique<ReaderPool>(node.store())),
      live_(std::make_unique<LiveHub>(node, sessions)) {
  auto connection = node.store().connect();
  CHECK_MSG(connection.ok(), connection.error().describe());
  (*connection)->begin_read();
  sessions_.load(**connection);
  (*connection)->rollback();
  node.writer().add_observer(&sessions_);
  node.writer().add_observer(live_.get());
  progress_ms_ = node.clock().monotonic().count;
  if (!options_.ui_folder.empty()) {
    auto files = StaticFiles::load(options_.ui_folder);
    if (files) files_ = std::make_unique<Files>(Files{std::move(*files)});
    else log("no pages: " + files.error().describe());
  }
}

Api::~Api() {
  node_.early_warnings().when_reported({});
  workers_->stop();
}

void Api::log(std::string_view line) const {
  if (options_.log) options_.log(line);
}

void Api::tick() {
  live_->flush(node_.clock().now());
  const uint64_t batches = node_.writer().batches();
  if (batches_seen_.exchange(batches) != batches || node_.writer().queued() == 0) progress_ms_ = node_.clock().monotonic().count;
}

Millis Api::writer_stuck() const {
  if (node_.writer().queued() == 0) return {0};
  return node_.clock().monotonic() - Millis{progress_ms_};
}

// --- Routes

void Api::add(Route route) {
  CHECK_MSG(!route.path.empty() && route.path.front() == '/', route.path);
  segments_.push_back(split(route.path));
  routes_.push_back(std::move(route));
}

const Route* Api::match(std::string_view method, std::string_view path, std::map<std::string, std::string, std::less<>>& values,
                        std::string& allowed) const {
  const auto parts = split(path);
  if (method == "HEAD") method = "GET";
  size_t best = routes_.size();
  const auto more_literal = [this](size_t a, size_t b) {
    for (size_t i = 0; i < segments_[a].size(); ++i)
      if (is_name(segments_[a][i]) != is_name(segments_[b][i])) return is_name(segments_[b][i]);
    return false;
  };
  for (size_t r = 0; r < routes_.size(); ++r) {
    const auto& segments = segments_[r];
    if (segments.size() != parts.size()) continue;
    bool fits = true;
    for (size_t i = 0; fits && i < parts.size(); ++i) fits = is_name(segments[i]) ? !parts[i].empty() : segments[i] == parts[i];
    if (!fits) continue;
    if (routes_[r].method != method) allowed += (allowed.empty() ? "" : ", ") + routes_[r].method;
    else if (best == routes_.size() || more_literal(r, best)) best = r;
  }
  if (best == routes_.size()) return nullptr;
  for (size_t i = 0; i < parts.size(); ++i)
    if (const auto& s = segments_[best][i]; is_name(s)) values[s.substr(1, s.size() - 2)] = parts[i];
  return &routes_[best];
}

// --- Requests

void Api::handle(HttpRequest request, Respond respond) {
  auto call = std::make_shared<Call>(*this, std::move(request), std::move(respond));
  if (auto site = site_of(call->http)) {
    call->session = std::make_shared<const Session>(Session{std::move(site), kNever});
    call->by_token = true;
  } else if (const auto token = call->http.cookie(kCookie)) {
    call->session = sessions_.session(*token);
  }
  try {
    if (call->http.path == "/api" || call->http.path.rfind("/api/", 0) == 0) handle_api(call);
    else handle_page(call);
  } catch (const std::exception& e) {
    log(subject_of(call->http) + ": exception: " + e.what());
    call->fail(Error(ErrorCode::kInternal, {{"why", call->http.method}}));
  }
}

void Api::handle_api(const CallPtr& call) {
  const HttpRequest& http = call->http;
  std::string allowed;
  const Route* route = nullptr;
  if (http.path.rfind(std::string(kRoot) + "/", 0) == 0) route = match(http.method, std::string_view(http.path).substr(kRoot.size()), call->path, allowed);
  if (!route && allowed.empty()) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这个接口" : "this address"}}));
  if (!route) {
    HttpResponse response = HttpResponse::json(405, json::serialize(error_body(Error(ErrorCode::kBadRequest, {{"why", http.method}}), call->language)));
    response.headers.set("Allow", allowed);
    return call->respond(std::move(response));
  }
  const auto forbid = [&](std::string_view why) { call->fail(Error(ErrorCode::kForbidden, {{"why", std::string(why)}})); };
  if (is_change(http.method) && !same_site(http)) return forbid(call->language == Language::kZh ? "请求来自别的网站" : "the request comes from another site");
  if (route->need != Need::nothing && !call->session) return call->fail(Error(ErrorCode::kNotSignedIn));
  if (options_.read_only && is_change(http.method) && !route->path.starts_with("/session")) return forbid(kCopy);
  // Whoever signed in with a password given by another does nothing before changing it.
  if (call->by_token && route->need != Need::site && route->need != Need::reporter) return forbid(call->language == Language::kZh ? "令牌只能用于报送读数和位置" : "the token only serves to send readings and positions");
  if (route->need != Need::nothing && !call->by_token && call->account().must_change_password && !route->path.starts_with("/session"))
    return forbid(kChangePassword);
  if (!call->may(route->need)) return forbid(role_words(route->need, call->language));
  dispatch(call, route->handle, route->run);
}

void Api::handle_page(const CallPtr& call) {
  const std::string& path = call->http.path;
  for (const auto& page : pages_)
    if (path == page.path || (page.path.back() == '/' && path.rfind(page.path, 0) == 0)) return dispatch(call, page.handle, page.run);
  if (is_change(call->http.method) || call->http.method == "OPTIONS") return call->respond(HttpResponse::text(405, "method not allowed\n"));
  std::optional<HttpResponse> answer;
  if (files_) {
    const bool phone = path == "/m" || path.rfind("/m/", 0) == 0 || path.rfind("/a/", 0) == 0;
    if (phone) {
      HttpRequest page = call->http;
      page.path = "/phone.html";
      answer = files_->files.answer(page);
    } else {
      answer = files_->files.answer(call->http);
    }
  }
  call->respond(answer ? std::move(*answer) : HttpResponse::text(404, "not found\n"));
}

bool Api::run_guarded(const CallPtr& call, std::function<void(const CallPtr&)> work) {
  return workers_->run([this, call, work = std::move(work)] {
    try {
      work(call);
    } catch (const std::exception& e) {
      log(subject_of(call->http) + ": exception: " + e.what());
      call->fail(Error(ErrorCode::kInternal, {{"why", call->http.method}}));
    }
  });
}

void Api::dispatch(const CallPtr& call, const std::function<void(CallPtr)>& handle, Run run) {
  if (run == Run::here) return handle(call);
  // The table of routes does not change while the server runs, so the handler may be borrowed.
  if (!run_guarded(call, [&handle](const CallPtr& c) { handle(c); })) call->fail(Error(ErrorCode::kTooMany, {{"seconds", "2"}}));
}

std::shared_ptr<const Account> Api::site_of(const HttpRequest& request) const {
  constexpr std::string_view kScheme = "Bearer ";
  const auto shown = request.header("Authorization").value_or("");
  if (!shown.starts_with(kScheme)) return nullptr;
  const auto id = node_.site_tokens().open(shown.substr(kScheme.size()));
  auto account = id ? sessions_.find(*id) : nullptr;
  return account && account->enabled ? account : nullptr;
}

size_t Api::body_bytes_max(const HttpRequest& head) {
  if (head.path.rfind(std::string(kRoot) + "/", 0) != 0) return kBodyWithoutSession;
  std::map<std::string, std::string, std::less<>> values;
  std::string allowed;
  const Route* route = match(head.method, std::string_view(head.path).substr(kRoot.size()), values, allowed);
  if (!route) return kBodyWithoutSession;
  // Nobody sends megabytes to a route that will refuse them.
  if (route->need != Need::nothing && !site_of(head) && !sessions_.session(head.cookie(kCookie).value_or(""))) return std::min(route->body_bytes_max, kBodyWithoutSession);
  return route->body_bytes_max;
}

SocketDecision Api::accept_socket(const HttpRequest& request) {
  // Refusals get the same headers and language as any other answer.
  const auto refuse = [&](const Error& error) -> SocketDecision {
    HttpResponse out;
    auto call = std::make_shared<Call>(*this, request, [&out](HttpResponse response) { out = std::move(response); });
    call->fail(error);
    return out;
  };
  if (request.path != std::string(kRoot) + "/live") return refuse(Error(ErrorCode::kNotFound, {{"what", request.path}}));
  if (!same_site(request)) return refuse(Error(ErrorCode::kForbidden, {{"why", "Origin"}}));
  const std::string token(request.cookie(kCookie).value_or(""));
  auto session = sessions_.session(token);
  if (!session) return refuse(Error(ErrorCode::kNotSignedIn));
  if (session->account->must_change_password) return refuse(Error(ErrorCode::kForbidden, {{"why", std::string(kChangePassword)}}));
  return live_->accept(token, std::move(session));
}

// --- What every request and answer passes

bool Api::same_site(const HttpRequest& request) const {
  const auto origin = request.header("Origin");
  if (!origin) return request.header("Sec-Fetch-Site").value_or("") != "cross-site";
  const size_t scheme = origin->find("://");
  if (scheme == std::string_view::npos) return false;  // "null"
  if (equal_ignoring_case(origin->substr(scheme + 3), request.header("Host").value_or(""))) return true;
  // Behind a proxy that does not pass the Host on.
  const std::string& url = node_.settings().public_url;
  const size_t host = url.find("://");
  return host != std::string::npos && equal_ignoring_case(*origin, std::string_view(url).substr(0, url.find('/', host + 3)));
}

void Api::secure(HttpResponse& response, const HttpRequest& request) const {
  response.headers.set("Content-Security-Policy", content_policy_);
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");  // an answer link's address holds its token
  response.headers.set("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  if (request.path.rfind("/api/", 0) == 0 && !response.headers.find("Cache-Control")) response.headers.set("Cache-Control", "no-store");
}

std::string actor_name(Node& node, Sessions& sessions, const std::string& actor) {
  const size_t colon = actor.find(':');
  const std::string kind = actor.substr(0, colon);
  if (kind == "node") return node.settings().name;
  if (colon == std::string::npos) return actor;
  const int64_t id = std::strtoll(actor.c_str() + colon + 1, nullptr, 10);
  if (kind == "account")
    if (const auto account = sessions.find(AccountId{id})) return account->name;
  if (kind == "person") {
    const auto directory = node.directory().read();
    if (directory->person(PersonId{id})) return directory->state(PersonId{id}).name;
  }
  return actor;
}

}  // namespace anlan
