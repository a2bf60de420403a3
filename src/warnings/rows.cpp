#include "warnings/commands.h"

namespace anlan {
namespace {

constexpr std::string_view kColumns =
    "id, version, state, source, hazard, level, headline, area_label, onset, expires, proposed_by, drafter, approver, created_at, "
    "submitted_at, issued_at, changed_at, ended_at, returned, cap_identifier, cap_references";

std::optional<UtcTime> maybe_time(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.time(column);
}

WarningRow warning_row(const Row& row) {
  WarningRow w;
  w.id = WarningId{row.integer(0)};
  w.version = row.integer(1);
  w.state = static_cast<WarningState>(row.integer(2));
  w.source = static_cast<WarningSource>(row.integer(3));
  w.content.hazard = row.str(4);
  w.content.level = static_cast<WarningLevel>(row.integer(5));
  w.content.headline = row.str(6);
  w.content.area_label = row.str(7);
  w.content.onset = row.time(8);
  w.content.expires = row.time(9);
  w.proposed_by = row.str(10);
  w.drafter = row.str(11);
  if (!row.is_null(12)) w.approver = row.str(12);
  w.created_at = row.time(13);
  w.submitted_at = maybe_time(row, 14);
  w.issued_at = maybe_time(row, 15);
  w.changed_at = maybe_time(row, 16);
  w.ended_at = maybe_time(row, 17);
  w.returned = row.str(18);
  w.cap_identifier = row.str(19);
  w.cap_references = row.str(20);
  return w;
}

template <class T>
T parse_own(std::string_view text) {
  auto value = from_json_text<T>(text, "warnings");
  CHECK_MSG(value.ok(), value.error().describe());
  return std::move(*value);
}

}  // namespace

std::optional<WarningRow> read_warning(Reader& reader, WarningId id) {
  std::optional<WarningRow> found;
  reader.query("SELECT " + std::string(kColumns) + ", content, pending, origin FROM warnings WHERE id = ?", {id}, [&](const Row& row) {
    found = warning_row(row);
    found->content = parse_own<WarningContent>(row.text(21));
    if (!row.is_null(22)) found->pending = parse_own<WarningContent>(row.text(22));
    if (!row.is_null(23)) found->origin = parse_own<CapOrigin>(row.text(23));
  });
  return found;
}

std::vector<WarningRow> list_warnings(Reader& reader, const std::vector<WarningState>& states, int64_t limit, int64_t offset) {
  std::string in;
  for (const auto s : states) in += (in.empty() ? "" : ",") + std::to_string(static_cast<int>(s));
  std::vector<WarningRow> rows;
  reader.query("SELECT " + std::string(kColumns) + ", pending FROM warnings WHERE state IN (" + in + ") ORDER BY id DESC LIMIT ? OFFSET ?",
               {limit, offset}, [&](const Row& row) {
                 rows.push_back(warning_row(row));
                 if (!row.is_null(21)) rows.back().pending.emplace();
               });
  return rows;
}

}  // namespace anlan
