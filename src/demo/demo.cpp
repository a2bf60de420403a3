#include "demo/demo.h"

#include "demo/dice.h"
#include "demo/rainstorm.h"

namespace anlan {
namespace {

constexpr Millis kLookEvery = milliseconds(250);
constexpr Millis kToSubmit = seconds(4), kToApprove = seconds(8), kToGeohazard = seconds(100), kToPassOn = seconds(150);
constexpr size_t kPassedOnMax = 20;

}  // namespace

Demo::Demo(Node& node, SimulatedPhones& phones, uint64_t seed) : node_(node), phones_(phones), seed_(seed), shaking_(node, seed) {
  // Slower than phones are picked up, so that a board can be watched as it fills.
  PhoneHabits habits = phones_.habits();
  habits.ring = seconds(28);
  habits.read = seconds(50);
  phones_.set_habits(habits);
  phones_.set_locate([&n = node_](PersonId person) {
    const auto reading = n.directory().read();
    const auto posts = reading->posts_of(person);
    const auto* post = posts.empty() ? nullptr : reading->post(posts.front());
    return post ? post->place : PlaceCode();
  });
  look(node_.clock().now());
}

void Demo::tick(UtcTime now) {
  shaking_.tick(now);
  if (!running_ || now < next_look_) return;
  next_look_ = now + kLookEvery;
  if (under_way_ == 0) look(now);
}

bool Demo::start_rainstorm() {
  if (running_ || starting_.exchange(true)) return false;
  passed_on_ = false;
  const auto content = storm_warning(node_, node_.clock().now());
  const auto account = [&] {
    auto reader = node_.store().connect();
    return reader ? (*reader)->integer("SELECT id FROM accounts WHERE account = 'duty'") : std::nullopt;
  }();
  node_.writer().submit({account ? "account:" + std::to_string(*account) : "node", "", "",
                         [this, content](Reader& reader, UtcTime at) { return begin_storm(reader, node_.pack(), content, at); },
                         [this](const Result<Answer>& answer) {
                           if (answer)
                             if (const auto response = parse_json(answer->response)) {
                               warning_ = response->at("warning").to_number<int64_t>();
                               running_ = true;
                             }
                           starting_ = false;
                         }, {}});
  return true;
}

std::vector<PlaceCode> Demo::pouring() const {
  std::vector<PlaceCode> towns;
  if (running_)
    for (const auto& town : storm_towns(node_.places().get()->places())) towns.push_back(town.code);
  return towns;
}

void Demo::act(const std::string& account, const std::string& step, std::function<Result<Decision>(Reader&, UtcTime)> decide) {
  ++under_way_;
  // A key makes the step happen once, also when the answer to it was lost in a crash.
  node_.writer().submit({account, account + "|demo-" + step, step, std::move(decide), [this](const Result<Answer>&) { --under_way_; }, {}});
}

void Demo::look(UtcTime now) {
  auto connection = node_.store().connect();
  if (!connection) return;
  Connection& reader = **connection;
  reader.begin_read();
  const auto seen = look_at_storm(reader);
  const auto account = [&](const char* name) {
    const auto id = reader.integer("SELECT id FROM accounts WHERE account = ?", {Arg(std::string_view(name))});
    return id ? "account:" + std::to_string(*id) : std::string("node");
  };
  const std::string duty = account("duty"), approver = account("approver");
  running_ = seen.in_play(now);
  if (seen.storm) warning_ = seen.storm->id.value;
  if (running_) {
    const auto& storm = *seen.storm;
    const auto id = storm.id;
    const std::string key = std::to_string(id.value);
    const auto& sender = node_.settings().sender;
    if (storm.state == WarningState::draft && now >= storm.created_at + kToSubmit)
      act(duty, key + "-submit", [this, id, sender](Reader& r, UtcTime at) { return submit_warning(r, node_.pack(), id, false, sender, at); });
    if (storm.state == WarningState::pending && now >= storm.submitted_at.value_or(now) + kToApprove)
      act(approver, key + "-approve", [this, id, approver, sender](Reader& r, UtcTime at) { return approve_warning(r, node_.pack(), id, approver, "情况属实，同意发布", sender, at); });
    if (storm.state == WarningState::in_force && storm.issued_at) {
      const bool drafted = seen.geohazard && seen.geohazard->created_at >= storm.created_at;
      if (!drafted && now >= *storm.issued_at + kToGeohazard)
        act(duty, key + "-geohazard", [this](Reader& r, UtcTime at) { return draft_warning(r, node_.pack(), WarningSource::demo, later_geohazard_warning(node_, at), {}, at); });
      if (now >= *storm.issued_at + kToPassOn && !passed_on_.exchange(true)) pass_on_silent(reader, id);
    }
  }
  reader.rollback();
}

// Those who have been called and stay silent, spread over the list: not only the first village.
void Demo::pass_on_silent(Reader& reader, WarningId storm) {
  const auto round = reader.integer("SELECT id FROM rounds WHERE warning = ? AND mode = 0 ORDER BY id DESC LIMIT 1", {storm});
  if (!round) return;
  std::vector<int64_t> silent;
  node_.caller().with_board(RoundId{*round}, [&](const Board& board) {
    for (size_t i = 0; i < board.slots().size(); ++i) {
      const auto& slot = board.slots()[i];
      if (slot.kind == CallKind::holder && slot.attempts >= 2 && is_open(slot.state)) silent.push_back(static_cast<int64_t>(i) + 1);
    }
  });
  const auto id = reader.integer("SELECT id FROM accounts WHERE account = 'duty'");
  const std::string duty = id ? "account:" + std::to_string(*id) : "node";
  const size_t stride = std::max<size_t>(1, silent.size() / kPassedOnMax);
  const size_t first = static_cast<size_t>(Dice(seed_).next() % stride);
  for (size_t i = first; i < silent.size() && i / stride < kPassedOnMax; i += stride)
    act(duty, std::to_string(storm.value) + "-pass-on-" + std::to_string(silent[i]), [this, round = RoundId{*round}, seq = silent[i]](Reader& r, UtcTime at) {
      auto decision = pass_on_now(r, node_.pack(), node_.contacts(), round, seq, CallKind::deputy, at);
      return decision ? std::move(decision) : pass_on_now(r, node_.pack(), node_.contacts(), round, seq, CallKind::superior, at);
    });
}

}  // namespace anlan
