#include "registry/record_index.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "registry/record_fields.h"
#include "registry/record_lines.h"

namespace anlan {
namespace {

constexpr LonLat kNowhere{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};

// False for kNowhere.
bool within_bounds(LonLat p, const Bounds& b) { return p.lon >= b.west && p.lon <= b.east && p.lat >= b.south && p.lat <= b.north; }

}  // namespace

RecordIndex::RecordIndex(const Pack& pack, const PinyinTable& pinyin, const Attachments& attachments)
    : pack_(pack), pinyin_(pinyin), attachments_(attachments) {
  for (const auto& type : pack.record_types) names_.push_back(type.id);
}

void RecordIndex::load(Reader& reader) {
  std::unique_lock lock(mutex_);
  rows_.clear();
  positions_.clear();
  reader.query("SELECT id, type, name, place, lon, lat, fields, generated, changed_at, state FROM records ORDER BY id", {}, [&](const anlan::Row& row) {
    RecordState r;
    r.record = {row.integer(0)};
    r.type = row.str(1);
    r.name = row.str(2);
    r.place = PlaceCode(row.integer(3));
    if (!row.is_null(4) && !row.is_null(5)) r.position = LonLat{row.real(4), row.real(5)};
    r.fields = parse_json(row.text(6)).value().as_object();
    r.generated = row.integer(7) != 0;
    put(r, row.time(8));
    rows_[static_cast<size_t>(r.record.value)].active = row.integer(9) == 0;
  });
}

void RecordIndex::on_committed(const std::vector<RecordedFact>& facts) {
  const auto concerns = [](const RecordedFact& f) {
    return f.as<RecordAdded>() || f.as<RecordChanged>() || f.as<RecordRemoved>() || f.as<RecordRestored>() || f.as<RecordsImported>();
  };
  if (std::none_of(facts.begin(), facts.end(), concerns)) return;
  std::unique_lock lock(mutex_);
  for (const auto& f : facts) change(f);
}

void RecordIndex::change(const RecordedFact& fact) {
  const UtcTime at = fact.header.at;
  if (const auto* added = fact.as<RecordAdded>()) put(*added, at);
  else if (const auto* changed = fact.as<RecordChanged>()) put(*changed, at);
  else if (const auto* removed = fact.as<RecordRemoved>()) set_active(removed->record, false, at);
  else if (const auto* restored = fact.as<RecordRestored>()) set_active(restored->record, true, at);
  else if (const auto* imported = fact.as<RecordsImported>())
    read_records(*attachments_.must_get(imported->attachment), [&](const RecordState& r) { put(r, at); });
}

void RecordIndex::put(const RecordState& record, UtcTime at) {
  const auto id = static_cast<size_t>(record.record.value);
  if (rows_.size() <= id) {
    rows_.resize(id + 1);
    positions_.resize(id + 1, kNowhere);
  }
  auto& row = rows_[id];
  row.name = record.name;
  row.pinyin = pinyin_.marked(record.name);
  row.fields = json::serialize(record.fields);
  row.place = record.place;
  row.changed_at = at;
  row.type = type_index(record.type);
  const auto name = std::find(names_.begin(), names_.end(), record.type);
  row.type_name = static_cast<uint16_t>(name - names_.begin());
  if (name == names_.end()) names_.push_back(record.type);
  row.has_position = record.position.has_value();
  row.generated = record.generated;
  row.active = true;
  positions_[id] = record.position.value_or(kNowhere);
  row.values.clear();
  if (row.type == kTypeUnknown) return;
  for (const auto& field : pack_.record_types[row.type].fields) {
    const auto* value = field.list || field.filter ? record.fields.if_contains(field.id) : nullptr;
    if (!value) row.values.emplace_back();
    else if (value->is_bool()) row.values.emplace_back(value->get_bool() ? 1.0 : 0.0);
    else if (value->is_number()) row.values.emplace_back(value->to_number<double>());
    else if (value->is_string()) row.values.emplace_back(std::string(value->get_string()));
    else row.values.emplace_back();
  }
}

void RecordIndex::set_active(RecordId record, bool active, UtcTime at) {
  CHECK(record.value > 0 && static_cast<size_t>(record.value) < rows_.size());
  auto& row = rows_[static_cast<size_t>(record.value)];
  row.active = active;
  row.changed_at = at;
}

uint16_t RecordIndex::type_index(std::string_view type) const {
  const auto* declared = pack_.record_type(type);
  return declared ? static_cast<uint16_t>(declared - pack_.record_types.data()) : kTypeUnknown;
}

RecordView RecordIndex::view(uint32_t id) const {
  const auto& row = rows_[id];
  RecordView v;
  v.record = {static_cast<int64_t>(id)};
  v.type = names_[row.type_name];
  v.name = row.name;
  v.place = row.place;
  if (row.has_position) v.position = positions_[id];
  v.fields = parse_json(row.fields).value().as_object();
  v.generated = row.generated;
  v.changed_at = row.changed_at;
  return v;
}

std::optional<RecordView> RecordIndex::find(RecordId record) const {
  std::shared_lock lock(mutex_);
  if (record.value <= 0 || static_cast<size_t>(record.value) >= rows_.size()) return std::nullopt;
  const auto id = static_cast<uint32_t>(record.value);
  if (!rows_[id].active) return std::nullopt;
  return view(id);
}

std::string RecordIndex::name(RecordId record) const {
  std::shared_lock lock(mutex_);
  if (record.value <= 0 || static_cast<size_t>(record.value) >= rows_.size()) return {};
  return rows_[static_cast<size_t>(record.value)].name;
}

std::vector<RecordPoint> RecordIndex::points(std::string_view type, const Bounds& bounds, size_t limit) const {
  std::shared_lock lock(mutex_);
  const uint16_t only = type.empty() ? kTypeUnknown : type_index(type);
  std::vector<RecordPoint> out;
  for (uint32_t id = 1; id < rows_.size() && out.size() < limit; ++id) {
    if (!within_bounds(positions_[id], bounds)) continue;
    const auto& row = rows_[id];
    if (!row.active || row.type == kTypeUnknown || (!type.empty() && row.type != only)) continue;
    out.push_back({{static_cast<int64_t>(id)}, row.type, positions_[id]});
  }
  return out;
}

std::vector<RecordId> RecordIndex::inside(const PreparedArea& area) const {
  std::shared_lock lock(mutex_);
  std::vector<RecordId> out;
  for (uint32_t id = 1; id < rows_.size(); ++id)
    if (within_bounds(positions_[id], area.bounds()) && rows_[id].active && area.contains(positions_[id])) out.push_back({static_cast<int64_t>(id)});
  return out;
}

std::vector<RecordView> RecordIndex::within(std::string_view type, PlaceCode place) const {
  std::shared_lock lock(mutex_);
  const uint16_t only = type_index(type);
  std::vector<RecordView> out;
  for (uint32_t id = 1; id < rows_.size(); ++id)
    if (rows_[id].active && (type.empty() || rows_[id].type == only) && place.contains(rows_[id].place)) out.push_back(view(id));
  return out;
}

size_t RecordIndex::count(std::string_view type, PlaceCode place) const {
  std::shared_lock lock(mutex_);
  const uint16_t only = type_index(type);
  size_t n = 0;
  for (const auto& row : rows_) n += row.active && (type.empty() || row.type == only) && place.contains(row.place);
  return n;
}

void RecordIndex::positions(std::vector<int64_t>& ids, std::vector<LonLat>& points, std::vector<PlaceCode>& places) const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::shared_lock lock(mutex_);
  for (size_t id = 1; id < rows_.size(); ++id) {
    if (!rows_[id].active) continue;
    ids.push_back(static_cast<int64_t>(id));
    points.push_back(rows_[id].has_position ? positions_[id] : LonLat{kNone, kNone});
    places.push_back(rows_[id].place);
  }
}

}  // namespace anlan
