#include "gateway/simulated_phones.h"

#include <cmath>
#include <cstring>
#include <tuple>

#include "base/hash.h"

namespace anlan {
namespace {

class NetworkChannel final : public Channel {
 public:
  NetworkChannel(SimulatedPhones& phones, std::string id, ChannelKind kind, Clock& clock)
      : phones_(phones), id_(std::move(id)), kind_(kind), clock_(clock) {}
  std::string_view id() const override { return id_; }
  void place(std::vector<Attempt> attempts, const std::string& message) override {
    const UtcTime now = clock_.now();
    for (const auto& a : attempts) phones_.place(kind_, id_, a, message, now);
  }
  void withdraw(const Attempt& attempt) override { phones_.withdraw(attempt); }

 private:
  SimulatedPhones& phones_;
  std::string id_;
  ChannelKind kind_;
  Clock& clock_;
};

// Exponential with the given mean, cut at five times it.
Millis exponential(Millis mean, double u) {
  const double x = -std::log(1 - u) * static_cast<double>(mean.count);
  return milliseconds(static_cast<int64_t>(std::min(x, 5.0 * static_cast<double>(mean.count))));
}

}  // namespace

SimulatedPhones::SimulatedPhones(uint64_t seed, PhoneHabits habits, ReportSink& sink, const std::string& log)
    : seed_(seed), habits_(habits), sink_(sink) {
  if (log.empty()) return;
  std::ifstream before(log);
  std::string key;
  int64_t at;
  while (before >> key >> at) {
    placed_[key] = UtcTime{at};
    ++calls_[key];
  }
  log_.open(log, std::ios::app);
}

void SimulatedPhones::set_habits(const PhoneHabits& habits) {
  std::scoped_lock guard(mutex_);
  habits_ = habits;
}

PhoneHabits SimulatedPhones::habits() const {
  std::scoped_lock guard(mutex_);
  return habits_;
}

std::shared_ptr<Channel> SimulatedPhones::channel(const std::string& id, ChannelKind kind, Clock& clock) {
  return std::make_shared<NetworkChannel>(*this, id, kind, clock);
}

double SimulatedPhones::chance(const std::string& key, const char* what) const {
  // splitmix64 over an FNV-1a of the arguments: cheap, and the same on every machine.
  uint64_t h = 1469598103934665603ull ^ seed_;
  for (const char* p = what; *p; ++p) h = (h ^ static_cast<unsigned char>(*p)) * 1099511628211ull;
  for (const char c : key) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  h += 0x9e3779b97f4a7c15ull;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ull;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebull;
  h ^= h >> 31;
  return static_cast<double>(h >> 11) * 0x1.0p-53;
}

void SimulatedPhones::place(ChannelKind kind, const std::string& channel, const Attempt& attempt, const std::string& message,
                            UtcTime now) {
  std::scoped_lock guard(mutex_);
  if (kind == ChannelKind::sms) {
    texts_[attempt.person] = text_ ? text_(attempt, message) : message;
    if (texts_.size() > kTextsMax) texts_.erase(texts_.begin());
  }
  const auto key = attempt.key();
  const auto [it, fresh] = placed_.emplace(key, now);
  if (fresh) {
    ++calls_[key];
    if (log_.is_open()) log_ << key << ' ' << now.ms << '\n' << std::flush;
  }
  if (attempt.no > 0) schedule(kind, channel, attempt, it->second);
}

void SimulatedPhones::withdraw(const Attempt& attempt) {
  std::scoped_lock guard(mutex_);
  withdrawn_.insert(attempt.key());
}

void SimulatedPhones::schedule(ChannelKind kind, const std::string& channel, const Attempt& a, UtcTime placed) {
  const auto key = a.key();
  const std::string person = std::to_string(a.person.value);
  auto add = [&](Millis after, Outcome outcome, int digit = 0, std::optional<int64_t> number = {}, bool answer_only = false) {
    events_.push({placed + after, order_++, {a.round, a.seq, a.no, outcome}, digit, number, channel, key, answer_only});
  };
  if (locate_) {
    const auto town = locate_(a.person).at_level(PlaceLevel::kTown);
    if (!town.empty() && chance(town.text(), "dead") < habits_.dead) return add(seconds(25), Outcome::failed);
  }
  if (chance(a.phone, "wrong") < habits_.wrong_number) return add(seconds(8), Outcome::wrong_number);
  if (kind == ChannelKind::voice && chance(key, "busy") < habits_.busy) return add(seconds(4), Outcome::busy);
  // Whether a person is there to answer holds for the round; which call reaches them, for the attempt.
  const bool answers = chance(person + "/" + std::to_string(a.round.value), "answers") < habits_.answering;
  const bool this_time = answers && chance(key, "this time") < 0.75;
  const double what = chance(key, "what");
  int digit = 1;
  std::optional<int64_t> number;
  if (what < habits_.unable) digit = 5;
  else if (what < habits_.unable + habits_.support) digit = 4;
  else if (what < habits_.unable + habits_.support + habits_.moved) {
    digit = 3;
    number = 1 + static_cast<int64_t>(chance(key, "moved") * 40);
  } else if (what > 0.9) digit = 2;
  if (kind == ChannelKind::voice) {
    if (this_time) add(seconds(3) + exponential(habits_.ring, chance(key, "ring")), Outcome::answered, digit, number);
    else add(seconds(35), Outcome::no_answer);
  } else {
    add(seconds(2) + exponential(seconds(2), chance(key, "deliver")), Outcome::delivered);
    if (this_time) add(seconds(6) + exponential(habits_.read, chance(key, "read")), Outcome::read, digit, number, true);
  }
}

void SimulatedPhones::tick(UtcTime now) {
  std::vector<Event> due;
  {
    std::scoped_lock guard(mutex_);
    while (!events_.empty() && events_.top().at <= now) {
      due.push_back(events_.top());
      events_.pop();
    }
    std::erase_if(due, [&](const Event& e) { return withdrawn_.contains(e.key); });
  }
  for (const auto& e : due) {
    if (!e.answer_only) sink_.report(e.report);
    if (e.digit) sink_.answer_by_digit(e.report.round, e.report.seq, e.digit, e.number, e.channel);
  }
}

std::string SimulatedPhones::last_text(PersonId person) const {
  std::scoped_lock guard(mutex_);
  const auto it = texts_.find(person);
  return it == texts_.end() ? std::string() : it->second;
}

UtcTime SimulatedPhones::next_due() const {
  std::scoped_lock guard(mutex_);
  return events_.empty() ? kNever : events_.top().at;
}

std::map<std::string, int> SimulatedPhones::calls_by_key() const {
  std::scoped_lock guard(mutex_);
  return calls_;
}

void AppChannel::place(std::vector<Attempt> attempts, const std::string&) {
  for (const auto& a : attempts) sink_.report({a.round, a.seq, a.no, Outcome::delivered});
}

}  // namespace anlan
