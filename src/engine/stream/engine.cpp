#include "stream/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace anlan::stream {
namespace {

constexpr int64_t kYear2000 = 946'684'800'000;
// Far enough that a line has arrived when its reading is taken, near enough that it is still in the cache.
constexpr size_t kAheadOfSlot = 24;
constexpr size_t kAheadOfBlock = 8;

uint32_t second_after(int64_t ms) { return static_cast<uint32_t>(std::clamp<int64_t>((ms + 999) / 1000, 0, UINT32_MAX - 1)); }

bool in_range(const TypePlan& plan, double value, Block block) {
  const auto& q = plan.spec.quality;
  if (value < q.min || value > q.max) return false;
  if (std::isinf(q.over_limits)) return true;
  double highest = std::numeric_limits<double>::quiet_NaN();
  for (size_t i = 0; i < plan.spec.limits.size(); ++i) highest = std::fmax(highest, block.real(plan.limits + 8 * i));
  return !(value > highest + q.over_limits);
}

bool saw(const LinkHead& head, int64_t at_ms) {
  const auto low = static_cast<uint32_t>(at_ms);
  bool found = false;
  for (const uint32_t seen : head.seen) found |= seen == low;
  return found;
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(options) {}

Result<TypeNumber> Engine::add_type(const TypeSpec& spec) {
  if (types_.size() >= kMaxTypes) return Error(ErrorCode::kTooLarge, {{"what", "types"}, {"limit", std::to_string(kMaxTypes)}});
  TRY(plan, compile(spec, rule_names_));
  types_.push_back(std::move(plan));
  now_.emplace_back();
  return static_cast<TypeNumber>(types_.size() - 1);
}

Result<void> Engine::add_link(LinkNumber link, TypeNumber type, std::span<const double> limits, UtcTime now) {
  if (link >= options_.links_max) return Error(ErrorCode::kTooLarge, {{"what", "links"}, {"limit", std::to_string(options_.links_max)}});
  if (type >= types_.size()) return Error(ErrorCode::kNotFound, {{"what", fmt::format("type {}", type)}});
  if (slot(link).line != kNone) return Error(ErrorCode::kConflict, {{"why", fmt::format("link {} is there already", link)}});
  if (link >= slots_.size()) {
    const size_t size = std::max<size_t>(link + size_t{1}, std::min<size_t>(slots_.size() * 5 / 4, options_.links_max));
    slots_.resize(size);
    due_.resize(size, UINT32_MAX);
  }
  const auto& plan = types_[type];
  slots_[link] = {blocks_.take(plan.bytes), type};
  const Block b = block(slots_[link]);
  clear_block(plan, type, now.ms, b);
  ++links_;
  due_[link] = b.head().due_s = due_of(plan, link, b, false, false, UINT32_MAX);
  return set_limits(link, limits);
}

Result<void> Engine::set_limits(LinkNumber link, std::span<const double> limits) {
  const Slot s = slot(link);
  if (s.line == kNone) return Error(ErrorCode::kNotFound, {{"what", fmt::format("link {}", link)}});
  const auto& plan = types_[s.type];
  if (limits.size() > plan.spec.limits.size())
    return Error(ErrorCode::kInvalidField, {{"field", "limits"}, {"why", "more values than the type has limits"}});
  for (size_t i = 0; i < plan.spec.limits.size(); ++i)
    block(s).real(plan.limits + 8 * i) = i < limits.size() && std::isfinite(limits[i]) ? limits[i] : std::numeric_limits<double>::quiet_NaN();
  return {};
}

void Engine::remove_link(LinkNumber link) {
  const Slot s = slot(link);
  if (s.line == kNone) return;
  blocks_.give_back(s.line, types_[s.type].bytes);
  slots_[link] = {};
  due_[link] = UINT32_MAX;
  --links_;
}

size_t Engine::memory_bytes() const {
  return blocks_.bytes() + slots_.capacity() * sizeof(Slot) + due_.capacity() * sizeof(uint32_t) + visits_.capacity() * sizeof(LinkNumber);
}

void Engine::set_clock(UtcTime now) {
  clock_ms_ = std::max(clock_ms_, now.ms);
  for (size_t t = 0; t < types_.size(); ++t) {
    const auto& plan = types_[t];
    auto& now_here = now_[t];
    auto& lines = now_here.lines;
    now_here = {std::move(now_here.panes), std::move(lines), INT64_MIN, INT64_MAX};
    now_here.panes.clear();
    lines.clear();
    for (uint16_t line = 0; line * kLine < plan.hot_bytes; ++line) lines.push_back(line);
    for (const auto& w : plan.windows) {
      now_here.panes.push_back(pane_at(w, clock_ms_));
      const auto& pane = now_here.panes.back();
      now_here.ends_ms = std::min(now_here.ends_ms, pane.number * w.pane_ms);
      now_here.all_hold_ms = std::max(now_here.all_hold_ms, (pane.number - w.panes) * w.pane_ms);
      const auto first = static_cast<uint16_t>(pane.place / kLine);
      const auto last = static_cast<uint16_t>((pane.place + w.stride - 1) / kLine);
      for (uint16_t line = first; line <= last; ++line)
        if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
    }
  }
}

inline void Engine::fetch(LinkNumber link) const {
  const Slot s = slot(link);
  if (s.line == kNone) return;
  const std::byte* bytes = blocks_.at(s.line);
  for (const uint16_t line : now_[s.type].lines) __builtin_prefetch(bytes + line * kLine, 1, 3);
}

void Engine::ingest(std::span<const Reading> readings, UtcTime now, Output& out, std::span<Quality> qualities) {
  CHECK(qualities.empty() || qualities.size() == readings.size());
  set_clock(now);
  const size_t n = readings.size();
  for (size_t i = 0; i < n; ++i) {
    if (i + kAheadOfSlot < n && readings[i + kAheadOfSlot].link < slots_.size())
      __builtin_prefetch(&slots_[readings[i + kAheadOfSlot].link]);
    if (i + kAheadOfBlock < n) fetch(readings[i + kAheadOfBlock].link);
    const Quality quality = take(readings[i], false, out);
    ++counts_.of[static_cast<size_t>(quality)];
    if (!qualities.empty()) qualities[i] = quality;
  }
}

void Engine::restore(std::span<const Reading> readings, UtcTime now) {
  set_clock(now);
  Output none;
  for (const auto& reading : readings) take(reading, true, none);
}

// Everything of a reading up to whether it enters, and what the head remembers of it.
inline Quality Engine::judge(const TypePlan& plan, const Reading& reading, Block block) const {
  const auto& q = plan.spec.quality;
  auto& head = block.head();
  const int64_t at_ms = reading.at.ms;
  if (at_ms <= head.heard_ms && saw(head, at_ms)) return Quality::kDuplicate;
  const bool newest_heard = at_ms > head.heard_ms || !(head.flags & kHeard);
  head.seen[head.seen_next] = static_cast<uint32_t>(at_ms);
  head.seen_next = static_cast<uint8_t>(head.seen_next + 1 == kSeenTimes ? 0 : head.seen_next + 1);
  head.flags |= kHeard;
  if (newest_heard) head.heard_ms = at_ms;
  if (!in_range(plan, reading.value, block)) {
    if (newest_heard && head.bad_streak < UINT8_MAX) ++head.bad_streak;
    return Quality::kBadRange;
  }
  if (newest_heard) head.bad_streak = 0;
  if (head.at_ms != kNoTime && at_ms <= head.at_ms) return Quality::kGood;

  Quality quality = Quality::kGood;
  const bool unchanged = head.at_ms != kNoTime && reading.value == head.value;
  if (unchanged) {
    if (head.flat_count < UINT16_MAX) ++head.flat_count;
  } else {
    if (head.at_ms != kNoTime) {
      const double apart_min = std::max(1.0, static_cast<double>(at_ms - head.at_ms) / 60'000);
      if (std::abs(reading.value - head.value) > q.step_max * apart_min) quality = Quality::kSuspectStep;
    }
    head.flat_count = 1;
    head.flat_since_s = static_cast<uint32_t>(at_ms / 1000);
  }
  head.at_ms = at_ms;
  head.value = reading.value;
  return quality == Quality::kGood && is_flat(plan, head) ? Quality::kSuspectFlat : quality;
}

bool Engine::is_flat(const TypePlan& plan, const LinkHead& head) {
  const auto& q = plan.spec.quality;
  return q.flat_after.count > 0 && head.flat_count >= q.flat_readings &&
         head.at_ms / 1000 - static_cast<int64_t>(head.flat_since_s) >= q.flat_after.count / 1000;
}

LinkState Engine::state_of(const TypePlan& plan, const LinkHead& head) const {
  const auto& q = plan.spec.quality;
  const int64_t quiet_ms = clock_ms_ - head.heard_ms;
  if (quiet_ms >= q.silent_after.count) return LinkState::kSilent;
  if (!(head.flags & kHeard)) return LinkState::kUnknown;
  if (quiet_ms >= q.late_after.count) return LinkState::kLate;
  if (head.bad_streak >= q.implausible_after) return LinkState::kImplausible;
  return is_flat(plan, head) ? LinkState::kFlat : LinkState::kFresh;
}

inline void Engine::update_state(const TypePlan& plan, LinkNumber link, LinkHead& head, bool quiet, Output& out) {
  const auto state = state_of(plan, head);
  if (head.state == static_cast<uint8_t>(state)) return;
  head.state = static_cast<uint8_t>(state);
  if (!quiet) out.links.push_back({link, state, {clock_ms_}});
}

inline void Engine::track_above(const TypePlan& plan, const Reading& reading, Block block) const {
  for (const auto& above : plan.aboves) {
    auto& since_ms = block.whole(above.since);
    const double line = above.limit == 0 ? above.constant : block.real(above.limit);
    if (!(reading.value >= line)) since_ms = 0;
    else if (since_ms == 0) since_ms = reading.at.ms;
  }
}

inline void Engine::roll_windows(const TypePlan& plan, const Now& now, int64_t clock_ms, Block block) const {
  for (size_t i = 0; i < plan.windows.size(); ++i) {
    const auto& w = plan.windows[i];
    if (clock_ms == clock_ms_) roll(w, now.panes[i], block);
    else roll(w, pane_at(w, clock_ms), block);
  }
}

inline void Engine::enter(const TypePlan& plan, const Now& now, const Reading& reading, Block block) const {
  for (size_t i = 0; i < plan.windows.size(); ++i) {
    const auto& w = plan.windows[i];
    const bool in_pane_of_now = reading.at.ms <= clock_ms_ && reading.at.ms > now.panes[i].begin_ms;
    insert(w, in_pane_of_now ? now.panes[i] : pane_at(w, reading.at.ms), reading.at.ms, reading.value, block);
  }
}

inline Quality Engine::take(const Reading& reading, bool restoring, Output& out) {
  const Slot s = slot(reading.link);
  if (s.line == kNone) return Quality::kUnknownLink;
  if (!std::isfinite(reading.value)) return Quality::kNotANumber;
  if (reading.at.ms < kYear2000) return Quality::kClockUnset;
  const auto& plan = types_[s.type];
  // Compared this way round: a clock of the far future must not overflow.
  if (reading.at.ms > clock_ms_ + plan.spec.quality.future.count) return Quality::kInFuture;
  if (!restoring && reading.at.ms < clock_ms_ - plan.spec.quality.backfill.count) return Quality::kTooOld;
  const Block b = block(s);
  auto& head = b.head();
  const int64_t newest_ms = head.at_ms;
  const Quality quality = judge(plan, reading, b);
  if (quality == Quality::kDuplicate) return quality;
  update_state(plan, reading.link, head, restoring, out);
  Occasion occasion = Occasion::kTime;
  if (quality != Quality::kBadRange) {
    const auto& now = now_[s.type];
    const bool late = head.at_ms == newest_ms;
    roll_windows(plan, now, std::max(clock_ms_, head.at_ms), b);
    enter(plan, now, reading, b);
    if (late) {
      occasion = Occasion::kCorrection;
      ++counts_.late;
      if (!restoring) head.flags |= kCorrected;
    } else {
      occasion = Occasion::kReading;
      head.flags &= static_cast<uint8_t>(~kCorrected);
      track_above(plan, reading, b);
    }
  }
  uint32_t due_s = second_after(head.heard_ms + plan.spec.quality.late_after.count);
  if (restoring) due_s = 0;  // the next advance looks at it
  else if (quality != Quality::kBadRange) due_s = std::min(due_s, evaluate(plan, reading.link, b, occasion, out));
  if (due_s < head.due_s) due_[reading.link] = head.due_s = due_s;
  return quality;
}

inline uint32_t Engine::evaluate(const TypePlan& plan, LinkNumber link, Block block, Occasion occasion, Output& out) {
  const int64_t clock_ms = std::max(clock_ms_, block.head().at_ms);
  bool watched = false, exact = false;
  uint32_t timers_s = UINT32_MAX;
  for (const auto& rule : plan.rules) {
    const auto turned = turn(rule, block, clock_ms, occasion);
    exact |= turned.watched;
    watched |= turned.watched || rule.rises_by_time;
    timers_s = std::min(timers_s, turned.due_s);
    if (turned.from != turned.to) out.changes.push_back({link, rule.number, turned.from, turned.to, {clock_ms_}, turned.value});
  }
  return due_of(plan, link, block, watched, exact, timers_s);
}

// The first second at which time alone may change something of this link.
inline uint32_t Engine::due_of(const TypePlan& plan, LinkNumber link, Block block, bool watched, bool exact, uint32_t timers_s) const {
  const auto& q = plan.spec.quality;
  const auto& head = block.head();
  uint32_t due_s = timers_s;
  const auto state = static_cast<LinkState>(head.state);
  if (state != LinkState::kSilent) {
    const bool late_next = state != LinkState::kLate && state != LinkState::kUnknown;
    due_s = std::min(due_s, second_after(head.heard_ms + (late_next ? q.late_after : q.silent_after).count));
  }
  if (!watched || head.at_ms == kNoTime) return due_s;
  int64_t pane_ends_ms = INT64_MAX;
  const auto& now = now_[head.type];
  if (head.at_ms > now.all_hold_ms && head.at_ms <= clock_ms_) pane_ends_ms = now.ends_ms;
  else for (const auto& w : plan.windows)
    if (!is_empty(w, block)) pane_ends_ms = std::min(pane_ends_ms, block.whole(w.head) * w.pane_ms);
  for (const auto& above : plan.aboves)
    if (block.whole(above.since) != 0) pane_ends_ms = std::min(pane_ends_ms, (std::max(clock_ms_, head.at_ms) + 60'000) / 60'000 * 60'000 - 1);
  if (pane_ends_ms == INT64_MAX) return due_s;
  const auto spread_s = static_cast<uint32_t>(options_.spread.count / 1000);
  const uint32_t later_s = exact || spread_s == 0 ? 0 : link % spread_s;
  return std::min(due_s, second_after(pane_ends_ms + 1) + later_s);
}

void Engine::visit(LinkNumber link, Output& out) {
  const Slot s = slots_[link];
  const auto& plan = types_[s.type];
  const Block b = block(s);
  ++counts_.visits;
  roll_windows(plan, now_[s.type], std::max(clock_ms_, b.head().at_ms), b);
  update_state(plan, link, b.head(), false, out);
  due_[link] = b.head().due_s = evaluate(plan, link, b, Occasion::kTime, out);
}

void Engine::advance(UtcTime now, Output& out) {
  set_clock(now);
  const auto now_s = static_cast<uint32_t>(clock_ms_ / 1000);
  constexpr size_t kStretch = 64;
  visits_.clear();
  for (size_t begin = 0; begin < due_.size(); begin += kStretch) {
    const size_t end = std::min(begin + kStretch, due_.size());
    uint32_t any = 0;
    for (size_t i = begin; i < end; ++i) any |= due_[i] <= now_s;
    for (size_t i = begin; any != 0 && i < end; ++i)
      if (due_[i] <= now_s) visits_.push_back(static_cast<LinkNumber>(i));
  }
  for (size_t i = 0; i < visits_.size(); ++i) {
    if (i + kAheadOfBlock < visits_.size()) fetch(visits_[i + kAheadOfBlock]);
    visit(visits_[i], out);
  }
}

Result<void> Engine::set_level(LinkNumber link, RuleNumber rule, Level level, UtcTime since) {
  const Slot s = slot(link);
  if (s.line == kNone) return Error(ErrorCode::kNotFound, {{"what", fmt::format("link {}", link)}});
  const auto& rules = types_[s.type].rules;
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return r.number == rule; });
  if (found == rules.end() || level > kRed) return Error(ErrorCode::kNotFound, {{"what", fmt::format("rule {} of link {}", rule, link)}});
  const Block b = block(s);
  auto& state = b.rule(*found);
  state.level = level;
  state.since_s = static_cast<uint32_t>(since.ms / 1000);
  if (found->timed) b.timers(*found) = {};
  due_[link] = b.head().due_s = 0;
  return {};
}

Result<LinkView> Engine::state(LinkNumber link, UtcTime now) const {
  const Slot s = slot(link);
  if (s.line == kNone) return Error(ErrorCode::kNotFound, {{"what", fmt::format("link {}", link)}});
  const auto& plan = types_[s.type];
  // Rolled in a copy: looking changes nothing.
  const auto copy = std::make_unique<std::byte[]>(plan.bytes);
  std::memcpy(copy.get(), block(s).bytes(), plan.bytes);
  const Block b(copy.get());
  const auto& head = b.head();
  const int64_t clock_ms = std::max({clock_ms_, now.ms, head.at_ms});
  for (const auto& w : plan.windows) roll(w, pane_at(w, clock_ms), b);
  LinkView view{.type = s.type, .state = static_cast<LinkState>(head.state), .heard = {head.heard_ms}};
  view.has_value = head.at_ms != kNoTime;
  if (view.has_value) view.newest = {{head.at_ms}, head.value};
  for (const auto& rule : plan.rules) {
    const auto& state = b.rule(rule);
    view.rules.push_back({rule.number, state.level, {int64_t{state.since_s} * 1000}});
  }
  for (const auto& [text, op] : plan.shown) view.windows.push_back({text, value_of(op, b, clock_ms)});
  return view;
}

}  // namespace anlan::stream
