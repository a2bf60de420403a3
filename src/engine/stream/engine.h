// Watches readings: quality control, sliding windows, rules, and the state of every link. Pure: no clock, no I/O, no
// threads. The same calls in the same order give the same changes.
//
//   Engine engine;
//   TRY(gauge, engine.add_type(spec));
//   engine.add_link(7, gauge, limits, now);
//   engine.ingest(readings, now, out);   // as they arrive
//   engine.advance(now, out);            // every second
//
// Time. The engine's clock is the greatest `now` it has been given; it never goes back. A link's clock is the later of
// that and the time of its newest reading (a device may be up to `future` ahead). Windows end at the link's clock.
// Changes carry the engine's clock: the moment at which they were noticed.
//
// A late reading (older than the newest of its link) corrects its pane if that is still in the ring, does not touch
// `value` and above(), and never raises a level: until the next reading in order nothing of that link rises.
//
// What time alone does, advance() notices: hold, clear_after, late and silent to the second; a pane leaving, and above()
// (once a minute), to the second for a rule that has a level or runs a timer, and for the others within `spread`, so that
// the panes of all links, which end together, are not recomputed in one second.
//
// Cost. ingest: O(windows + steps) per reading, about one cache line per window besides the first lines of the block; a
// window is recomputed, O(panes), once per pane. advance: one pass over 4 bytes per link number, plus the links due.
// Nothing is allocated per reading. Memory: about one block per link (block_bytes) and 12 bytes per link number.
//
// Thread rule: one engine, one thread. Links are shared out over engines by the caller; engines that are given the same
// types in the same order give the same numbers to types and rules.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/reading.h"
#include "stream/block.h"
#include "stream/block_store.h"
#include "stream/plan.h"
#include "stream/rule_run.h"
#include "stream/spec.h"

namespace anlan::stream {

using TypeNumber = uint16_t;

struct Change {
  LinkNumber link = 0;
  RuleNumber rule = 0;
  Level from = 0, to = 0;
  UtcTime at;
  double value = 0;  // left side of the first comparison of the step risen to, or fallen from; NaN when missing
  bool operator==(const Change&) const = default;
};

struct LinkChange {
  LinkNumber link = 0;
  LinkState state = LinkState::kUnknown;
  UtcTime at;
  bool operator==(const LinkChange&) const = default;
};

// Appended to; the caller empties it.
struct Output {
  std::vector<Change> changes;
  std::vector<LinkChange> links;
};

struct Counts {
  std::array<uint64_t, kQualities> of{};  // by Quality
  uint64_t late = 0;                      // entered, older than the newest of their link
  uint64_t visits = 0;                    // links looked at by advance
};

struct RuleView {
  RuleNumber rule = 0;
  Level level = 0;
  UtcTime since;  // whole seconds; 1970 when it never had a level
};

struct WindowView {
  std::string text;  // "sum(1h)"
  double value = 0;  // NaN when missing
};

struct LinkView {
  TypeNumber type = 0;
  LinkState state = LinkState::kUnknown;
  UtcTime heard;           // when added, while the state is unknown
  bool has_value = false;
  Sample newest;
  std::vector<RuleView> rules;
  std::vector<WindowView> windows;
};

struct EngineOptions {
  Millis spread = seconds(60);
  LinkNumber links_max = 4'000'000;  // link numbers at or above it are refused
};

class Engine {
 public:
  explicit Engine(EngineOptions options = {});

  // kInvalidField with a path, kTooMany types. A type never changes: for edited rules build a new engine and restore.
  Result<TypeNumber> add_type(const TypeSpec& spec);
  const TypePlan& type(TypeNumber number) const { return types_[number]; }
  // Rule ids by RuleNumber; rules of several types with one id share a number.
  const std::vector<std::string>& rule_names() const { return rule_names_; }

  // `limits` in the order of TypeSpec::limits; NaN or absent: none. kConflict when the link is there already.
  Result<void> add_link(LinkNumber link, TypeNumber type, std::span<const double> limits, UtcTime now);
  Result<void> set_limits(LinkNumber link, std::span<const double> limits);
  void remove_link(LinkNumber link);
  size_t links() const { return links_; }

  // `qualities`: empty, or one per reading, filled in.
  void ingest(std::span<const Reading> readings, UtcTime now, Output& out, std::span<Quality> qualities = {});
  void advance(UtcTime now, Output& out);

  // After a start: readings of the past, in time order per link, without output. Levels stay; states become what they are
  // at `now`. Readings of unknown links, not finite or from before 2000 are skipped.
  void restore(std::span<const Reading> readings, UtcTime now);
  // What the journal says. Running holds are forgotten. kNotFound: no such link, or not a rule of its type.
  Result<void> set_level(LinkNumber link, RuleNumber rule, Level level, UtcTime since);

  // For screens, windows as of the later of now and the engine's clock. kNotFound.
  Result<LinkView> state(LinkNumber link, UtcTime now) const;

  // One of TypeSpec::extra_windows of every link of the type, by link number, as of the engine's clock. NaN when missing;
  // fresh: the link is, and its window has half of the readings that the type's interval promises, or more, so that a
  // gauge just back after an hour of silence is not taken for a dry one. Rolls windows as a reading would; changes
  // nothing else. O(link numbers + links of the type).
  using EachWindow = std::function<void(LinkNumber link, double value, bool fresh)>;
  void each_window(TypeNumber type, size_t window, const EachWindow& each);

  const Counts& counts() const { return counts_; }
  size_t block_bytes(TypeNumber type) const { return types_[type].bytes; }
  size_t memory_bytes() const;

 private:
  struct Slot {
    uint32_t line = kNone;
    uint16_t type = 0;
  };
  static constexpr uint32_t kNone = UINT32_MAX;
  // Per type and batch, for readings of now: the panes, the lines of a block that are touched, and for readings after
  // `all_hold_ms`, which no window has lost yet, the end of the first pane to end.
  struct Now {
    std::vector<Pane> panes;
    std::vector<uint16_t> lines;
    int64_t all_hold_ms = 0;
    int64_t ends_ms = 0;
  };

  void set_clock(UtcTime now);
  void fetch(LinkNumber link) const;
  Block block(Slot slot) const { return Block(blocks_.at(slot.line)); }
  Slot slot(LinkNumber link) const { return link < slots_.size() ? slots_[link] : Slot{}; }
  Quality take(const Reading& reading, bool restoring, Output& out);
  Quality judge(const TypePlan& plan, const Reading& reading, Block block) const;
  void track_above(const TypePlan& plan, const Reading& reading, Block block) const;
  void enter(const TypePlan& plan, const Now& now, const Reading& reading, Block block) const;
  void roll_windows(const TypePlan& plan, const Now& now, int64_t clock_ms, Block block) const;
  void update_state(const TypePlan& plan, LinkNumber link, LinkHead& head, bool quiet, Output& out);
  uint32_t evaluate(const TypePlan& plan, LinkNumber link, Block block, Occasion occasion, Output& out);
  uint32_t due_of(const TypePlan& plan, LinkNumber link, Block block, bool watched, bool exact, uint32_t timers_s) const;
  void visit(LinkNumber link, Output& out);
  static bool is_flat(const TypePlan& plan, const LinkHead& head);
  LinkState state_of(const TypePlan& plan, const LinkHead& head) const;

  EngineOptions options_;
  int64_t clock_ms_ = 0;
  std::vector<TypePlan> types_;
  std::vector<Now> now_;  // beside types_
  std::vector<std::string> rule_names_;
  BlockStore blocks_;
  std::vector<Slot> slots_;    // by link number
  std::vector<uint32_t> due_;  // by link number; a copy of LinkHead::due_s
  std::vector<LinkNumber> visits_;
  size_t links_ = 0;
  Counts counts_;
};

}  // namespace anlan::stream
