#include "stream/nearest_points.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::stream {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
constexpr double kEarth_m = 6'371'008.8;  // as in base/lonlat.h

}  // namespace

NearestPoints::NearestPoints(std::span<const LonLat> points) : place_(points.size(), kAbsent) {
  for (size_t i = 0; i < points.size(); ++i) {
    if (!is_valid(points[i])) continue;
    const double lon = points[i].lon * kRadians, lat = points[i].lat * kRadians;
    nodes_.push_back({{std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)}, static_cast<uint32_t>(i), 0});
  }
  split(0, nodes_.size());
  for (size_t i = 0; i < nodes_.size(); ++i) place_[nodes_[i].point] = static_cast<uint32_t>(i);
}

// As deep as the logarithm of the range.
void NearestPoints::split(size_t begin, size_t end) {
  if (end - begin < 2) return;
  Unit low = nodes_[begin].at, high = low;
  for (size_t i = begin; i < end; ++i)
    for (size_t a = 0; a < 3; ++a) {
      low[a] = std::min(low[a], nodes_[i].at[a]);
      high[a] = std::max(high[a], nodes_[i].at[a]);
    }
  size_t axis = 0;
  for (size_t a = 1; a < 3; ++a)
    if (high[a] - low[a] > high[axis] - low[axis]) axis = a;
  const size_t middle = begin + (end - begin) / 2;
  const auto where = [&](size_t i) { return nodes_.begin() + static_cast<std::ptrdiff_t>(i); };
  // Ties by number, so that the tree does not depend on how the library partitions.
  std::nth_element(where(begin), where(middle), where(end), [axis](const Node& a, const Node& b) {
    return a.at[axis] != b.at[axis] ? a.at[axis] < b.at[axis] : a.point < b.point;
  });
  nodes_[middle].axis = static_cast<uint8_t>(axis);
  split(begin, middle);
  split(middle + 1, end);
}

void NearestPoints::search(size_t begin, size_t end, const Node& from, size_t most, double& limit, std::vector<Found>& found) const {
  if (begin == end) return;
  const size_t middle = begin + (end - begin) / 2;
  const Node& node = nodes_[middle];
  if (node.point != from.point) {
    double square = 0;
    for (size_t a = 0; a < 3; ++a) square += (node.at[a] - from.at[a]) * (node.at[a] - from.at[a]);
    // Once there are enough, an equally far one does not push another out.
    if (found.size() < most ? square <= limit : square < limit) {
      if (found.size() == most) found.pop_back();
      const auto after = std::upper_bound(found.begin(), found.end(), square, [](double s, const Found& f) { return s < f.square; });
      found.insert(after, {square, node.point});
      if (found.size() == most) limit = found.back().square;
    }
  }
  if (end - begin == 1) return;
  const double apart = from.at[node.axis] - node.at[node.axis];
  const bool before = apart < 0 || (apart == 0 && from.point < node.point);
  const auto side = [&](bool first) { first ? search(begin, middle, from, most, limit, found) : search(middle + 1, end, from, most, limit, found); };
  side(before);
  if (found.size() < most ? apart * apart <= limit : apart * apart < limit) side(!before);
}

void NearestPoints::find(uint32_t point, double radius_m, size_t most, std::vector<Found>& found) const {
  found.clear();
  if (point >= place_.size() || place_[point] == kAbsent) return;
  const double half_chord = std::sin(std::min(radius_m / kEarth_m / 2, std::numbers::pi / 2));
  double limit = 4 * half_chord * half_chord;
  search(0, nodes_.size(), nodes_[place_[point]], most, limit, found);
}

}  // namespace anlan::stream
