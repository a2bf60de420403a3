#include "stream/neighbour_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "stream/nearest_points.h"

namespace anlan::stream {
namespace {

Error fault(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", en}});
  error.details.push_back({.field = std::move(field), .zh = std::move(zh), .en = std::move(en)});
  return error;
}

// The mean of the two in the middle when they are even. Reorders.
double median_of(std::span<double> values) {
  const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), values.begin() + half, values.end());
  const double upper = values[static_cast<size_t>(half)];
  if (values.size() % 2 == 1) return upper;
  return (*std::max_element(values.begin(), values.begin() + half) + upper) / 2;
}

}  // namespace

const char* name_of(NeighbourVerdict verdict) {
  constexpr const char* kNames[] = {"unknown", "plausible", "suspect_high", "suspect_low"};
  return kNames[static_cast<size_t>(verdict)];
}

Result<NeighbourCheck> NeighbourCheck::build(const NeighbourSpec& spec, std::span<const LonLat> positions) {
  if (!(spec.radius_km > 0 && spec.radius_km <= kMaxRadiusKm))
    return fault("radius", fmt::format("应大于 0、不超过 {} 千米", kMaxRadiusKm), fmt::format("above 0 and up to {} km", kMaxRadiusKm));
  if (spec.neighbours_max < 1 || spec.neighbours_max > kMaxNeighbours)
    return fault("most", fmt::format("应为 1 到 {}", kMaxNeighbours), fmt::format("from 1 to {}", kMaxNeighbours));
  if (spec.neighbours_min < 1 || spec.neighbours_min > spec.neighbours_max)
    return fault("least", fmt::format("应为 1 到 {}", spec.neighbours_max), fmt::format("from 1 to {}", spec.neighbours_max));
  if (!(spec.tolerance >= 0) || !std::isfinite(spec.tolerance)) return fault("tolerance", "应为 0 以上", "0 or more");
  if (!(spec.factor >= 0) || !std::isfinite(spec.factor)) return fault("factor", "应为 0 以上", "0 or more");
  if (positions.size() >= std::numeric_limits<uint32_t>::max())
    return Error(ErrorCode::kTooLarge, {{"what", "links"}, {"limit", std::to_string(std::numeric_limits<uint32_t>::max() - 1)}});

  NeighbourCheck check(spec);
  const NearestPoints nearest(positions);
  std::vector<NearestPoints::Found> found;
  check.begins_.reserve(positions.size() + 1);
  check.begins_.push_back(0);
  for (size_t i = 0; i < positions.size(); ++i) {
    nearest.find(static_cast<uint32_t>(i), spec.radius_km * 1000, static_cast<size_t>(spec.neighbours_max), found);
    for (const auto& f : found) check.all_.push_back(f.point);
    check.begins_.push_back(check.all_.size());
  }
  return check;
}

NeighbourVerdict NeighbourCheck::judge_one(size_t link, std::span<const double> values, std::span<const uint8_t> fresh) const {
  const double v = values[link];
  if (!fresh[link] || !std::isfinite(v)) return NeighbourVerdict::kUnknown;
  std::array<double, kMaxNeighbours> near, away;
  size_t n = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const uint32_t other : neighbours(link)) {
    if (!fresh[other] || !std::isfinite(values[other])) continue;
    near[n++] = values[other];
    least = std::min(least, values[other]);
  }
  if (n < static_cast<size_t>(spec_.neighbours_min)) return NeighbourVerdict::kUnknown;
  const double middle = median_of({near.data(), n});
  for (size_t i = 0; i < n; ++i) away[i] = std::abs(near[i] - middle);
  const double spread = 1.4826 * median_of({away.data(), n});
  const double departure = v - middle;
  if (v == 0 && spec_.tolerance > 0 && least >= spec_.tolerance) return NeighbourVerdict::kSuspectLow;
  if (!(std::abs(departure) > std::max(spec_.tolerance, spec_.factor * spread))) return NeighbourVerdict::kPlausible;
  for (size_t i = 0; i < n; ++i) {
    const double other = near[i] - middle;
    if (departure > 0 ? other >= departure / 2 : other <= departure / 2) return NeighbourVerdict::kPlausible;
  }
  return departure > 0 ? NeighbourVerdict::kSuspectHigh : NeighbourVerdict::kSuspectLow;
}

void NeighbourCheck::judge(std::span<const double> values, std::span<const uint8_t> fresh, std::span<NeighbourVerdict> verdicts) const {
  CHECK(values.size() == size() && fresh.size() == size() && verdicts.size() == size());
  for (size_t i = 0; i < size(); ++i) verdicts[i] = judge_one(i, values, fresh);
}

}  // namespace anlan::stream
