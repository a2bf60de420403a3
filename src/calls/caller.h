// Drives the open rounds: lists calls, starts attempts as lines become free, hands them to the channels after the
// commit, records their reports, and takes the next step of every call when its time has come.
//
// Everything it decides is checked again by the commands it submits; it holds no state that is not rebuilt from the
// tables by load(). One mutex guards the boards; on_committed runs on the writer's thread, tick on the node's timer,
// report on any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <queue>

#include "calls/board.h"
#include "calls/channel.h"
#include "journal/attachments.h"

namespace anlan {

class Caller final : public Observer, public ReportSink {
 public:
  using Submit = std::function<void(Command)>;

  Caller(const Pack& pack, const Contacts& contacts, const Attachments& attachments, Submit submit);

  void add_channel(std::shared_ptr<Channel> channel);
  // Reads the open rounds; hands attempts in flight to their channels again, under the same key.
  void load(Reader& reader);

  void on_committed(const std::vector<RecordedFact>& facts) override;
  void report(const Report& report) override;
  void answer_by_digit(RoundId round, int64_t seq, int digit, std::optional<int64_t> number, std::string_view channel) override;

  // Does what is due. O(due log calls).
  void tick(UtcTime now);
  // The next time tick has something to do; kNever when nothing is scheduled.
  UtcTime next_due() const;

  // Sends a notice by text message to people who have been called; numbers unknown here are asked of the contacts.
  // Returns how many it goes to: nobody where there is no such channel.
  int64_t notify(std::vector<Attempt> people, const std::string& message);

  // Runs f on the board under the lock; false when the round is not open.
  bool with_board(RoundId round, const std::function<void(const Board&)>& f) const;
  std::vector<RoundId> open_rounds() const;
  PersonId person_of(RoundId round, int64_t seq) const;  // none when the round is not open

  struct ChannelState {
    std::string id;
    int64_t in_flight = 0, waiting = 0;
    double tokens = 0;
    UtcTime refilled{0};
    UtcTime last_report;
  };
  std::vector<ChannelState> channel_states() const;

 private:
  struct Due {
    UtcTime due;
    RoundId round;
    int64_t seq;
    bool operator>(const Due& o) const { return std::tie(due, round, seq) > std::tie(o.due, o.round, o.seq); }
  };
  // Waiting for a free line: severest level first, then by time.
  struct Waiting {
    int level;
    UtcTime due;
    RoundId round;
    int64_t seq;
    bool operator<(const Waiting& o) const {
      return std::tie(level, o.due, o.round, o.seq) < std::tie(o.level, due, round, seq);
    }
  };
  struct Line {
    ChannelRule rule;
    std::shared_ptr<Channel> channel;
    ChannelState state;
    std::priority_queue<Waiting> waiting;
  };
  using Placing = std::map<std::pair<int64_t, size_t>, std::vector<Attempt>>;  // (round, line) → attempts

  // What follows a commit, done after the lock is let go.
  struct Effects {
    Placing placing;
    std::vector<std::pair<size_t, Attempt>> withdrawn;  // (line, attempt)
  };

  Board* board(RoundId id);
  Command answer_command(const std::string& actor, const GiveAnswer& answer);
  void open(RoundRow round);
  void schedule(Board& board, int64_t seq);
  void refill(Line& line, UtcTime now);
  int64_t room(const Line& line) const;
  void fly(Board& board, int64_t seq, size_t line);
  void land(BoardSlot& slot);
  size_t line_of(std::string_view channel) const;
  int channel_for(const Board& board, const BoardSlot& slot) const;
  void observe(const RecordedFact& fact, Effects& effects);
  void move_deadlines(Board& board, Millis by);
  void submit_reports(UtcTime now, std::vector<Command>& commands);
  void submit_lists(UtcTime now, std::vector<Command>& commands);
  void submit_due(UtcTime now, std::vector<Command>& commands);

  const Pack& pack_;
  const Contacts& contacts_;
  const Attachments& attachments_;
  Submit submit_;

  mutable std::mutex mutex_;
  std::map<RoundId, std::unique_ptr<Board>> boards_;
  std::vector<Line> lines_;  // one per Pack::channels
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::map<RoundId, std::vector<Report>> reports_;
  std::vector<std::pair<std::string, GiveAnswer>> unsaved_;  // given while the disk was full: actor, answer
  UtcTime retry_at_{0};
  std::map<RoundId, int> listing_, advancing_;  // commands under way
};

}  // namespace anlan
