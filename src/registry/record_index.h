// All records in memory, for lists, filters, search, the map and targeting: a view of the table, built at start and
// kept current by committed facts.
//
// Ids are given out from 1 without gaps (journal/writer.h), so rows are an array indexed by id. Lists and map tiles
// scan the rows of a type: some milliseconds for 100,000 records.
//
// Any thread; readers share a lock, a commit that touches records takes it alone. Results are copies. The pack, the
// pinyin table and the attachments must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/prepared_area.h"
#include "journal/writer.h"
#include "registry/pinyin.h"
#include "registry/records.h"

namespace anlan {

struct RecordView : RecordState {
  UtcTime changed_at;
};

struct RecordFilter {
  std::string field;
  // "3" equals, "3..9", "3..", "..9" for numbers and dates; "a,b" one of several choices; "true", "false"; other text:
  // contained.
  std::string value;
};

struct RecordQuery {
  std::string type;
  PlaceCode place;  // and all below it
  std::string q;    // part of the name, its pinyin, part of a listed text that is not personal, or the id
  std::vector<RecordFilter> filters;
  std::string sort;  // "", or id, name, place, changed_at or a field that is listed; "-" before it: descending
  size_t offset = 0;
  size_t limit = 50;  // at most RecordIndex::kLimitMax
};

struct RecordPage {
  size_t total = 0;
  std::vector<RecordView> items;
};

struct RecordPoint {
  RecordId record;
  uint16_t type = 0;  // index in pack.record_types
  LonLat position;
};

class RecordIndex : public Observer {
 public:
  static constexpr size_t kLimitMax = 1000;
  static constexpr uint16_t kTypeUnknown = 0xFFFF;  // of records whose type the pack no longer has

  RecordIndex(const Pack& pack, const PinyinTable& pinyin, const Attachments& attachments);
  void load(Reader& reader);
  void on_committed(const std::vector<RecordedFact>& facts) override;

  // Active records; nothing when absent or removed.
  std::optional<RecordView> find(RecordId record) const;
  std::string name(RecordId record) const;  // "" when absent; also of removed ones
  // kNotFound for an unknown type; kInvalidField for a filter or sort by a field that is not declared for it.
  Result<RecordPage> list(const RecordQuery& query) const;
  // Records of any type by name or pinyin: exact first, then prefix, then the rest.
  std::vector<RecordView> search(std::string_view q, PlaceCode within, size_t limit) const;
  // Positions within the bounds, of one type or ("") all; at most limit, by id.
  std::vector<RecordPoint> points(std::string_view type, const Bounds& bounds, size_t limit) const;
  // Records whose position lies in the area, by id.
  std::vector<RecordId> inside(const PreparedArea& area) const;
  // Records of a type in a place and below, by id; all of a place with type "".
  std::vector<RecordView> within(std::string_view type, PlaceCode place) const;
  size_t count(std::string_view type, PlaceCode place) const;
  // All active records as targeting reads them (targeting.h, RecordPositions): by id; NaN where there is no position.
  void positions(std::vector<int64_t>& ids, std::vector<LonLat>& points, std::vector<PlaceCode>& places) const;

 private:
  // Listed and filterable fields, ready to compare: a number, a text (dates and choices too), or nothing.
  using Value = std::variant<std::monostate, double, std::string>;
  struct Row {
    std::string name, pinyin;
    std::string fields;  // JSON
    std::vector<Value> values;
    PlaceCode place;
    UtcTime changed_at;
    uint16_t type = kTypeUnknown;
    uint16_t type_name = 0;
    bool has_position = false, generated = false, active = false;
  };
  struct Test;

  void put(const RecordState& record, UtcTime at);
  void set_active(RecordId record, bool active, UtcTime at);
  void change(const RecordedFact& fact);
  uint16_t type_index(std::string_view type) const;
  RecordView view(uint32_t id) const;
  bool matches(const Row& row, std::string_view q, std::string_view letters) const;
  Result<std::vector<Test>> tests_of(const RecordType& type, const RecordQuery& query) const;
  Result<void> sort(std::vector<uint32_t>& ids, const RecordType& type, const RecordQuery& query) const;

  const Pack& pack_;
  const PinyinTable& pinyin_;
  const Attachments& attachments_;
  mutable std::shared_mutex mutex_;
  std::vector<Row> rows_;           // by id
  std::vector<LonLat> positions_;   // by id; where has_position
  std::vector<std::string> names_;  // of types, also those not in the pack
};

}  // namespace anlan
