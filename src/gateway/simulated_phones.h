// A telephone network that exists only in this program, for demonstrations, drills and tests: phones ring, are busy,
// are not answered, belong to somebody else, or lie in a town whose masts are down.
//
// What happens to an attempt is a pure function of the seed and its key, so a network that comes back after a crash
// gives the same outcome. Every attempt that reached the network is written to a log first; placing it again is one
// call. Give tick() the time; it reports what has come about since.
#pragma once

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>

#include "base/ports.h"
#include "calls/channel.h"
#include "registry/pack.h"

namespace anlan {

struct PhoneHabits {
  double answering = 0.82;       // share of people who answer in the end
  double busy = 0.06;            // share of attempts that find the line busy
  double wrong_number = 0.01;    // share of numbers that belong to somebody else
  double support = 0.03;         // share of answers that ask for support
  double unable = 0.01;          // … that cannot act
  double moved = 0.35;           // … that report people moved
  double dead = 0;               // share of towns without any network
  Millis ring = seconds(12);     // mean time until the phone is picked up
  Millis read = seconds(45);     // mean time until a message is read and answered
};

class SimulatedPhones {
 public:
  // `log` receives one line per call that reached the network ("" keeps none); read back at start.
  SimulatedPhones(uint64_t seed, PhoneHabits habits, ReportSink& sink, const std::string& log = {});

  void set_habits(const PhoneHabits& habits);
  PhoneHabits habits() const;
  // Where a person's phone is: decides whether the network of that town is dead. Above the towns it never is.
  void set_locate(std::function<PlaceCode(PersonId)> locate) { locate_ = std::move(locate); }

  // What a text message says to one person; the plain message when not set.
  void set_text(std::function<std::string(const Attempt&, const std::string& message)> text) { text_ = std::move(text); }
  // The last text that a person's phone received; "" when none. For tests and demonstrations.
  std::string last_text(PersonId person) const;

  // A channel over this network: sms or voice.
  std::shared_ptr<Channel> channel(const std::string& id, ChannelKind kind, Clock& clock);

  void place(ChannelKind kind, const std::string& channel, const Attempt& attempt, const std::string& message, UtcTime now);
  void withdraw(const Attempt& attempt);
  void tick(UtcTime now);
  UtcTime next_due() const;

  // Times each key reached the network: 1 for every attempt, whatever crashed. For tests.
  std::map<std::string, int> calls_by_key() const;

 private:
  static constexpr size_t kTextsMax = 10'000;
  struct Event {
    UtcTime at;
    uint64_t order;
    Report report;
    int digit = 0;  // an answer comes with it or after it
    std::optional<int64_t> number;
    std::string channel;
    std::string key;
    bool answer_only = false;
    bool operator>(const Event& o) const { return std::tie(at, order) > std::tie(o.at, o.order); }
  };
  double chance(const std::string& key, const char* what) const;  // [0, 1), the same for the same arguments
  void schedule(ChannelKind kind, const std::string& channel, const Attempt& attempt, UtcTime now);

  uint64_t seed_;
  PhoneHabits habits_;
  ReportSink& sink_;
  std::function<PlaceCode(PersonId)> locate_;
  mutable std::mutex mutex_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::unordered_map<std::string, UtcTime> placed_;  // key → when it reached the network
  std::map<std::string, int> calls_;
  std::function<std::string(const Attempt&, const std::string&)> text_;
  std::map<PersonId, std::string> texts_;  // of the last kTextsMax persons by id
  std::set<std::string> withdrawn_;
  std::ofstream log_;
  uint64_t order_ = 0;
};

// Attempts on the phone page: the person sees the call there at once.
class AppChannel final : public Channel {
 public:
  AppChannel(std::string id, ReportSink& sink) : id_(std::move(id)), sink_(sink) {}
  std::string_view id() const override { return id_; }
  void place(std::vector<Attempt> attempts, const std::string& message) override;

 private:
  std::string id_;
  ReportSink& sink_;
};

}  // namespace anlan
