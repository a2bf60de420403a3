#include "signals/queries.h"

namespace anlan {
namespace {

const std::string kSituation =
    "SELECT id, hazard, place, state, opened_at, changed_at, closed_at, taken_by, taken_at, warning, standing, highest, "
    "(SELECT MAX(a.level) FROM alarms a WHERE a.situation = situations.id AND a.cleared_at = 0) AS level FROM situations ";
const std::string kAlarm = "SELECT id, situation, link, rule, level, highest, value, at, raised_at, changed_at, cleared_at, place, cause, due FROM alarms ";

std::optional<UtcTime> time_or_nothing(const Row& row, int column) { return row.is_null(column) ? std::nullopt : std::optional<UtcTime>(row.time(column)); }

SituationRow situation_from(const Row& row) {
  SituationRow s;
  s.id = SituationId{row.integer(0)};
  s.hazard = row.str(1);
  s.place = PlaceCode(row.integer(2));
  s.state = static_cast<SituationState>(row.integer(3));
  s.opened_at = row.time(4);
  s.changed_at = row.time(5);
  s.closed_at = time_or_nothing(row, 6);
  s.taken_by = row.str(7);
  s.taken_at = time_or_nothing(row, 8);
  s.warning = WarningId{row.integer(9)};
  s.standing = row.integer(10);
  s.highest = static_cast<WarningLevel>(row.integer(11));
  if (!row.is_null(12)) s.level = static_cast<WarningLevel>(row.integer(12));
  return s;
}

std::vector<AlarmRow> alarms(Reader& reader, const std::string& rest, std::initializer_list<Arg> args) {
  std::vector<AlarmRow> out;
  reader.query(kAlarm + rest, args, [&](const Row& row) {
    AlarmRow a;
    a.id = AlarmId{row.integer(0)};
    a.situation = SituationId{row.integer(1)};
    a.link = RecordId{row.integer(2)};
    a.rule = row.str(3);
    a.level = static_cast<WarningLevel>(row.integer(4));
    a.highest = static_cast<WarningLevel>(row.integer(5));
    a.value = row.real(6);
    a.at = row.time(7);
    a.raised_at = row.time(8);
    a.changed_at = row.time(9);
    if (row.integer(10)) a.cleared_at = row.time(10);
    a.place = PlaceCode(row.integer(11));
    if (!row.is_null(12)) a.cause = row.text(12);
    if (!row.is_null(13)) a.due = row.time(13);
    out.push_back(std::move(a));
  });
  return out;
}

}  // namespace

std::optional<SituationRow> read_situation(Reader& reader, SituationId id) {
  std::optional<SituationRow> found;
  reader.query(kSituation + "WHERE id = ?", {id}, [&](const Row& row) { found = situation_from(row); });
  return found;
}

std::vector<SituationRow> list_situations(Reader& reader, bool closed, int64_t limit) {
  std::vector<SituationRow> out;
  const std::string sql = closed ? kSituation + "WHERE state = 2 ORDER BY closed_at DESC, id DESC LIMIT ?"
                                 : "SELECT * FROM (" + kSituation + "WHERE state < 2) AS s ORDER BY COALESCE(level, -1) DESC, state, changed_at DESC, id DESC LIMIT ?";
  reader.query(sql, {limit}, [&](const Row& row) { out.push_back(situation_from(row)); });
  return out;
}

std::vector<AlarmRow> alarms_of(Reader& reader, SituationId id, int64_t limit) {
  return alarms(reader, "WHERE situation = ? ORDER BY CASE WHEN cleared_at = 0 THEN 0 ELSE 1 END, level DESC, changed_at DESC, id DESC LIMIT ?", {id, limit});
}

std::vector<AlarmRow> alarms_of_link(Reader& reader, RecordId link, int64_t limit) {
  return alarms(reader, "WHERE link = ? ORDER BY raised_at DESC, id DESC LIMIT ?", {link, limit});
}

std::vector<AlarmRow> standing_alarms(Reader& reader) { return alarms(reader, "WHERE cleared_at = 0 ORDER BY id", {}); }

Trend trend(Reader& reader, SituationId id, UtcTime now) {
  const UtcTime since = now - minutes(30);
  const auto up = reader.integer("SELECT COUNT(*) FROM alarms WHERE situation = ? AND cleared_at = 0 AND (raised_at > ? OR (changed_at > ? AND level = highest))", {id, since, since}).value_or(0);
  const auto down = reader.integer("SELECT COUNT(*) FROM alarms WHERE situation = ? AND (cleared_at > ? OR (cleared_at = 0 AND changed_at > ? AND level < highest))", {id, since, since}).value_or(0);
  return up > down ? Trend::rising : up < down ? Trend::falling : Trend::steady;
}

RuleCounts rule_counts(Reader& reader, const std::string& rule, UtcTime since) {
  return {reader.integer("SELECT COUNT(*) FROM alarms WHERE rule = ? AND cleared_at = 0", {Arg(rule)}).value_or(0),
          reader.integer("SELECT COUNT(*) FROM alarms WHERE rule = ? AND raised_at > ?", {Arg(rule), since}).value_or(0)};
}

}  // namespace anlan
