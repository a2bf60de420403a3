// Places: the national divisions from province to village, in memory.
//
// PlaceTable is a struct of arrays sorted so that a place and all below it are one contiguous range of indexes that
// starts with the place itself. It is filled once (place_files.h), given positions (place_files.h, place_layout.h,
// boundaries.h), and then frozen inside a PlaceIndex (place_index.h). While it is being filled it belongs to one
// thread; read-only use is free for all threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/place_code.h"

namespace anlan {

constexpr uint32_t kNoPlace = 0xFFFFFFFF;

// Indexes [begin, end) of a PlaceTable.
struct PlaceRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
  bool contains(uint32_t index) const { return index >= begin && index < end; }
};

// A view; name lives as long as the table.
struct Place {
  PlaceCode code;
  std::string_view name;
  std::optional<LonLat> position;     // WGS 84, kept to 1e-7 degree
  bool position_approximate = false;  // laid out or derived, not surveyed
  uint32_t index = kNoPlace;
};

struct PlaceRow {
  PlaceCode code;
  std::string_view name;
};

class PlaceTable {
 public:
  static constexpr size_t kPlacesMax = size_t{1} << 24;
  static constexpr size_t kNameBytesMax = 192;

  PlaceTable() = default;
  // Rows in any order. Faults (kInvalidFile): duplicate code, absent parent, name not UTF-8, empty, too long or with
  // control characters. A detail's line is the row's number, counted from 1. O(n log n).
  static Result<PlaceTable> create(const std::vector<PlaceRow>& rows);

  uint32_t size() const { return static_cast<uint32_t>(keys_.size()); }
  Place place(uint32_t index) const;
  PlaceCode code(uint32_t index) const;
  PlaceLevel level(uint32_t index) const;
  uint32_t rank(uint32_t index) const { return static_cast<uint32_t>(keys_[index] % 8); }  // province 0 … village 4
  int64_t first_key(uint32_t index) const { return static_cast<int64_t>(keys_[index] / 8); }
  std::string_view name(uint32_t index) const {
    return {names_.data() + name_at_[index], name_at_[index + 1] - name_at_[index] - 1};
  }
  uint32_t parent(uint32_t index) const { return parents_[index]; }  // kNoPlace for a province
  PlaceRange range(uint32_t index) const { return {index, ends_[index]}; }

  uint32_t index_of(PlaceCode code) const;  // kNoPlace when absent; O(log n)
  std::optional<Place> find(PlaceCode code) const;
  // The place and all below it; everything for the empty code; empty when the code is absent.
  PlaceRange range(PlaceCode code) const;
  // Direct children by code; the provinces for the empty code.
  std::vector<Place> children(PlaceCode code) const;
  std::vector<uint32_t> children(uint32_t index) const;
  // Outermost first, without the place itself.
  std::vector<Place> ancestors(PlaceCode code) const;

  // "甘肃省 / 临夏回族自治州 / 积石山…县 / 大河家镇"; levels that exist only in the codes are left out. "" when absent.
  std::string full_name(PlaceCode code, std::string_view separator = " / ") const;
  // As people say it (place_names.h). "" when absent.
  std::string short_name(PlaceCode code) const;

  std::optional<LonLat> position(uint32_t index) const;
  bool position_approximate(uint32_t index) const { return approximate_[index] != 0; }
  void set_position(uint32_t index, LonLat position, bool approximate);

  // All names, each ended by NUL, in index order.
  std::string_view names() const { return names_; }
  uint32_t name_offset(uint32_t index) const { return name_at_[index]; }

  size_t memory_bytes() const;

 private:
  friend class PlaceIndexWriter;
  friend class PlaceIndexReader;

  Result<void> link();  // fills parents_ and ends_ from keys_

  std::vector<uint64_t> keys_;     // first_key() * 8 + rank of the level: ascending, parents before children
  std::vector<uint32_t> name_at_;  // size() + 1 offsets into names_
  std::string names_;
  std::vector<uint32_t> parents_;
  std::vector<uint32_t> ends_;
  std::vector<int32_t> lon_e7_, lat_e7_;  // kNoPosition when unknown
  std::vector<uint8_t> approximate_;
};

// Rank of a level in keys: province 0 … village 4.
uint32_t level_rank(PlaceLevel level);
PlaceLevel level_of_rank(uint32_t rank);

}  // namespace anlan
