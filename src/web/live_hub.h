// The live connection of the desk: WebSocket /api/v1/live. Facts mark topics as changed; a flush every 100 ms tells
// each topic's subscribers once, with a text that is composed once and shared by all of them.
//
// From the browser: {"subscribe":["warnings","board:3",…]} replaces the whole set (at most kTopicsMax).
// To the browser:   {"type":"hello","seq","now","demo"}, {"type":"warnings","seq","ids"}, {"type":"queue"|"people"|
//                   "records"|"place"|"journal"|"missions","seq"}, {"type":"signals","seq","alarms":[{"id","situation","level"}]},
//                   {"type":"earthquakes","seq","earthquakes":[ids],"warning":countdown or null},
//                   {"type":"board","round","seq","board","changed"}, {"type":"ping","now"} every 10 s.
//
// A topic is a hint to read again: it is sent at most once per its interval, and a burst of answers costs no more than
// the board messages. A new subscriber of a board gets it at the next flush. Alarms do not wait for the flush: they go
// out with their commit, or 50 ms after those before them. So do countdowns of early warning; the first of an event always at
// once.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "loop/node.h"
#include "registry/accounts.h"
#include "web/http_server.h"

namespace anlan {

class LiveHub final : public Observer {
 public:
  static constexpr size_t kTopicsMax = 20;       // of one socket; beyond: the message is refused
  static constexpr size_t kSocketsMax = 2'000;   // beyond: 503
  static constexpr size_t kChangedMax = 200;     // beyond: the list is cut
  static constexpr size_t kCountdownsMax = 64;   // events at once
  static constexpr Millis kBoardInterval = milliseconds(250);
  static constexpr Millis kPingInterval = seconds(10);

  // The board's JSON, "" when there is no such round. Runs on the thread that flushes.
  using ComposeBoard = std::function<std::string(RoundId)>;
  // May this session watch the round? Called on the socket's loop: from memory only.
  using MayWatch = std::function<bool(const Session&, RoundId)>;

  LiveHub(Node& node, Sessions& sessions) : node_(node), sessions_(sessions) {}

  // Before the server starts.
  void set_board(ComposeBoard compose, MayWatch may_watch);

  // For HttpHandler::accept_socket; the token is looked up again with every ping, and a dead session closes the socket
  // with 4401.
  SocketDecision accept(std::string token, std::shared_ptr<const Session> session);
  void on_committed(const std::vector<RecordedFact>& facts) override;
  // One thread at a time; a second caller returns at once. O(sockets) when something is due.
  void flush(UtcTime now);
  // What early warning says of an event now; the newest of an event counts. Any thread.
  void countdown(uint64_t event, json::object said, bool first);
  // A position has moved the arrival of a mission.
  void missions_moved(UtcTime now);
  size_t sockets() const;
  uint64_t boards_composed() const { return boards_composed_; }

 private:
  class Subscriber;
  enum Topic : uint8_t { kWarnings, kQueue, kPeople, kRecords, kPlace, kJournal, kSignals, kMissions, kEarthquakes, kTopics };
  struct TopicState {
    bool dirty = false;
    UtcTime due;              // not before
    UtcTime sent;
  };
  struct BoardState {
    bool dirty = true;
    UtcTime sent;
    std::set<int64_t> changed;                 // seqs; at most kChangedMax
    std::shared_ptr<const std::string> text;   // the last message
    std::set<uint64_t> watchers, newcomers;    // ids of subscribers
  };
  static int topic_of(std::string_view name);
  void open(const std::shared_ptr<Subscriber>& subscriber);
  void close(uint64_t id);
  void subscribe(Subscriber& subscriber, std::string_view text);
  void mark_all(const std::vector<RecordedFact>& facts);  // under mutex_
  void mark(Topic topic, UtcTime at, Millis delay);
  void mark_round(const RecordedFact& fact);
  using Sending = std::vector<std::pair<std::shared_ptr<LiveSocket>, std::shared_ptr<const std::string>>>;
  void collect_topics(UtcTime now, Sending& out);
  void collect_topic(uint8_t topic, UtcTime now, Sending& out);
  void collect_boards(UtcTime now, Sending& out);
  void ping(UtcTime now, Sending& out);

  Node& node_;
  Sessions& sessions_;
  ComposeBoard compose_;
  MayWatch may_watch_;

  std::mutex flushing_;
  mutable std::mutex mutex_;  // of all below
  uint64_t next_id_ = 1;
  std::map<uint64_t, std::shared_ptr<Subscriber>> subscribers_;
  std::map<RoundId, BoardState> boards_;  // rounds that somebody watches
  TopicState topics_[kTopics];
  std::set<int64_t> warnings_;            // changed since the last message; at most kChangedMax
  json::array alarms_;                    // raised or changed since the last message; at most kChangedMax
  std::set<int64_t> earthquakes_;         // changed since the last message; at most kChangedMax
  std::map<uint64_t, json::object> countdowns_;  // by event, not sent yet; at most kCountdownsMax
  UtcTime pinged_;
  std::atomic<uint64_t> boards_composed_{0};
};

}  // namespace anlan
