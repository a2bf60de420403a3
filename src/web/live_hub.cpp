#include "web/live_hub.h"

#include <array>
#include <unordered_map>

#include "calls/facts.h"

namespace anlan {
namespace {

// A hint that follows from answers alone waits longer: lists need not be read again ten times a second.
constexpr Millis kSoon = milliseconds(0), kBurst = seconds(3);
constexpr std::array<std::string_view, 9> kTopicNames{"warnings", "queue", "people", "records", "place", "journal", "signals", "missions", "earthquakes"};
constexpr std::array<Millis, 9> kIntervals{milliseconds(500), milliseconds(500), seconds(1), seconds(1), seconds(1), seconds(1), milliseconds(50), milliseconds(500), milliseconds(100)};
constexpr Millis kSurveys = seconds(1);  // hundreds of them arrive in the first hour

enum class About { other, warning, call, round, people, records, place, alarm, earthquake, survey };

About about(std::string_view kind) {
  static const std::unordered_map<std::string_view, About> kinds = {
      {"WarningDrafted", About::warning}, {"WarningEdited", About::warning}, {"WarningSubmitted", About::warning},
      {"WarningReturned", About::warning}, {"WarningIssued", About::warning}, {"WarningChangeProposed", About::warning},
      {"WarningChanged", About::warning}, {"WarningExtended", About::warning}, {"WarningCancelled", About::warning},
      {"WarningExpired", About::warning}, {"WarningSuperseded", About::warning}, {"WarningDiscarded", About::warning},
      {"WarningRestored", About::warning},
      {"RoundOpened", About::round}, {"RoundStopped", About::round}, {"RoundResumed", About::round}, {"RoundClosed", About::round},
      {"NoticesSent", About::round},
      {"CallsListed", About::call}, {"AttemptsPlaced", About::call}, {"AttemptsEnded", About::call}, {"CallsRequeued", About::call},
      {"CallsEscalated", About::call}, {"CallAnswered", About::call},
      {"PersonAdded", About::people}, {"PersonChanged", About::people}, {"PersonRemoved", About::people}, {"PostAdded", About::people},
      {"PostChanged", About::people}, {"PostRemoved", About::people}, {"PeopleImported", About::people},
      {"RecordAdded", About::records}, {"RecordChanged", About::records}, {"RecordRemoved", About::records},
      {"RecordRestored", About::records}, {"RecordsImported", About::records},
      {"PlacesImported", About::place},
      {"AlarmRaised", About::alarm}, {"AlarmChanged", About::alarm}, {"AlarmCleared", About::alarm}, {"SituationOpened", About::alarm},
      {"SituationTaken", About::alarm}, {"SituationReleased", About::alarm}, {"SituationClosed", About::alarm}, {"SituationWarned", About::alarm},
      {"EarthquakeReported", About::earthquake}, {"EarthquakeLocated", About::earthquake}, {"EarthquakeWithdrawn", About::earthquake}, {"LossesEstimated", About::earthquake},
      {"StationsMeasured", About::earthquake}, {"LinkagesOrdered", About::earthquake}, {"LinkageAnswered", About::earthquake}, {"EarthquakeWarned", About::earthquake},
      {"ExposureLoaded", About::earthquake}, {"EarthquakeSurveyed", About::survey}, {"SurveyWithdrawn", About::survey}};
  const auto it = kinds.find(kind);
  return it == kinds.end() ? About::other : it->second;
}

// Arrivals move with the roads; plans and notices stand beside the missions.
bool moves_missions(std::string_view kind) {
  static const std::set<std::string_view> kinds = {"MissionOrdered", "MissionMoved", "RoadStateSet", "RoadStateLifted", "RoadsImported", "ReliefPlanAccepted",
                                                   "ReliefPlanWithdrawn", "HospitalNotified", "HospitalTold"};
  return kinds.contains(kind);
}

// The number of a subject "round:2", "warning:3"; 0 for any other.
int64_t number_after(std::string_view subject, std::string_view prefix) {
  if (subject.substr(0, prefix.size()) != prefix) return 0;
  int64_t n = 0;
  for (const char c : subject.substr(prefix.size())) {
    if (c < '0' || c > '9' || n > INT64_MAX / 10 - 10) return 0;
    n = n * 10 + (c - '0');
  }
  return n;
}

// A clock that was set back must not silence anything.
bool elapsed(UtcTime since, UtcTime now, Millis interval) { return now - since >= interval || now < since; }

std::shared_ptr<const std::string> shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

template <class F>
void seqs_of(const RecordedFact& f, F&& each) {
  if (const auto* answered = f.as<CallAnswered>()) {
    each(answered->seq);
    for (const int64_t seq : answered->covers) each(seq);
  } else if (const auto* placed = f.as<AttemptsPlaced>()) {
    for (const auto& row : placed->placed) each(row[0]);
  } else if (const auto* ended = f.as<AttemptsEnded>()) {
    for (const auto& row : ended->ended) each(row[0]);
  } else if (const auto* queued = f.as<CallsRequeued>()) {
    for (const auto& row : queued->calls) each(row[0]);
  } else if (const auto* escalated = f.as<CallsEscalated>()) {
    for (const auto& row : escalated->states) each(row[0]);
    for (const auto& call : escalated->calls) each(call.seq);
  }
}

}  // namespace

// One browser. The fields after `session` belong to the hub's mutex.
class LiveHub::Subscriber final : public SocketListener, public std::enable_shared_from_this<Subscriber> {
 public:
  Subscriber(LiveHub& hub, uint64_t number, std::string cookie, std::shared_ptr<const Session> who)
      : id(number), token(std::move(cookie)), session(std::move(who)), hub_(hub) {}

  void on_open(std::shared_ptr<LiveSocket> opened) override {
    socket = std::move(opened);
    hub_.open(shared_from_this());
  }
  void on_message(std::string_view text) override { hub_.subscribe(*this, text); }
  void on_close() override { hub_.close(id); }

  const uint64_t id;
  const std::string token;
  const std::shared_ptr<const Session> session;
  std::shared_ptr<LiveSocket> socket;
  uint16_t topics = 0;  // bit per Topic
  std::set<RoundId> rounds;

 private:
  LiveHub& hub_;
};

void LiveHub::set_board(ComposeBoard compose, MayWatch may_watch) {
  compose_ = std::move(compose);
  may_watch_ = std::move(may_watch);
}

// --- Sockets

SocketDecision LiveHub::accept(std::string token, std::shared_ptr<const Session> session) {
  std::scoped_lock guard(mutex_);
  if (subscribers_.size() >= kSocketsMax) return HttpResponse::text(503, "too many live connections\n");
  return std::make_shared<Subscriber>(*this, next_id_++, std::move(token), std::move(session));
}

void LiveHub::open(const std::shared_ptr<Subscriber>& subscriber) {
  {
    std::scoped_lock guard(mutex_);
    subscribers_[subscriber->id] = subscriber;
  }
  subscriber->socket->send(shared(json::serialize(json::object{{"type", "hello"},
                                                               {"seq", node_.writer().seq()},
                                                               {"now", node_.clock().now().ms},
                                                               {"demo", node_.settings().demo}})));
}

void LiveHub::close(uint64_t id) {
  std::shared_ptr<Subscriber> gone;  // ends outside the lock
  std::scoped_lock guard(mutex_);
  const auto it = subscribers_.find(id);
  if (it == subscribers_.end()) return;
  for (const RoundId round : it->second->rounds) {
    const auto board = boards_.find(round);
    if (board == boards_.end()) continue;
    board->second.watchers.erase(id);
    board->second.newcomers.erase(id);
    if (board->second.watchers.empty()) boards_.erase(board);
  }
  gone = std::move(it->second);
  subscribers_.erase(it);
}

int LiveHub::topic_of(std::string_view name) {
  for (size_t i = 0; i < kTopicNames.size(); ++i)
    if (kTopicNames[i] == name) return static_cast<int>(i);
  return -1;
}

void LiveHub::subscribe(Subscriber& subscriber, std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    subscriber.socket->send(shared(json::serialize(json::object{{"type", "error"}, {"message", why}})));
  };
  const auto message = parse_json(text);
  const json::array* wanted = nullptr;
  if (message && message->is_object())
    if (const auto* list = message->get_object().if_contains("subscribe")) wanted = list->if_array();
  if (!wanted) return refuse("{\"subscribe\":[…]} expected");
  if (wanted->size() > kTopicsMax) return refuse("too many topics");
  uint16_t topics = 0;
  std::set<RoundId> rounds;
  for (const auto& item : *wanted) {
    if (!item.is_string()) return refuse("a topic is a string");
    const std::string_view name(item.get_string().data(), item.get_string().size());
    if (const int topic = topic_of(name); topic >= 0) topics |= static_cast<uint16_t>(1u << topic);
    const RoundId round{number_after(name, "board:")};
    if (round && (!may_watch_ || may_watch_(*subscriber.session, round))) rounds.insert(round);
  }
  std::scoped_lock guard(mutex_);
  for (const RoundId round : subscriber.rounds) {
    if (rounds.contains(round)) continue;
    const auto board = boards_.find(round);
    if (board == boards_.end()) continue;
    board->second.watchers.erase(subscriber.id);
    board->second.newcomers.erase(subscriber.id);
    if (board->second.watchers.empty()) boards_.erase(board);
  }
  for (const RoundId round : rounds)
    if (boards_[round].watchers.insert(subscriber.id).second) boards_[round].newcomers.insert(subscriber.id);
  subscriber.topics = topics;
  subscriber.rounds = std::move(rounds);
}

// --- Facts

void LiveHub::mark(Topic topic, UtcTime at, Millis delay) {
  TopicState& t = topics_[topic];
  const UtcTime due = at + delay;
  if (!t.dirty || due < t.due) t.due = due;
  t.dirty = true;
}

void LiveHub::missions_moved(UtcTime now) {
  std::scoped_lock guard(mutex_);
  if (!subscribers_.empty()) mark(kMissions, now, kSoon);
}

void LiveHub::mark_round(const RecordedFact& f) {
  const auto it = boards_.find(RoundId{number_after(f.header.subject, "round:")});
  if (it == boards_.end()) return;
  BoardState& board = it->second;
  board.dirty = true;
  seqs_of(f, [&](int64_t seq) {
    if (board.changed.size() < kChangedMax) board.changed.insert(seq);
  });
}

void LiveHub::on_committed(const std::vector<RecordedFact>& facts) {
  Sending urgent;
  {
    std::scoped_lock guard(mutex_);
    if (subscribers_.empty()) return;
    mark_all(facts);
    if (const auto& t = topics_[kSignals]; t.dirty && elapsed(t.sent, facts.back().header.at, kIntervals[kSignals])) collect_topic(kSignals, facts.back().header.at, urgent);
  }
  for (const auto& [socket, text] : urgent) socket->send(text);
}

void LiveHub::mark_all(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    const UtcTime at = f.header.at;
    mark(kJournal, at, kSoon);
    if (moves_missions(f.body->kind())) mark(kMissions, at, kSoon);
    switch (about(f.body->kind())) {
      case About::warning:
        mark(kWarnings, at, kSoon);
        mark(kQueue, at, kSoon);
        if (const int64_t id = number_after(f.header.subject, "warning:"); id && warnings_.size() < kChangedMax) warnings_.insert(id);
        break;
      case About::round:
        mark(kWarnings, at, kSoon);
        mark(kQueue, at, kSoon);
        // The round opens a moment after its warning was issued: whoever looks at the warning now has a board to see.
        if (const auto* opened = f.as<RoundOpened>(); opened && warnings_.size() < kChangedMax) warnings_.insert(opened->warning.value);
        mark_round(f);
        break;
      case About::call:
        mark(kWarnings, at, kBurst);
        mark(kQueue, at, kBurst);
        mark_round(f);
        break;
      case About::people: mark(kPeople, at, kSoon); break;
      case About::records: mark(kRecords, at, kSoon); break;
      case About::place: mark(kPlace, at, kSoon); break;
      case About::alarm:
        mark(kSignals, at, milliseconds(0));
        if (alarms_.size() >= kChangedMax) break;
        if (const auto* raised = f.as<AlarmRaised>()) alarms_.push_back({{"id", raised->alarm.value}, {"situation", raised->situation.value}, {"level", json::value_from(raised->level)}});
        else if (const auto* changed = f.as<AlarmChanged>()) alarms_.push_back({{"id", changed->alarm.value}, {"situation", changed->situation.value}, {"level", json::value_from(changed->level)}});
        break;
      case About::earthquake:
      case About::survey:
        mark(kEarthquakes, at, about(f.body->kind()) == About::survey ? kSurveys : kSoon);
        if (const int64_t id = number_after(f.header.subject, "earthquake:"); id && earthquakes_.size() < kChangedMax) earthquakes_.insert(id);
        break;
      case About::other: break;
    }
  }
}

void LiveHub::countdown(uint64_t event, json::object said, bool first) {
  const UtcTime now = node_.clock().now();
  Sending urgent;
  {
    std::scoped_lock guard(mutex_);
    if (subscribers_.empty()) return;
    countdowns_[event] = std::move(said);
    if (countdowns_.size() > kCountdownsMax) countdowns_.erase(countdowns_.begin());
    mark(kEarthquakes, now, kSoon);
    if (first || elapsed(topics_[kEarthquakes].sent, now, kIntervals[kEarthquakes])) collect_topic(kEarthquakes, now, urgent);
  }
  for (const auto& [socket, text] : urgent) socket->send(text);
}

// --- Sending

void LiveHub::flush(UtcTime now) {
  std::unique_lock one(flushing_, std::try_to_lock);
  if (!one) return;
  Sending out;
  collect_topics(now, out);
  collect_boards(now, out);
  ping(now, out);
  for (const auto& [socket, text] : out) socket->send(text);
}

void LiveHub::collect_topics(UtcTime now, Sending& out) {
  std::scoped_lock guard(mutex_);
  for (uint8_t i = 0; i < kTopics; ++i) {
    TopicState& t = topics_[i];
    if (!t.dirty || !(now >= t.due || t.due - now > kBurst) || !elapsed(t.sent, now, kIntervals[i])) continue;
    collect_topic(i, now, out);
  }
}

void LiveHub::collect_topic(uint8_t topic, UtcTime now, Sending& out) {
  topics_[topic].dirty = false;
  topics_[topic].sent = now;
  json::object message{{"type", kTopicNames[topic]}, {"seq", node_.writer().seq()}};
  if (topic == kWarnings) {
    message["ids"] = json::array(warnings_.begin(), warnings_.end());
    warnings_.clear();
  }
  if (topic == kSignals) message["alarms"] = std::exchange(alarms_, {});
  const auto send = [&](const json::object& one) {
    const auto text = shared(json::serialize(one));
    for (const auto& [id, subscriber] : subscribers_)
      if (subscriber->topics & (1u << topic)) out.emplace_back(subscriber->socket, text);
  };
  if (topic != kEarthquakes) return send(message);
  message["earthquakes"] = json::array(earthquakes_.begin(), earthquakes_.end());
  message["warning"] = nullptr;
  earthquakes_.clear();
  const auto running = std::exchange(countdowns_, {});
  if (running.empty()) return send(message);
  for (const auto& [event, said] : running) {
    message["warning"] = said;
    send(message);
    message["earthquakes"] = json::array();  // said once
  }
}

void LiveHub::collect_boards(UtcTime now, Sending& out) {
  if (!compose_) return;
  struct Due {
    RoundId round;
    std::set<int64_t> changed;
  };
  std::vector<Due> due;
  {
    std::scoped_lock guard(mutex_);
    for (auto& [round, board] : boards_) {
      if (!board.dirty || !(board.text == nullptr || elapsed(board.sent, now, kBoardInterval))) continue;
      board.dirty = false;
      board.sent = now;
      due.push_back({round, std::exchange(board.changed, {})});
    }
  }
  // Composed without the lock: facts go on marking meanwhile.
  for (const auto& d : due) {
    const int64_t seq = node_.writer().seq();
    std::string board = compose_(d.round);
    if (board.empty()) continue;
    ++boards_composed_;
    std::string text = "{\"type\":\"board\",\"round\":" + std::to_string(d.round.value) + ",\"seq\":" + std::to_string(seq) + ",\"changed\":" +
                       json::serialize(json::array(d.changed.begin(), d.changed.end())) + ",\"board\":" + board + "}";
    std::scoped_lock guard(mutex_);
    const auto it = boards_.find(d.round);
    if (it == boards_.end()) continue;
    it->second.text = shared(std::move(text));
    it->second.newcomers = it->second.watchers;
  }
  std::scoped_lock guard(mutex_);
  for (auto& [round, board] : boards_) {
    if (!board.text) continue;
    for (const uint64_t id : std::exchange(board.newcomers, {}))
      if (const auto it = subscribers_.find(id); it != subscribers_.end()) out.emplace_back(it->second->socket, board.text);
  }
}

void LiveHub::ping(UtcTime now, Sending& out) {
  std::vector<std::shared_ptr<Subscriber>> all;
  {
    std::scoped_lock guard(mutex_);
    if (!elapsed(pinged_, now, kPingInterval)) return;
    pinged_ = now;
    for (const auto& [id, subscriber] : subscribers_) all.push_back(subscriber);
  }
  const auto text = shared(json::serialize(json::object{{"type", "ping"}, {"now", now.ms}}));
  for (const auto& subscriber : all) {
    if (sessions_.session(subscriber->token)) out.emplace_back(subscriber->socket, text);
    else subscriber->socket->close(4401, "signed out");
  }
}

size_t LiveHub::sockets() const {
  std::scoped_lock guard(mutex_);
  return subscribers_.size();
}

}  // namespace anlan
