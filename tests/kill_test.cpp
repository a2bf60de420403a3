// kill -9 at random moments of a launch to 10,000 people, again and again.
//
// The program is its own child: `kill_test --child FOLDER` opens a node on a real SQLite file, launches a warning when
// none is open, rings the simulated network (whose log outlives it, as a real network would) and lets people press their
// links; an answer goes into the file of acknowledged answers after the node has said so. The parent kills it and starts
// it again, and at the end compares the store with what the world saw.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/real_ports.h"
#include "gateway/simulated_phones.h"
#include "journal/chain.h"
#include "journal/replay.h"
#include "loop/clock_watch.h"
#include "simulation/sim_county.h"

namespace anlan {
namespace {

constexpr int kPeople = 10'000;
std::string self;

Pack kill_pack() {
  SimRandom random(1);
  Pack p = sim_pack(random);
  for (auto& c : p.channels) {
    c.concurrency = 50'000;
    c.rate_per_s = 20'000;
    c.burst = 50'000;
    c.attempt_timeout = seconds(5);
    c.answer_wait = seconds(1);
  }
  for (auto& r : p.call_rules) {
    r.answer_limit = seconds(9);
    r.steps = {{"sms", 1, {}}, {"voice", 2, milliseconds(500)}};
  }
  return p;
}

// Presses the link of some of those it rings.
class Pressing final : public Channel {
 public:
  using Press = std::function<void(const Attempt&)>;
  Pressing(std::shared_ptr<Channel> network, Press press) : network_(std::move(network)), press_(std::move(press)) {}
  std::string_view id() const override { return network_->id(); }
  void place(std::vector<Attempt> attempts, const std::string& message) override {
    for (const auto& a : attempts) press_(a);
    network_->place(std::move(attempts), message);
  }
  void withdraw(const Attempt& a) override { network_->withdraw(a); }

 private:
  std::shared_ptr<Channel> network_;
  Press press_;
};

struct ToCaller final : ReportSink {
  Caller* caller = nullptr;
  void report(const Report& r) override { caller->report(r); }
  void answer_by_digit(RoundId round, int64_t seq, int digit, std::optional<int64_t> number, std::string_view channel) override {
    caller->answer_by_digit(round, seq, digit, number, channel);
  }
};

std::unique_ptr<Node> open_node(const std::string& folder, const Pack& pack, Disk& disk, Clock& clock, Random& random) {
  NodeSettings settings;
  settings.place = kSimCounty;
  auto store = open_sqlite(folder + "/anlan.db");
  CHECK_MSG(store.ok(), store.error().describe());
  auto node = Node::open(settings, pack, std::move(*store), disk, clock, random);
  CHECK_MSG(node.ok(), node.error().describe());
  return std::move(*node);
}

void launch(Node& node) {
  auto run = [&](std::string actor, std::function<Result<Decision>(Reader&, UtcTime)> decide) {
    std::string response;
    node.writer().submit({std::move(actor), "", "", std::move(decide), [&](const Result<Answer>& a) { response = a.value().response; }, {}});
    while (response.empty()) node.writer().run_batch();
    return response;
  };
  // What is in force already is over.
  run("account:1", [](Reader& r, UtcTime) -> Result<Decision> {
    Decision all;
    std::vector<WarningId> ids;
    r.query("SELECT id FROM warnings WHERE state = 2", {}, [&](const Row& row) { ids.push_back(WarningId{row.integer(0)}); });
    for (const auto id : ids) {
      TRY(d, cancel_warning(r, id, "next"));
      all.facts.insert(all.facts.end(), d.facts.begin(), d.facts.end());
    }
    return all;
  });
  WarningContent c;
  c.hazard = "rainstorm";
  c.level = WarningLevel::red;
  c.places = {kSimCounty};
  c.headline = c.message = "暴雨红色预警";
  c.onset = node.clock().now();
  c.expires = c.onset + hours(2);
  const auto drafted = run("account:1", [&](Reader& r, UtcTime now) { return draft_warning(r, node.pack(), WarningSource::drawn, c, {}, now); });
  const WarningId id{parse_json(drafted)->at("warning").to_number<int64_t>()};
  run("account:1", [&](Reader& r, UtcTime now) { return submit_warning(r, node.pack(), id, false, "kill", now); });
  run("account:2", [&](Reader& r, UtcTime now) { return approve_warning(r, node.pack(), id, "account:2", "", "kill", now); });
}

// Until it is killed.
int child(const std::string& folder, bool fill) {
  const Pack pack = kill_pack();
  SystemClock clock;
  SystemRandom random;
  SystemDisk disk(folder);
  ClockWatch watch(clock);
  auto node = open_node(folder, pack, disk, watch, random);
  if (fill) {
    fill_town(*node, kPeople);
    return 0;
  }
  watch.attach(node->writer());
  const int acknowledged = ::open((folder + "/acknowledged").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ToCaller to_caller;
  to_caller.caller = &node->caller();
  PhoneHabits habits;
  habits.ring = milliseconds(500);
  habits.read = milliseconds(700);
  habits.answering = 0.6;
  SimulatedPhones phones(1, habits, to_caller, folder + "/network");
  SimRandom chance(static_cast<uint64_t>(clock.now().ms));
  std::multimap<UtcTime, Attempt> pressing;
  auto press = [&](const Attempt& a) {
    if (chance.chance(0.3)) pressing.emplace(watch.now() + chance.span({}, seconds(3)), a);
  };
  for (const auto& rule : pack.channels)
    if (rule.kind != ChannelKind::app)
      node->caller().add_channel(std::make_shared<Pressing>(phones.channel(rule.id, rule.kind, watch), press));
  node->start();
  int64_t serial = 0;
  for (;;) {
    watch.check();
    while (node->writer().run_batch()) {
    }
    const UtcTime now = watch.now();
    phones.tick(now);
    for (int i = 0; i < 500 && !pressing.empty() && pressing.begin()->first <= now; ++i) {
      const Attempt a = pressing.begin()->second;
      pressing.erase(pressing.begin());
      GiveAnswer g{a.round, a.seq, "received"};
      g.text = fmt::format("{}-{}", ::getpid(), ++serial);
      node->writer().submit({"person:" + std::to_string(a.person.value), g.text, g.text,
                             [&pack, g](Reader& r, UtcTime at) { return give_answer(r, pack, g, at); },
                             [text = g.text + "\n", acknowledged](const Result<Answer>& answer) {
                               if (answer && ::write(acknowledged, text.data(), text.size()) < 0) std::abort();
                             }, {}});
    }
    bool calling = false;
    for (const auto id : node->caller().open_rounds())
      node->caller().with_board(id, [&](const Board& b) { calling |= b.open() > 0 || b.round().state != RoundState::calling; });
    node->tick();
    if (!calling && !node->writer().queued()) launch(*node);
    if (!node->writer().queued()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

pid_t start_child(const std::string& folder, const char* what) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execl(self.c_str(), self.c_str(), what, folder.c_str(), nullptr);
    ::_exit(127);
  }
  return pid;
}

class Folder {
 public:
  Folder() {
    path = (std::filesystem::temp_directory_path() / "anlan-kill-XXXXXX").string();
    CHECK(::mkdtemp(path.data()));
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

TEST(Kill, LosesNoAcknowledgedAnswerAndRingsNobodyTwice) {
  const char* wanted = std::getenv("ANLAN_KILLS");
  const int kills = wanted ? std::atoi(wanted) : 200;
  Folder folder;
  int status = 0;
  ASSERT_EQ(::waitpid(start_child(folder.path, "--fill"), &status, 0) > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);

  SimRandom random(static_cast<uint64_t>(SystemClock().now().ms));
  for (int i = 0; i < kills; ++i) {
    const pid_t pid = start_child(folder.path, "--child");
    ASSERT_GT(pid, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(random.between(30, 700)));
    ASSERT_EQ(::waitpid(pid, &status, WNOHANG), 0) << "it ended by itself, status " << status;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
  }

  SystemDisk disk(folder.path);
  Attachments attachments(disk);
  auto store = open_sqlite(folder.path + "/anlan.db").value();
  auto reader = store->connect().value();
  std::multiset<std::string> answers;
  reader->query("SELECT text FROM answers WHERE text <> ''", {}, [&](const Row& row) { answers.insert(row.str(0)); });
  std::ifstream acknowledged(folder.path + "/acknowledged");
  int64_t count = 0, lost = 0;
  for (std::string text; std::getline(acknowledged, text); ++count) lost += answers.count(text) != 1;
  EXPECT_EQ(lost, 0) << "of " << count << " acknowledged answers";
  EXPECT_GT(count, 100);

  // The network's own log: every attempt once, and none that the journal does not know.
  std::ifstream network(folder.path + "/network");
  std::set<std::string> rung;
  std::string key;
  int64_t at = 0, twice = 0, unknown = 0;
  while (network >> key >> at) {
    twice += !rung.insert(key).second;
    long long round = 0, seq = 0, no = 0;
    ASSERT_EQ(std::sscanf(key.c_str(), "%lld-%lld-%lld", &round, &seq, &no), 3) << key;
    const auto attempts = reader->integer("SELECT attempts FROM calls WHERE id = ?", {call_key(RoundId{round}, seq)});
    unknown += !attempts || *attempts < no;
  }
  EXPECT_EQ(twice, 0);
  EXPECT_EQ(unknown, 0);
  EXPECT_GE(rung.size(), static_cast<size_t>(kPeople));

  const auto verification = verify_chain(*reader, &attachments);
  EXPECT_TRUE(verification.ok) << verification.problem;
  auto fresh = open_sqlite(folder.path + "/replayed.db").value();
  auto replayed = fresh->connect().value();
  const auto facts = replay(*reader, *replayed, fact_catalogue(), node_migrations(), attachments, kNever);
  ASSERT_TRUE(facts.ok()) << facts.error().describe();
  EXPECT_EQ(compare_tables(*reader, *replayed, fact_tables()), "");
  std::printf("%d kills, %lld rounds, %zu attempts, %lld acknowledged answers, %lld facts\n", kills,
              static_cast<long long>(reader->integer("SELECT COUNT(*) FROM rounds").value_or(0)), rung.size(), static_cast<long long>(count),
              static_cast<long long>(*facts));
}

}  // namespace
}  // namespace anlan

int main(int argc, char** argv) {
  anlan::self = std::filesystem::read_symlink("/proc/self/exe").string();
  if (argc == 3 && std::string_view(argv[1]).starts_with("--fill")) return anlan::child(argv[2], true);
  if (argc == 3 && std::string_view(argv[1]).starts_with("--child")) return anlan::child(argv[2], false);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
