// The columns that records of every type have in tables that people import and export, before the type's own fields.
#pragma once

#include <array>

namespace anlan {

struct RecordColumn {
  const char* id;
  const char* zh;
};

enum RecordColumnIndex { kColumnId, kColumnName, kColumnPlace, kColumnPlaceName, kColumnLon, kColumnLat };

inline constexpr std::array<RecordColumn, 6> kRecordColumns{{
    {"id", "编号"},          // of an export; empty for a new record
    {"name", "名称"},
    {"place", "区划代码"},
    {"place_name", "地点"},  // for people; not read back
    {"lon", "经度"},
    {"lat", "纬度"},
}};

}  // namespace anlan
