// A node on a temporary store of either kind with the API in front, for tests. Requests go straight to the handler.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/real_ports.h"
#include "journal/scratch_store.h"
#include "web/api.h"
#include "web/live_hub.h"

namespace anlan {

class TestClock final : public Clock {
 public:
  UtcTime now() const override { return {ms}; }
  Millis monotonic() const override { return {ms}; }
  std::atomic<int64_t> ms{1'763'700'000'000};
};

class ApiTestNode {
 public:
  static constexpr const char* kPassword = "correct horse";

  explicit ApiTestNode(ApiOptions options = {}, NodeSettings settings = {}, const std::string& store = "sqlite", bool keeps_readings = false) : place(store) {
    static const Pack pack = load_pack("packs/cn").value();
    if (keeps_readings) history = History::open(place.folder() + "/history").value();
    node = Node::open(std::move(settings), pack, place.open(), disk, clock, random, {}, history.get()).value();
    sessions = std::make_unique<Sessions>(clock, random);
    options.log = [this](std::string_view line) {
      std::scoped_lock guard(log_mutex);
      log += std::string(line) + "\n";
    };
    api = std::make_unique<Api>(*node, *sessions, std::move(options));
  }
  ~ApiTestNode() {
    node->writer().stop();
    if (writer.joinable()) writer.join();
    api.reset();
    node.reset();
  }

  // After the routes have been added.
  void start() {
    node->start();
    writer = std::thread([this] {
      while (node->writer().wait()) node->writer().run_batch();
    });
  }

  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide, std::function<void(Tables&)> also = {}) {
    std::promise<Result<Answer>> answer;
    node->writer().submit({"node", {}, {}, std::move(decide), [&](const Result<Answer>& a) { answer.set_value(a); }, std::move(also)});
    return answer.get_future().get();
  }

  // An account with kPassword.
  AccountId add_account(const std::string& name, std::vector<RoleHeld> roles) {
    static const std::string hash = Sessions::hash_password(kPassword);
    auto id = std::make_shared<AccountId>();
    const Account account{{}, name, name, {}, std::move(roles)};
    run([=](Reader& reader, UtcTime) {
      *id = AccountId{peek_id(reader, "account")};
      return anlan::add_account(reader, account);
    }, [=](Tables& tables) { Sessions::store_password(tables, *id, hash); }).value();
    return *id;
  }

  // A session without the password's tenth of a second.
  std::string sign_in(const std::string& name) {
    const auto account = sessions->find(name);
    const std::string token = sessions->new_token();
    run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; },
        [&](Tables& tables) { Sessions::store_session(tables, token, account->id, clock.now()); }).value();
    sessions->keep(token, account->id);
    return token;
  }

  using Fields = std::vector<std::pair<std::string, std::string>>;
  HttpResponse request(const std::string& method, const std::string& target, const std::string& token = {}, const std::string& body = {}, Fields fields = {}) {
    HttpRequest r;
    r.method = method;
    r.target = target;
    EXPECT_TRUE(read_target(target, r.path, r.query).ok());
    r.body = body;
    r.peer_address = "192.0.2.7";
    r.headers.add("Host", "node.example");
    if (!token.empty()) r.headers.add("Cookie", "anlan_session=" + token);
    for (auto& [name, value] : fields) r.headers.add(name, value);
    auto answer = std::make_shared<std::promise<HttpResponse>>();
    auto first = std::make_shared<std::atomic<bool>>(true);
    api->handle(std::move(r), [=](HttpResponse response) {
      if (first->exchange(false)) answer->set_value(std::move(response));
    });
    return answer->get_future().get();
  }
  // A change under a fresh key.
  HttpResponse change(const std::string& method, const std::string& path, const std::string& token, const std::string& body = {}) {
    return request(method, "/api/v1" + path, token, body, {{"Idempotency-Key", "key-" + std::to_string(++keys)}});
  }
  HttpResponse get(const std::string& path, const std::string& token = {}) { return request("GET", "/api/v1" + path, token); }

  static json::object json_of(const HttpResponse& response) {
    auto value = parse_json(response.body_text());
    EXPECT_TRUE(value.ok()) << response.body_text();
    return value ? value->as_object() : json::object();
  }
  static std::string code_of(const HttpResponse& response) { return std::string(json_of(response).at("error").at("code").as_string()); }

  ScratchStore place;
  TestClock clock;
  SystemRandom random;
  SystemDisk disk{place.folder()};
  std::unique_ptr<History> history;
  std::unique_ptr<Node> node;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Api> api;
  std::thread writer;
  std::mutex log_mutex;
  std::string log;
  int keys = 0;
};

}  // namespace anlan
