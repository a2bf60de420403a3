// What stands in the way: buildings with the people in them, one by one or counted by cell and type.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "quake/shaking.h"

namespace anlan::quake {

// Which design code a building follows; the fragility and strength of a type are given for each.
enum class CodeLevel : uint8_t { pre, low, moderate, high };
inline constexpr size_t kCodeLevels = 4;
enum class Use : uint8_t { home, work, school, hospital, store, other };
inline constexpr size_t kUses = 6;

// Columns of one length. Position, and what a census of buildings says.
struct Buildings {
  std::vector<LonLat> at;
  std::vector<uint16_t> type;           // index into the declared building types
  std::vector<CodeLevel> code;
  std::vector<Use> use;
  std::vector<uint16_t> storeys;        // 1 to 200
  std::vector<float> floor_area_m2;     // all storeys together
  std::vector<uint16_t> year;           // of construction; 0: not known
  std::vector<float> people;            // who live or work here
  std::vector<uint32_t> place;          // index into a list of townships, or kNoPlace
  std::vector<std::string> id;          // of the source; empty vector: row numbers
  bool generated = false;               // made from a seed, not counted
  static constexpr uint32_t kNoPlace = UINT32_MAX;
  size_t size() const { return at.size(); }
};

// Alike buildings of one cell counted together: what rapid loss assessment works on.
struct Asset {
  uint32_t site = 0;                    // index into Exposure::sites
  uint32_t place = 0;                   // index of the township
  uint16_t type = 0;
  CodeLevel code = CodeLevel::pre;
  Use use = Use::home;
  float count = 0, area_m2 = 0, people = 0;  // of all of them together
};

struct Exposure {
  Sites sites;                          // of each cell, the mean position of its buildings; vs30 empty
  std::vector<Asset> assets;            // sorted by site
  size_t places = 0;                    // townships
  bool generated = false;               // made from a seed, not counted
};

// Cells of `cell_m` metres at most (1 m to 1,000 km), from south to north and west to east. An asset is what one cell, place,
// type, code and use have in common. Buildings without a place (kNoPlace, or not below `places`) or off the globe are
// dropped and counted in `dropped`; people and areas that are not finite or negative count as 0. O(n log n).
struct Grouped {
  static constexpr uint32_t kDropped = UINT32_MAX;
  Exposure exposure;
  std::vector<uint32_t> site_of;        // of each building, or kDropped
  size_t dropped = 0;
};
Grouped group(const Buildings& buildings, size_t places, double cell_m);

// Of those who belong to the buildings of a use (who live in homes, who work in the others), the share inside at a local
// hour, 0 to 23. A worker belongs to a home and to a work place and is inside at most one of them at a time.
using Occupancy = std::array<std::array<float, 24>, kUses>;
// PAGER's three periods (Jaiswal and Wald 2010): day 10-17, transit 5-10 and 17-22, night 22-5, for China's work force (60 %
// of the people: farming 45, industry 24, services 31 %), the mean of its urban and rural shares. Schools and stores as
// services. Hospitals are full at all hours (0.9), which is our assumption: PAGER has none.
Occupancy usual_occupancy();

// A city from counts by township, type and code, as a census would give them: buildings are scattered about the
// township's centre. Always marked as generated. The same seed gives the same city.
struct CensusRow {
  uint32_t place = 0;
  LonLat centre;
  double radius_m = 1000;
  uint16_t type = 0;
  CodeLevel code = CodeLevel::pre;
  Use use = Use::home;
  uint32_t buildings = 0;
  uint16_t storeys_min = 1, storeys_max = 1;
  uint16_t year_min = 1980, year_max = 2020;
  float floor_area_m2 = 100;            // of one storey of one building
  float people = 0;                     // of all of them together
};
// kInvalidField for a row that makes no sense (with its number), kTooLarge above kCityMax buildings in all.
inline constexpr uint64_t kCityMax = 20'000'000;
Result<void> check(const std::vector<CensusRow>& rows);
// Rows that pass check(). Positions are even over the disc about the centre, storeys and years even over their ranges; the
// people of a row are shared out by floor area. O(buildings).
Buildings make_city(const std::vector<CensusRow>& rows, uint64_t seed);

}  // namespace anlan::quake
