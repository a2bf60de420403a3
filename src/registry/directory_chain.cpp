// Deputies, superiors and duty rooms.
#include "registry/directory.h"

namespace anlan {

Holding Directory::holding(PostId post, std::string_view hazard, UtcTime now) const {
  const auto* row = this->post(post);
  if (!row || now.ms < row->valid_from || now.ms >= row->valid_until) return {post, {}};
  if (!(row->hazards & hazard_bit(hazard))) return {post, {}};
  const PersonId holder{row->holder};
  return {post, person(holder) ? holder : PersonId{}};
}

std::optional<Holding> Directory::deputy_of(PostId post, std::string_view hazard, UtcTime now) const {
  const auto* row = this->post(post);
  if (!row || !row->deputy) return std::nullopt;
  return holding({row->deputy}, hazard, now);
}

std::optional<Holding> Directory::superior_of(PostId post, std::string_view hazard, UtcTime now) const {
  std::optional<Holding> first;
  const auto* row = this->post(post);
  for (int step = 0; row && row->superior && step < kSuperiorStepsMax; ++step) {
    const PostId above{row->superior};
    if (above == post) break;  // a circle
    const auto held = holding(above, hazard, now);
    if (held.person) return held;
    if (!first) first = held;
    row = this->post(above);
  }
  return first;
}

std::optional<Holding> Directory::duty_above(PostId post, std::string_view hazard, UtcTime now, PlaceCode top) const {
  const auto* row = this->post(post);
  if (!row) return std::nullopt;
  std::optional<Holding> first;
  PlaceCode place = row->place == top ? top : row->place.parent();
  for (; !place.empty() && top.contains(place); place = place.parent()) {
    for (const auto& p : posts_at(place)) {
      const auto* k = kind(p.kind);
      if (!k || !k->duty_room || p.post == post.value) continue;
      const auto held = holding({p.post}, hazard, now);
      if (held.person) return held;
      if (!first) first = held;
    }
    if (place == top) break;
  }
  return first;
}

}  // namespace anlan
