// Quality control by neighbours: does a link say what the links around it say? Arrays in, arrays out; no clock, no I/O.
//
//   TRY(check, NeighbourCheck::build(spec, positions));   // once, and when links come, go or move
//   check.judge(values, fresh, verdicts);                 // every minute; one value of one window per link
//
// Of a link with value v and its fresh neighbours with values x, m being their median and
// s = 1.4826 median |x - m| (equal to the standard deviation where values are normal):
//   departure   |v - m| > max(tolerance, factor s): suspect high or low, unless a neighbour agrees, which is to depart
//               from m to the same side at least half as far
//   false zero  v = 0 while every neighbour has at least the tolerance, which must be above 0: suspect low. A blocked
//               gauge; where rain varies much, s alone would hide it
// A convective cell over one gauge is real, and a second gauge that caught it says so. A lone one stays suspect: a mark
// for the reader, no more; nothing is thrown away.
//
// Sources. Median, spread about it, and the exception for convection: Spatial Consistency Check; false zero: the
// gauge-to-gauge part of the Multi-Sensor Check; both in NWS Office of Hydrologic Development, "MPE_FieldGen Automated
// Gage Quality Algorithm" (2004), which compares with gauges in a grid box and takes lightning for a sign of convection. A
// floor under the spread, a radius and a least number of neighbours: buddy check of titanlib (MET Norway). The element
// 空间一致性检查: QX/T 118-2020 地面气象观测资料质量控制. Half as far, and the parameters of each type: set here.
//
// Deterministic; independent of the order of links but for which of equally far neighbours are taken.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"

namespace anlan::stream {

inline constexpr int kMaxNeighbours = 32;
inline constexpr double kMaxRadiusKm = 1000;

struct NeighbourSpec {
  std::string window;      // what is compared, as in TypeSpec::extra_windows: "sum(1h)", "value"
  double radius_km = 15;
  int neighbours_max = 5;  // the nearest so many within the radius
  int neighbours_min = 3;  // fewer fresh ones: unknown
  double tolerance = 0;    // in the unit of the window
  double factor = 4;
};

enum class NeighbourVerdict : uint8_t { kUnknown, kPlausible, kSuspectHigh, kSuspectLow };
const char* name_of(NeighbourVerdict verdict);

class NeighbourCheck {
 public:
  // A position that is not valid (NaN) has no neighbours and is nobody's. kInvalidField ("radius", "most", "least",
  // "tolerance", "factor"); kTooLarge beyond 2^32 - 1 links. O(n (log n + neighbours_max)), also where all links stand
  // on one point. Memory: 4 bytes per link and neighbour.
  static Result<NeighbourCheck> build(const NeighbourSpec& spec, std::span<const LonLat> positions);

  const NeighbourSpec& spec() const { return spec_; }
  size_t size() const { return begins_.size() - 1; }
  // Positions in the arrays, the nearest first.
  std::span<const uint32_t> neighbours(size_t link) const {
    return std::span(all_).subspan(begins_[link], begins_[link + 1] - begins_[link]);
  }

  // All three as long as size(). What is not fresh or not finite counts as absent: as a neighbour, and then its own
  // verdict is unknown. O(links x neighbours_max), nothing allocated.
  void judge(std::span<const double> values, std::span<const uint8_t> fresh, std::span<NeighbourVerdict> verdicts) const;

 private:
  explicit NeighbourCheck(NeighbourSpec spec) : spec_(std::move(spec)) {}
  NeighbourVerdict judge_one(size_t link, std::span<const double> values, std::span<const uint8_t> fresh) const;

  NeighbourSpec spec_;
  std::vector<size_t> begins_;  // into all_, one more than links
  std::vector<uint32_t> all_;
};

}  // namespace anlan::stream
