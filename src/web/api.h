// The JSON API: routes, who may call them, and how a request becomes a query or a command.
//
// A route is a method, a path with {names}, what it needs, and a handler. Reads run on worker threads with a connection
// of their own; changes go through the node's writer and answer when committed. Every change carries an
// Idempotency-Key. openapi.yaml is the contract; a test compares it with the table of routes.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error_catalogue.h"
#include "base/json.h"
#include "loop/node.h"
#include "registry/accounts.h"
#include "web/http_server.h"

namespace anlan {

// What a route demands. A role holds for a place and all below it; `admin` implies none of the others.
enum class Need {
  nothing,    // no session: answer links, health
  session,    // any signed-in account
  duty,       // drafts, sends blue and yellow, works the call board
  approver,   // approves
  registrar,  // changes people, posts, records, places
  site,       // sends readings: a role of machines, which show a token instead of a session
  reporter,   // says where teams and vehicles are: site or duty
  admin       // accounts, sources, system
};

// Where a handler runs.
enum class Run {
  here,   // on the event loop: microseconds only
  worker  // on a worker thread
};

class Api;

// One request on its way; kept alive until answered.
class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(Api& api, HttpRequest request, Respond respond);

  const HttpRequest http;
  std::map<std::string, std::string, std::less<>> path;  // values of the {names}
  std::shared_ptr<const Session> session;                // may be null for Need::nothing
  Language language = Language::kZh;
  std::string acting;        // who acts when it is not the account: answer links set "person:17"
  std::string key_scope;     // for callers without a session: what an idempotency key belongs to, e.g. the link's token
  bool by_token = false;     // a site, not a person: only what needs `site` or `reporter` is open to it
  bool secret_body = false;  // the body holds a password: it stays out of the digest that is stored with the key

  Api& api() { return api_; }
  Node& node();
  const Account& account() const;  // only with a session
  std::string actor() const;       // `acting`, or "account:3"

  // Parameters. Absent or malformed gives the default or an error naming the parameter.
  std::string text(std::string_view query_name) const;
  Result<int64_t> number(std::string_view query_name, int64_t fallback, int64_t min, int64_t max) const;
  PlaceCode place(std::string_view query_name = "place") const;  // empty when absent
  int64_t id(std::string_view path_name = "id") const;           // 0 when not a number
  Result<json::object> body() const;                             // the JSON object sent

  // The account holds the role (Need::session: any role) somewhere.
  bool may(Need need) const;
  // The account holds it for this place. Empty: the whole place of the node.
  bool may(Need need, PlaceCode place) const;

  // Answers. The first counts. Security headers, compression and the error's language are added here.
  void ok(json::value value, int status = 200);
  void ok_text(std::string json, int status = 200);
  void fail(const Error& error);
  void respond(HttpResponse response);
  void file(std::string bytes, std::string_view content_type, const std::string& file_name);

  // Reads on a pooled connection, inside one snapshot.
  template <class F>
  auto read(F&& f) -> decltype(f(std::declval<Reader&>()));

  // Submits a command under this request's idempotency key. When it has committed, `then` runs on a worker (with the
  // command's response); without `then` the response itself is the answer. Refusals are answered here.
  void change(std::function<Result<Decision>(Reader&, UtcTime)> decide, std::function<void(const Answer&)> then = {},
              std::function<void(Tables&)> also = {});
  // The idempotency key, scoped to the account or link: "account:3|<key>"; "" when the header is missing (then `fail`
  // was called).
  std::string key();
  // What makes this request itself: SHA-256 of method, target and body.
  std::string digest() const;

 private:
  friend class Api;
  Api& api_;
  Respond respond_;
  std::atomic<bool> answered_{false};
};

using CallPtr = std::shared_ptr<Call>;

struct Route {
  std::string method;
  std::string path;  // below /api/v1, e.g. "/warnings/{id}"
  Need need = Need::session;
  std::function<void(CallPtr)> handle;
  Run run = Run::worker;
  size_t body_bytes_max = 1 << 20;
};

class FrameLog;
class Workers;
class ReaderPool;
class LiveHub;

struct DemoAccount {
  std::string account, password, name, role;
};
BOOST_DESCRIBE_STRUCT(DemoAccount, (), (account, password, name, role))

// Where waveforms come from, for GET /early-warning.
struct WaveLink {
  std::string id, address, state, last_fault;
};

struct ApiOptions {
  int workers = 2;
  std::string version = "dev";
  std::string data_folder;     // whose disk /system reports
  std::vector<DemoAccount> demo_accounts;  // shown to everybody on a demo node
  std::function<void(std::string_view)> log;  // faults, one line each; any thread
  std::string ui_folder;       // ui/dist; empty: no pages
  std::string openapi_file;    // openapi.yaml
  std::vector<std::string> base_maps;  // "name|url|attribution"
  bool secure_cookies = false;
  bool read_only = false;  // a copy to be looked at: every change but signing in is refused
  std::function<std::string()> more_metrics;  // of parts the Api does not know, for /metrics
  FrameLog* frames = nullptr;    // raw frames and batches; they outlive the Api
  FrameLog* pictures = nullptr;  // of devices
  std::function<std::vector<WaveLink>()> wave_links;  // of early warning, as they are now; any thread
};

class Api final : public HttpHandler {
 public:
  // Reads the accounts and watches the journal: make it before the writer runs, and stop the writer and the server
  // before it ends. Without a UI folder there are no pages.
  Api(Node& node, Sessions& sessions, ApiOptions options);
  ~Api() override;

  void add(Route route);  // before the server starts
  const std::vector<Route>& routes() const { return routes_; }

  void handle(HttpRequest request, Respond respond) override;
  size_t body_bytes_max(const HttpRequest& head) override;
  SocketDecision accept_socket(const HttpRequest& request) override;

  Node& node() { return node_; }
  Sessions& sessions() { return sessions_; }
  Workers& workers() { return *workers_; }
  ReaderPool& readers() { return *readers_; }
  LiveHub& live() { return *live_; }
  const ApiOptions& options() const { return options_; }
  // Every 100 ms: sends what is due on the live sockets, and sees whether the writer gets on.
  void tick();
  // How long the writer has had work without finishing a batch.
  Millis writer_stuck() const;
  // Answers so far by status class: [2] counts 200 to 299.
  const std::array<std::atomic<uint64_t>, 6>& answers() const { return answers_; }
  void log(std::string_view line) const;
  void set_server(const HttpServer* server) { server_ = server; }
  const HttpServer* server() const { return server_; }
  // Pages outside /api/v1 (feeds, health, metrics), by exact path or prefix ending in '/'.
  void add_page(std::string path, std::function<void(CallPtr)> handle, Run run = Run::worker) { pages_.push_back({std::move(path), std::move(handle), run}); }

 private:
  struct Page {
    std::string path;
    std::function<void(CallPtr)> handle;
    Run run;
  };
  // The route for a path below /api/v1; literal segments win over names. Null: `allowed` lists the methods the path has.
  const Route* match(std::string_view method, std::string_view path, std::map<std::string, std::string, std::less<>>& values,
                     std::string& allowed) const;
  void handle_api(const CallPtr& call);
  void handle_page(const CallPtr& call);
  void dispatch(const CallPtr& call, const std::function<void(CallPtr)>& handle, Run run);
  // On a worker; an exception becomes a 500 and a line in the log. False when the queue is full.
  bool run_guarded(const CallPtr& call, std::function<void(const CallPtr&)> work);
  bool same_site(const HttpRequest& request) const;
  // The account whose token the request shows, when it is enabled.
  std::shared_ptr<const Account> site_of(const HttpRequest& request) const;
  void secure(HttpResponse& response, const HttpRequest& request) const;
  friend class Call;

  Node& node_;
  Sessions& sessions_;
  ApiOptions options_;
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> segments_;  // of each route's path
  std::vector<Page> pages_;
  std::string content_policy_;
  mutable std::array<std::atomic<uint64_t>, 6> answers_{};
  std::atomic<uint64_t> batches_seen_{0};
  std::atomic<int64_t> progress_ms_{0};
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<LiveHub> live_;
  struct Files;
  std::unique_ptr<Files> files_;
  const HttpServer* server_ = nullptr;
};

// The routes, by subject. Each file adds its own.
void add_session_routes(Api& api);   // session, accounts; calls add_system_routes
void add_system_routes(Api& api);    // system, openapi, live, health, metrics
void add_place_routes(Api& api);      // places, areas, map, tiles
void add_people_routes(Api& api);     // people, posts, coverage
void add_record_routes(Api& api);     // records, pack
void add_earthquake_routes(Api& api);  // earthquakes, losses, surveys, early warning, scenarios, tiles of buildings
void add_warning_routes(Api& api);    // warnings, CAP
void add_queue_routes(Api& api);      // what waits, the search box
void add_signal_routes(Api& api);     // links, readings, situations; calls add_rule_routes
void add_rule_routes(Api& api);       // alarm rules
void add_device_routes(Api& api);     // raw frames and pictures of links
void add_sensorthings_routes(Api& api);  // the OGC SensorThings API over links and readings
void add_round_routes(Api& api);      // rounds, calls, records of calls
void add_answer_routes(Api& api);     // answer links, my calls, photos
void add_journal_routes(Api& api);    // journal
void add_road_routes(Api& api);       // roads, states, ways, tiles; calls add_coverage_routes
void add_coverage_routes(Api& api);   // isochrones, coverage, where the next station goes
void add_dispatch_routes(Api& api);   // teams, relief plans, helicopters; calls the two below
void add_mission_routes(Api& api);    // positions, missions
void add_hospital_routes(Api& api);   // hospitals and notices to them
void add_all_routes(Api& api);

// Shared by routes.
json::value error_body(const Error& error, Language language);
// "account:3", "person:17" or "node" as people read it. Reads the directory: not while holding a reading of it.
std::string actor_name(Node& node, Sessions& sessions, const std::string& actor);

}  // namespace anlan

#include "web/api_inline.h"
