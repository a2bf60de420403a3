// answers: people press buttons on their phones over HTTP while 200 screens watch the call board.
//
// This process is the server; answers_load.cpp is everybody else, in a process of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "benchmarks/node_rig.h"
#include "benchmarks/province.h"
#include "web/api.h"
#include "web/live_hub.h"

namespace anlan::bench {
namespace {

constexpr int kCorners = 500;
constexpr const char* kWorkload =
    "218,000 people called, area of 500 vertices; whole node with API and HTTP server (1 event loop, 2 workers) on SQLite, "
    "synchronous=FULL; a second process answers each call once over 64 keep-alive connections while its 200 WebSockets "
    "watch the board; channels unlimited, waiting times raised so that no second attempts run; 10 s";

std::string sign_in(NodeRig& rig, Sessions& sessions) {
  auto id = std::make_shared<AccountId>();
  const Account account{{}, "watcher", "watcher", {}, {{"duty", PlaceCode()}}};
  rig.run("node", [=](Reader& reader, UtcTime) {
    *id = AccountId{peek_id(reader, "account")};
    return add_account(reader, account);
  }).value();
  const std::string token = sessions.new_token();
  rig.run("node", [](Reader&, UtcTime) -> Result<Decision> { return Decision{}; },
          [&](Tables& tables) { Sessions::store_session(tables, token, *id, rig.clock.now()); }).value();
  sessions.keep(token, *id);
  return token;
}

bool run_load(const std::vector<std::string>& arguments) {
  std::vector<char*> argv{const_cast<char*>("anlan_bench"), const_cast<char*>("answers-load")};
  for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execv("/proc/self/exe", argv.data());
    ::_exit(127);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool run_answers() {
  Pack pack = unlimited_pack(1);
  for (auto& c : pack.channels) c.answer_wait = hours(1);
  for (auto& rule : pack.call_rules) rule.answer_limit = hours(2);
  NodeRig rig(std::move(pack));
  rig.fill();
  Sessions sessions(rig.clock, rig.random);
  ApiOptions options;
  options.log = [](std::string_view line) { progress(std::string(line)); };
  Api api(*rig.node, sessions, options);
  add_all_routes(api);
  std::atomic<int> ticks{0};
  rig.start([&] {
    if (++ticks % 5 == 0) api.tick();  // every 100 ms, as the server does
  });
  HttpServer server(api);
  ServerOptions web;
  web.listen = {{"127.0.0.1:0", false}};
  server.start(web).value();
  api.set_server(&server);

  const std::string token = sign_in(rig, sessions);
  rig.approve(rig.draft(kCorners)).value();
  // The network reports on everybody before the answers begin.
  const auto settled = [&] {
    bool all = false;
    for (const auto id : rig.node->caller().open_rounds())
      rig.node->caller().with_board(id, [&](const Board& b) {
        all = b.slots().size() == static_cast<size_t>(kPeople);
        for (const auto& s : b.slots()) all = all && s.state == CallState::waiting;
      });
    return all;
  };
  for (const Stopwatch watch; !settled(); std::this_thread::sleep_for(std::chrono::milliseconds(50)))
    if (watch.seconds() > 120) {
      progress("answers: the calls were not placed");
      return false;
    }
  const RoundId round = rig.node->caller().open_rounds().front();
  progress("everybody is called; answers begin");

  const std::string out = rig.folder.path() + "/load.json";
  const bool loaded = run_load({std::to_string(server.port()), std::to_string(round.value), rig.folder.path() + "/node.key", token,
                                std::to_string(kPeople), out});
  std::ifstream in(out);
  std::stringstream text;
  text << in.rdbuf();
  const auto result = parse_json(text.str());
  bool good = loaded && result.ok();
  if (good) {
    const auto& o = result->as_object();
    const auto number = [&](const char* name) { return o.at(name).to_number<double>(); };
    report("answers", kWorkload, "answers_per_s", number("per_s"), "1/s");
    report("answers", kWorkload, "answer_p99_ms", number("answer_p99_ms"), "ms");
    report("answers", "the same; from an answer's acknowledgement until a board that counts it has reached a watcher, over all 200 watchers", "board_p99_ms", number("board_p99_ms"), "ms");
    progress("board messages: " + std::to_string(static_cast<int64_t>(number("messages"))) + " of " + std::to_string(static_cast<int64_t>(number("message_bytes"))) +
             " bytes; samples " + std::to_string(static_cast<int64_t>(number("samples"))) + "; refused " + std::to_string(static_cast<int64_t>(number("refused"))));
    const auto reader = rig.node->store().connect().value();
    const auto stored = reader->integer("SELECT COUNT(DISTINCT call) FROM answers").value_or(0);
    good = number("refused") == 0 && number("samples") > 0 && static_cast<double>(stored) >= number("acknowledged");
    if (!good) progress("answers: " + std::to_string(stored) + " stored");
  }
  server.stop();
  return good;
}

}  // namespace anlan::bench
