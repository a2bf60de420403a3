// A call round on a real store with a hand-driven clock, for tests: everything of calls/ is the real thing, the people
// and the channels are tables.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "base/real_ports.h"
#include "calls/call_list.h"
#include "calls/caller.h"
#include "calls/queries.h"

namespace anlan {

class RigClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'763'000'000'000};
};

class RigContacts final : public Contacts {
 public:
  std::vector<std::string> phones(PersonId p) const override {
    const auto it = numbers.find(p.value);
    return it != numbers.end() ? it->second : p ? std::vector<std::string>{"1380000" + std::to_string(1000 + p.value)} : std::vector<std::string>();
  }
  bool has_account(PersonId p) const override { return accounts.contains(p.value); }
  std::optional<Responsible> deputy(PostId post, std::string_view, UtcTime) const override { return find(deputies, post); }
  std::optional<Responsible> superior(PostId post, std::string_view, UtcTime) const override { return find(superiors, post); }
  std::optional<Responsible> duty_above(PostId post, std::string_view, UtcTime) const override { return find(duties, post); }

  std::map<int64_t, std::vector<std::string>> numbers;
  std::set<int64_t> accounts;
  std::map<int64_t, Responsible> deputies, superiors, duties;  // by post; 0: of every post

 private:
  static std::optional<Responsible> find(const std::map<int64_t, Responsible>& table, PostId post) {
    auto it = table.find(post.value);
    if (it == table.end()) it = table.find(0);
    return it == table.end() ? std::nullopt : std::optional(it->second);
  }
};

class RigChannel final : public Channel {
 public:
  explicit RigChannel(std::string id) : id_(std::move(id)) {}
  std::string_view id() const override { return id_; }
  void place(std::vector<Attempt> attempts, const std::string&) override {
    placed.insert(placed.end(), attempts.begin(), attempts.end());
  }
  void withdraw(const Attempt& a) override { withdrawn.push_back(a.key()); }
  std::vector<Attempt> placed;
  std::vector<std::string> withdrawn;

 private:
  std::string id_;
};

inline Pack rig_pack() {
  Pack p;
  p.ranks = {{{"leader", "领导", "Leader"}, PlaceLevel::kTown}, {{"village", "村级", "Village"}, PlaceLevel::kVillage}};
  auto channel = [&](const char* id, ChannelKind kind, int concurrency, Millis timeout, Millis wait) {
    p.channels.push_back({{id, id, id}, kind, concurrency, 1'000, 1'000, timeout, wait});
  };
  channel("app", ChannelKind::app, 10'000, seconds(30), seconds(60));
  channel("voice", ChannelKind::voice, 500, seconds(90), seconds(10));
  channel("sms", ChannelKind::sms, 5'000, seconds(120), seconds(120));
  auto answer = [&](const char* id, int digit, const char* number, bool attention, bool passes_on) {
    AnswerMeaning a;
    a.id = a.zh = a.en = id;
    a.digit = digit;
    a.number = number;
    a.attention = attention;
    a.passes_on = passes_on;
    p.answers.push_back(a);
  };
  answer("received", 1, "", false, false);
  answer("moved", 3, "people_moved", false, false);
  answer("need_support", 4, "", true, false);
  answer("unable", 5, "", true, true);
  return p;
}

class CallsRig : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/anlan-calls-XXXXXX";
    folder = ::mkdtemp(pattern);
    disk = std::make_unique<SystemDisk>(folder);
    attachments = std::make_unique<Attachments>(*disk);
    store = std::move(open_sqlite(folder + "/anlan.db").value());
    auto c = std::move(*store->connect());
    auto steps = journal_migrations();
    for (const auto& m : call_migrations()) steps.push_back(m);
    ASSERT_TRUE(migrate(*c, steps).ok());
    writer = std::move(Writer::open(std::move(c), clock, *attachments).value());
    reader = std::move(*store->connect());
    start();
  }
  void TearDown() override {
    caller.reset();
    writer.reset();
    reader.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }
  // A caller as after a start of the program.
  void start() {
    caller = std::make_unique<Caller>(pack, contacts, *attachments, [this](Command c) { writer->submit(std::move(c)); });
    for (auto& [id, channel] : channels) caller->add_channel(channel);
    reader->begin_read();
    caller->load(*reader);
    reader->rollback();
    if (!observing) writer->add_observer(&relay);
    observing = true;
  }

  RoundRule rule(const std::string& rank, Millis limit, std::vector<CallStep> steps, std::vector<NextStep> then = {}) {
    return {rank, limit, std::move(steps), std::move(then)};
  }
  // The usual one: 5 minutes, voice twice with a minute between, then SMS; deputy, superior, duty room.
  RoundRule usual(const std::string& rank = "village") {
    return rule(rank, minutes(5), {{"voice", 2, seconds(60)}, {"sms", 1, {}}}, {NextStep::deputy, NextStep::superior, NextStep::duty_above});
  }
  ListEntry entry(int64_t person, int64_t post, int64_t place, int rule_no = 0, std::vector<PostId> extra = {}) {
    return {PersonId{person}, PostId{post}, PlaceCode(place), rule_no, 0, "", std::move(extra)};
  }
  RoundId open(std::vector<ListEntry> entries, std::vector<RoundRule> rules, RoundMode mode = RoundMode::live) {
    CallListWriter list;
    for (auto& e : entries) {
      e.step = usable_step(rules[static_cast<size_t>(e.rule)], pack, contacts, e.person, 0);
      e.phone = phone_for(contacts, e.person, 0);
      list.add(e);
    }
    OpenRound c;
    c.warning = WarningId{++warnings};
    c.mode = mode;
    c.hazard = "rainstorm";
    c.level = WarningLevel::red;
    c.calls = static_cast<int64_t>(list.size());
    c.list = attachments->put(list.finish()).value();
    c.message = "暴雨红色预警";
    c.rules = std::move(rules);
    const auto answer = run([c](Reader& r, UtcTime) { return open_round(r, c); });
    round = RoundId{parse_json(answer.value().response).value().at("round").to_number<int64_t>()};
    settle();
    return round;
  }

  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide, const std::string& actor = "account:1") {
    std::optional<Result<Answer>> answer;
    writer->submit({actor, "", "", std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
    while (!answer) writer->run_batch();
    return *answer;
  }
  // Everything that is due at this moment.
  void settle() {
    for (int i = 0; i < 200; ++i) {
      while (writer->run_batch()) {}
      const UtcTime next = caller->next_due();
      caller->tick(clock.at);
      if (!writer->run_batch() && next > clock.at) return;
      if (next.ms == 0 && i > 100) return;  // lines are full
    }
  }
  // Time passes; what falls due on the way happens at its time.
  void pass(Millis span) {
    const UtcTime end = clock.at + span;
    while (clock.at < end) {
      const UtcTime next = caller->next_due();
      clock.at = std::min(end, next.ms == 0 ? clock.at + seconds(1) : std::max(next, clock.at + milliseconds(1)));
      settle();
    }
  }
  CallRow row(int64_t seq) { return *read_call(*fresh(), round, seq); }
  CallState state(int64_t seq) { return row(seq).state; }
  int64_t calls() {
    int64_t n = 0;
    while (read_call(*fresh(), round, n + 1)) ++n;
    return n;
  }
  Reader* fresh() { return reader.get(); }
  void report(int64_t seq, Outcome outcome) {
    caller->report({round, seq, row(seq).attempts, outcome});
    settle();
  }
  Result<Answer> answer(int64_t seq, const std::string& meaning = "received", std::optional<int64_t> number = {}) {
    GiveAnswer g{round, seq, meaning, number};
    auto a = run([this, g](Reader& r, UtcTime now) { return give_answer(r, pack, g, now); }, "person:1");
    settle();
    return a;
  }
  void again(std::vector<int64_t> seqs) {
    (void)run([this, seqs](Reader& r, UtcTime now) { return call_again(r, pack, contacts, round, seqs, now); });
    settle();
  }
  BoardCounts totals() {
    BoardCounts c;
    EXPECT_TRUE(caller->with_board(round, [&](const Board& b) { c = b.totals(); }));
    return c;
  }
  std::vector<Outcome> outcomes(int64_t seq) {
    std::vector<Outcome> list;
    reader->query("SELECT outcome FROM attempts WHERE id BETWEEN ? AND ? ORDER BY id", {attempt_key(round, seq, 0), attempt_key(round, seq, 255)},
                  [&](const Row& r) { list.push_back(static_cast<Outcome>(r.integer(0))); });
    return list;
  }
  // The board kept from facts equals the one read from the tables.
  void expect_same_board(bool with_progress = true) {
    caller->with_board(round, [&](const Board& live) {
      const auto row = *read_round(*reader, round);
      const Board loaded = Board::load(*reader, pack, row);
      EXPECT_EQ(live.round().state, row.state);
      EXPECT_EQ(live.round().listed, row.listed);
      EXPECT_EQ(live.round().last_seq, row.last_seq);
      EXPECT_EQ(live.round().stopped_at, row.stopped_at);
      ASSERT_EQ(live.slots().size(), loaded.slots().size());
      for (size_t i = 0; i < live.slots().size(); ++i) {
        const auto &a = live.slots()[i], &b = loaded.slots()[i];
        EXPECT_EQ(std::tie(a.person, a.post, a.place, a.kind, a.state, a.rule, a.step, a.attempts, a.channel),
                  std::tie(b.person, b.post, b.place, b.kind, b.state, b.rule, b.step, b.attempts, b.channel)) << "seq " << i + 1 << " live "
            << static_cast<int>(a.state) << " tables " << static_cast<int>(b.state);
        EXPECT_EQ(a.due.ms, b.due.ms) << "seq " << i + 1 << " state " << static_cast<int>(a.state);
        EXPECT_EQ(a.limit_at.ms, b.limit_at.ms) << "seq " << i + 1;
        EXPECT_EQ(std::tie(a.meaning, a.attention, a.number), std::tie(b.meaning, b.attention, b.number)) << "seq " << i + 1;
      }
      EXPECT_EQ(live.totals(), loaded.totals());
      EXPECT_EQ(live.totals(), round_totals(*reader, round));
      for (const auto level : {PlaceLevel::kCounty, PlaceLevel::kTown, PlaceLevel::kVillage}) {
        EXPECT_EQ(live.places(level, {}), loaded.places(level, {}));
        for (const auto p : live.places(level, {})) EXPECT_EQ(live.counts(p), loaded.counts(p)) << p.text();
      }
      EXPECT_EQ(live.answers(), loaded.answers());
      EXPECT_EQ(live.open(), loaded.open());
      EXPECT_EQ(live.waiting_for_ever(), loaded.waiting_for_ever());
      EXPECT_EQ(live.seq, loaded.seq);
      if (!with_progress) return;
      const auto p = live.progress(), q = loaded.progress();
      ASSERT_EQ(p.size(), q.size());
      for (size_t i = 0; i < p.size(); ++i)
        EXPECT_EQ(std::tie(p[i].at, p[i].called, p[i].answered), std::tie(q[i].at, q[i].called, q[i].answered)) << "point " << i;
    });
  }

  struct Relay final : Observer {
    explicit Relay(CallsRig& r) : rig(r) {}
    void on_committed(const std::vector<RecordedFact>& facts) override { rig.caller->on_committed(facts); }
    CallsRig& rig;
  };

  std::string folder;
  RigClock clock;
  Pack pack = rig_pack();
  RigContacts contacts;
  std::map<std::string, std::shared_ptr<RigChannel>> channels{{"app", std::make_shared<RigChannel>("app")},
                                                              {"voice", std::make_shared<RigChannel>("voice")},
                                                              {"sms", std::make_shared<RigChannel>("sms")}};
  std::unique_ptr<SystemDisk> disk;
  std::unique_ptr<Attachments> attachments;
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Connection> reader;
  std::unique_ptr<Caller> caller;
  Relay relay{*this};
  bool observing = false;
  RoundId round;
  int64_t warnings = 0;
};

}  // namespace anlan
