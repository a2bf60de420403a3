#include "roads/profile.h"

#include <algorithm>
#include <cmath>

namespace anlan::roads {
namespace {

bool exceeds(int size, uint32_t limit) { return size > 0 && limit > 0 && static_cast<uint32_t>(size) > limit; }

bool may_drive(const Road& road, const Profile& profile, bool backward, const RoadState* state) {
  if (!(road.flags & (backward ? kMotorBackward : kMotorForward))) return false;
  if ((road.flags & (kPrivate | kEmergencyOnly)) && !profile.emergency) return false;
  if ((road.flags & kNoTruck) && profile.truck) return false;
  if ((road.flags & kNoHazmat) && profile.hazmat) return false;
  return !exceeds(profile.height_cm, road.max_height_cm) && !exceeds(profile.width_cm, road.max_width_cm) &&
         !exceeds(profile.weight_kg, road.max_weight_kg) && !(state && exceeds(profile.weight_kg, state->max_weight_kg));
}

Weight whole_ms(double ms) {
  // The small step back keeps a division that comes out whole from being rounded up by its last bit.
  return static_cast<Weight>(std::clamp(std::ceil(ms - 1e-6), 1.0, static_cast<double>(kUnreachable - 1)));
}

inline Weight weight_of(const Graph& graph, const Profile& profile, Arc arc, int period, const RoadState* state) {
  const Road& road = graph.road(arc);
  const bool backward = graph.backward(arc);
  if (state && (backward ? state->closed_backward : state->closed_forward)) return kUnreachable;
  if (profile.on_foot) {
    if (!(road.flags & (backward ? kFootBackward : kFootForward))) return kUnreachable;
  } else if (graph.turn_banned[arc] || !may_drive(road, profile, backward, state)) {
    return kUnreachable;
  }
  double kmh = profile.speed_kmh[static_cast<size_t>(road.road_class)];
  if (kmh <= 0) return kUnreachable;
  const double ms_at_1_kmh = road.length_dm * 360.0;
  const bool capped = state && state->speed_kmh > 0;
  if (road.fixed_ms > 0 && (!profile.on_foot || road.road_class == RoadClass::kFerry))
    return whole_ms(capped ? std::max<double>(road.fixed_ms, ms_at_1_kmh / state->speed_kmh) : road.fixed_ms);

  if (road.flags & kUnpaved) kmh *= profile.unpaved_factor;
  if (road.limit_kmh > 0 && !profile.on_foot) kmh = std::min<double>(kmh, road.limit_kmh * profile.of_limit);
  if (period >= 0) kmh *= profile.periods[static_cast<size_t>(period)].factor[static_cast<size_t>(road.road_class)];
  if (capped) kmh = std::min<double>(kmh, state->speed_kmh);
  return kmh > 0 ? whole_ms(ms_at_1_kmh / kmh + profile.per_junction_s * 1000.0) : kUnreachable;
}

}  // namespace

Weight weight(const Graph& graph, const Profile& profile, Arc arc, int period, const RoadState* state) {
  return weight_of(graph, profile, arc, period, state);
}

std::vector<Weight> weights(const Graph& graph, const Profile& profile, int period) {
  std::vector<Weight> out(graph.arcs());
  for (Arc a = 0; a < graph.arcs(); ++a) out[a] = weight_of(graph, profile, a, period, nullptr);
  return out;
}

int period_at(const Profile& profile, int minute_of_day) {
  for (size_t i = 0; i < profile.periods.size(); ++i) {
    const auto& [id, from, to, factor] = profile.periods[i];
    const bool inside = from <= to ? from <= minute_of_day && minute_of_day < to : minute_of_day >= from || minute_of_day < to;
    if (inside) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace anlan::roads
