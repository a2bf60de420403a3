#include "simulation/sim_world.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdio>

#include "journal/chain.h"
#include "journal/replay.h"
#include "registry/people_search.h"
#include "simulation/sim_county.h"

namespace anlan {

constexpr UtcTime kSimStart{1'795'287'600'000};  // 2026-11-21
constexpr Millis kTick = milliseconds(500);
constexpr Millis kLateSlack = seconds(60);
constexpr size_t kFailuresShown = 600;

// Between the node and the network: may hang, notes what is rung.
class SimNetworkChannel final : public Channel {
 public:
  SimNetworkChannel(SimWorld& world, std::string id, std::shared_ptr<Channel> network)
      : world_(world), id_(std::move(id)), network_(std::move(network)) {}
  std::string_view id() const override { return id_; }
  void place(std::vector<Attempt> attempts, const std::string& message) override {
    if (world_.disk_.dead()) return;  // the machine is off
    for (const auto& a : attempts) {
      const auto [it, fresh] = world_.rung_.emplace(a.key(), a.phone);
      if (!fresh && it->second != a.phone) world_.fail("attempt " + a.key() + " rings another number the second time");
      if (!world_.rung_this_life_.insert(a.key()).second) world_.fail("attempt " + a.key() + " is handed to the network twice");
      world_.to_check_.push_back(a.key());
      if (world_.settings_.bug == PlantedBug::doubled_call && a.seq % 7 == 0) world_.to_check_.push_back(Attempt{a.round, a.seq, a.no + 1, {}, {}}.key());
      if (world_.busy_ && fresh) world_.answer_later(a);
    }
    if (!world_.hanging_.contains(id_)) network_->place(std::move(attempts), message);
  }
  void withdraw(const Attempt& attempt) override { network_->withdraw(attempt); }

 private:
  SimWorld& world_;
  std::string id_;
  std::shared_ptr<Channel> network_;
};

namespace {

PhoneHabits habits_of(SimRandom& random) {
  PhoneHabits h;
  h.answering = 0.35 + 0.4 * random.unit();
  h.busy = 0.1;
  h.wrong_number = 0.05;
  h.support = 0.05;
  h.unable = 0.08;
  h.dead = random.chance(0.3) ? 0.5 : 0;
  return h;
}

}  // namespace

SimWorld::SimWorld(SimSettings settings)
    : settings_(settings), random_(settings.seed), clock_(kSimStart), disk_(settings.seed ^ 0xd15c), pack_(sim_pack(random_)),
      witness_(clock_, [this](std::string what) { fail(what); }), phones_(settings.seed, habits_of(random_), *this),
      calm_since_(kSimStart) {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(settings.seed % 1'000'000'007) + 1, nullptr);
  next_action_ = next_fault_ = kNever;
  clock_.error = settings_.quiet ? Millis{} : random_.span(seconds(-5), seconds(5));
  if (settings.verbose) witness_.trace([this](std::string what) { say(what); });
  phones_.set_locate([this](PersonId person) { return place_of(*node_->directory().read(), person); });
  start();
  fill_county(*node_, random_);
  disk_.set_lying_sync(settings_.bug == PlantedBug::lying_sync);
}

SimWorld::~SimWorld() {
  node_.reset();
  watch_.reset();
}

void SimWorld::fail(const std::string& what) {
  if (failure_) return;
  failure_ = fmt::format("at {:.1f} min: {}", static_cast<double>((clock_.true_time - kSimStart).count) / 60'000, what.substr(0, kFailuresShown));
  say("BROKEN " + what);
}

void SimWorld::say(const std::string& what) {
  if (settings_.verbose) std::printf("%9.3f s  %s\n", static_cast<double>((clock_.true_time - kSimStart).count) / 1000, what.c_str());
}

void SimWorld::report(const Report& report) {
  if (node_ && !disk_.dead()) node_->caller().report(report);
}

void SimWorld::answer_by_digit(RoundId round, int64_t seq, int digit, std::optional<int64_t> number, std::string_view channel) {
  if (node_ && !disk_.dead()) node_->caller().answer_by_digit(round, seq, digit, number, channel);
}

void SimWorld::start() {
  restart_at_ = kNever;
  rung_this_life_.clear();
  watch_ = std::make_unique<ClockWatch>(clock_);
  Clock& clock = settings_.bug == PlantedBug::unwatched_clock ? static_cast<Clock&>(clock_) : *watch_;
  NodeSettings settings;
  settings.place = kSimCounty;
  SqliteOptions options;
  options.vfs = disk_.vfs_name();
  // A lie about the log alone: facts are lost, the store stays whole.
  options.checkpoint_pages = settings_.bug == PlantedBug::lying_sync ? 1'000'000 : 60;
  auto store = open_sqlite("anlan.db", options);
  auto node = Node::open(settings, pack_, std::move(store).value(), disk_, clock, random_);
  if (!node) {
    if (disk_.dead()) return stop_power();  // the power failed again
    if (node.error().code == ErrorCode::kDiskFull) {  // somebody has to make room first
      disk_.set_capacity(SimDisk::kUnlimited);
      return start();
    }
    return fail("does not start again: " + node.error().describe());
  }
  node_ = std::move(*node);
  node_->writer().add_observer(&witness_);
  witness_.follow(&node_->attachments(), [this] { return disk_.dead(); });
  auto reader = node_->store().connect();
  if (!reader) return disk_.dead() ? stop_power() : fail("no reader: " + reader.error().describe());
  witness_.after_restart(**reader, catalogue_, power_failed_);
  watch_->attach(node_->writer());
  for (const auto& rule : pack_.channels) {
    auto network = rule.kind == ChannelKind::app ? std::make_shared<AppChannel>(rule.id, *this)
                                                 : phones_.channel(rule.id, rule.kind, true_clock_);
    node_->caller().add_channel(std::make_shared<SimNetworkChannel>(*this, rule.id, std::move(network)));
  }
  node_->start();
  for (auto& r : requests_) r->waiting = false;  // whoever heard nothing asks again
  calm_since_ = std::max(calm_since_, clock_.true_time);
}

// The power is off: nothing of the node survives but the disk.
void SimWorld::stop_power() {
  if (!disk_.dead()) disk_.die_after(0);
  if (!disk_.dead()) (void)disk_.remove("power");  // the next operation, which kills it
  if (watch_ && (watch_->difference() > ClockWatch::kJump || Millis{} - watch_->difference() > ClockWatch::kJump)) witness_.clock_unknown();
  node_.reset();
  power_failed_ = clock_.true_time;
  disk_.crash();
  ++crashes_;
  to_check_.clear();
  restart_at_ = clock_.true_time + (random_.chance(0.5) ? seconds(1) : random_.span(seconds(1), seconds(90)));
  say("power fails");
}

void SimWorld::crash_now() {
  stop_power();
  start();
}

void SimWorld::hang(const std::string& channel, bool hangs) {
  if (hangs) hanging_.insert(channel);
  else hanging_.erase(channel);
}

void SimWorld::run_node() {
  if (settings_.bug != PlantedBug::unwatched_clock) watch_->check();
  for (int i = 0; i < 50 && !disk_.dead(); ++i) {
    while (!disk_.dead() && node_->writer().run_batch()) {
    }
    if (disk_.dead()) break;
    for (const auto& key : to_check_)
      if (!witness_.placed(key)) fail("attempt " + key + " rings without having been committed");
    to_check_.clear();
    node_->tick();
    if (!node_->writer().queued()) break;
  }
  if (disk_.dead()) stop_power();
}

void SimWorld::step(UtcTime until) {
  if (!node_ && clock_.true_time >= restart_at_) start();
  if (node_) run_node();
  phones_.tick(clock_.true_time);
  if (node_ && clock_.true_time >= heals_at_) heal();
  if (node_) pursue_requests();
  if (node_ && busy_ && clock_.true_time >= next_action_) act();
  if (busy_ && clock_.true_time >= next_fault_) disturb();
  if (node_ && clock_.true_time >= next_late_check_) {
    next_late_check_ = clock_.true_time + seconds(20);
    const bool calm = heals_at_ == kNever;
    if (calm) witness_.check_nothing_late(calm_since_, kLateSlack);
  }
  UtcTime next = std::min({until, phones_.next_due(), restart_at_, heals_at_});
  if (busy_) next = std::min({next, next_action_, next_fault_});
  if (!answers_due_.empty()) next = std::min(next, answers_due_.begin()->first);
  if (node_) next = std::min({next, machine_to_true(node_->next_due()), clock_.true_time + seconds(busy_ ? 5 : 30)});
  clock_.true_time = std::max(std::min(until, clock_.true_time + kTick), next);
}

void SimWorld::pass(Millis span) {
  const UtcTime end = clock_.true_time + span;
  while (clock_.true_time < end && !failure_) step(end);
}

void SimWorld::ask(const std::string& actor, const std::string& tag, std::function<Result<Decision>(Reader&, UtcTime)> decide,
                   std::function<void(const Answer&)> then) {
  auto r = std::make_unique<Request>();
  r->key = actor + "/" + std::to_string(requests_.size());
  r->actor = actor;
  r->tag = tag;
  r->decide = std::move(decide);
  r->then = std::move(then);
  requests_.push_back(std::move(r));
  submit(requests_.size() - 1);
}

void SimWorld::submit(size_t index) {
  auto& r = *requests_[index];
  ++r.tries;
  r.waiting = true;
  node_->writer().submit({r.actor, r.key, r.tag.empty() ? r.key : r.tag, r.decide, [this, index](const Result<Answer>& answer) {
    if (disk_.dead()) return;  // nobody hears it
    auto& r = *requests_[index];
    r.waiting = false;
    if (answer) {
      if (r.response) {
        if (!answer->repeated || *r.response != answer->response) fail("request " + r.key + " was done twice");
        return;
      }
      r.response = answer->response;
      if (r.then) r.then(*answer);
      if (random_.chance(0.1)) r.next = clock_.true_time + random_.span(seconds(1), minutes(5));  // asks again all the same
    } else if (answer.error().code == ErrorCode::kDiskFull || answer.error().code == ErrorCode::kStoreUnavailable ||
               answer.error().code == ErrorCode::kTooMany) {
      if (r.response) return;
      if (answer.error().code == ErrorCode::kStoreUnavailable) fail("the store is unavailable: " + answer.error().describe());
      r.next = clock_.true_time + random_.span(seconds(5), seconds(30));
    } else {
      if (r.response) fail("request " + r.key + " was done and is now refused: " + answer.error().describe());
      r.over = true;
    }
  }, {}});
}

void SimWorld::pursue_requests() {
  for (size_t i = 0; i < requests_.size(); ++i) {
    auto& r = *requests_[i];
    if (r.over || r.waiting || (r.response && !r.next.ms) || clock_.true_time < r.next) continue;
    r.next = UtcTime{0};
    if (r.tries > 20) r.over = true;
    else submit(i);
  }
}

std::optional<Result<Answer>> SimWorld::do_command(const std::string& key, std::function<Result<Decision>(Reader&, UtcTime)> decide) {
  std::optional<Result<Answer>> answer;
  node_->writer().submit({"account:1", key, key, std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
  while (node_->writer().run_batch()) {
  }
  return answer;
}

RoundId SimWorld::issue(const WarningContent& content) {
  auto drafted = do_command("", [&](Reader& r, UtcTime now) { return draft_warning(r, pack_, WarningSource::drawn, content, {}, now); });
  CHECK_MSG(drafted->ok(), drafted->error().describe());
  const WarningId id{parse_json((*drafted)->response)->at("warning").to_number<int64_t>()};
  auto sent = do_command("", [&](Reader& r, UtcTime now) { return submit_warning(r, pack_, id, false, "sim", now); });
  auto approved = do_command("", [&](Reader& r, UtcTime now) { return approve_warning(r, pack_, id, "account:2", "", "sim", now); });
  CHECK_MSG(sent->ok() && approved->ok(), approved->error().describe());
  run_node();
  const auto rounds = node_->caller().open_rounds();
  CHECK(!rounds.empty());
  return rounds.back();
}

SimOutcome SimWorld::run() {
  busy_ = true;
  next_action_ = next_fault_ = clock_.true_time;
  next_fault_ = clock_.true_time + random_.span(seconds(10), minutes(3));
  pass(settings_.busy);
  busy_ = false;
  if (!failure_) {
    heal();
    answers_due_.clear();
    if (!node_) restart_at_ = clock_.true_time;
    pass(minutes(6));  // whoever still asks for something has been heard
    if (node_)
      for (const auto id : node_->caller().open_rounds())
        ask("account:1", "", [id](Reader& r, UtcTime now) { return resume_round(r, id, now); });
    pass(minutes(90));  // four limits of five minutes and what lies between them
  }
  if (!failure_) check_all();
  SimOutcome outcome;
  outcome.failure = failure_;
  outcome.totals = witness_.totals();
  outcome.facts = witness_.seq();
  outcome.crashes = crashes_;
  for (const auto& r : requests_) outcome.answers_acknowledged += r->response && r->tag.starts_with("answer");
  if (node_)
    if (auto reader = node_->store().connect()) outcome.head = (*reader)->text("SELECT value FROM meta WHERE name = 'head'").value_or("");
  return outcome;
}

}  // namespace anlan
