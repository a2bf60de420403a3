#include "calls/commands.h"

namespace anlan {

std::optional<RoundRow> read_round(Reader& reader, RoundId id) {
  std::optional<RoundRow> found;
  reader.query("SELECT id, warning, version, level, hazard, mode, state, opened_at, closed_at, stopped_at, list, calls, listed, last_seq, message, rules, reason, notices "
               "FROM rounds WHERE id = ?", {id}, [&](const Row& row) {
    RoundRow r;
    r.id = RoundId{row.integer(0)};
    r.warning = WarningId{row.integer(1)};
    r.version = row.integer(2);
    r.level = static_cast<WarningLevel>(row.integer(3));
    r.hazard = row.str(4);
    r.mode = static_cast<RoundMode>(row.integer(5));
    r.state = static_cast<RoundState>(row.integer(6));
    r.opened_at = row.time(7);
    if (!row.is_null(8)) r.closed_at = row.time(8);
    if (!row.is_null(9)) r.stopped_at = row.time(9);
    r.list = row.str(10);
    r.calls = row.integer(11);
    r.listed = row.integer(12);
    r.last_seq = row.integer(13);
    r.message = row.str(14);
    auto rules = from_json_text<std::vector<RoundRule>>(row.text(15), "rules");
    CHECK_MSG(rules.ok(), rules.error().describe());
    r.rules = std::move(*rules);
    r.reason = row.str(16);
    r.notices = row.maybe(17);
    found = std::move(r);
  });
  return found;
}

std::optional<RoundMoment> read_moment(Reader& reader, RoundId id) {
  std::optional<RoundMoment> found;
  reader.query("SELECT state, opened_at, stopped_at, reason FROM rounds WHERE id = ?", {id}, [&](const Row& row) {
    found = RoundMoment{static_cast<RoundState>(row.integer(0)), row.time(1), row.is_null(2) ? std::nullopt : std::optional(row.time(2)), row.str(3)};
  });
  return found;
}

CallRow call_row(const Row& row) {
  CallRow c;
  c.seq = seq_of(row.integer(0));
  c.person = PersonId{row.integer(1)};
  c.post = PostId{row.integer(2)};
  c.place = PlaceCode(row.integer(3));
  c.kind = static_cast<CallKind>(row.integer(4));
  c.rule = static_cast<int>(row.integer(5));
  c.state = static_cast<CallState>(row.integer(6));
  c.step = static_cast<int>(row.integer(7));
  c.tries = static_cast<int>(row.integer(8));
  c.attempts = static_cast<int>(row.integer(9));
  c.due = row.time(10);
  c.limit_at = row.time(11);
  c.channel = row.str(12);
  c.phone = row.str(13);
  c.placed_at = row.time(14);
  c.reached = row.integer(15) != 0;
  return c;
}

std::optional<CallRow> read_call(Reader& reader, RoundId round, int64_t seq) {
  std::optional<CallRow> found;
  reader.query("SELECT id, person, post, place, kind, rule, state, step, tries, attempts, due, limit_at, channel, phone, placed_at, reached FROM calls WHERE id = ?",
               {call_key(round, seq)}, [&](const Row& row) { found = call_row(row); });
  return found;
}

}  // namespace anlan
