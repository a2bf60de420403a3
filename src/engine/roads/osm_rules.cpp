#include "roads/osm_rules.h"

#include <algorithm>
#include <array>

namespace anlan::roads {
namespace {

// A list "psv;emergency" names motor vehicles in general.
bool excepts_motor(std::string_view except) {
  while (!except.empty()) {
    const size_t end = std::min(except.find(';'), except.size());
    std::string_view one = except.substr(0, end);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    if (one == "motorcar" || one == "motor_vehicle" || one == "vehicle") return true;
    except.remove_prefix(std::min(end + 1, except.size()));
  }
  return false;
}

bool drivable(const Road& road, Along along) { return road.flags & (along % 2 ? kMotorBackward : kMotorForward); }

struct Directions {
  std::vector<Along> open;
  bool any = false;  // a road is there, though nobody may drive that way
};
// Directions of the roads that arrive at (or leave) a junction.
Directions directions(std::span<const RoadIndex> roads, Node junction, bool arriving, const Draft& draft) {
  Directions out;
  for (const RoadIndex r : roads)
    for (const Along x : {2 * r, 2 * r + 1}) {
      const bool at_shape_end = (x % 2 == 0) == arriving;
      if ((at_shape_end ? draft.to[r] : draft.from[r]) != junction) continue;
      out.any = true;
      if (drivable(draft.roads[r], x)) out.open.push_back(x);
    }
  return out;
}

}  // namespace

std::optional<OsmRuleTags> read_rule(const OsmRelation& relation) {
  const OsmTags& tags = relation.tags;
  const std::string_view type = tags["type"];
  if (!type.starts_with("restriction")) return std::nullopt;
  OsmRuleTags out;
  const auto drop = [&](Dropped why) {
    out.dropped = why;
    return out;
  };
  std::string_view kind;
  for (const std::string_view key :
       {"restriction", "restriction:motorcar", "restriction:motor_vehicle", "restriction:vehicle", "restriction:hgv"})
    if (kind.empty()) kind = tags[key];
  if (kind.empty()) {
    const auto has_conditional =
        std::any_of(tags.list.begin(), tags.list.end(), [](const OsmTag& t) { return t.key == "restriction:conditional"; });
    const auto for_others =
        std::any_of(tags.list.begin(), tags.list.end(), [](const OsmTag& t) { return t.key.starts_with("restriction:"); });
    return drop(has_conditional ? Dropped::kRuleConditional : for_others ? Dropped::kRuleNotMotor : Dropped::kRuleType);
  }
  constexpr std::array<std::string_view, 10> kKinds = {"no_left_turn",     "no_right_turn", "no_straight_on", "no_u_turn",
                                                       "no_entry",         "no_exit",       "only_left_turn", "only_right_turn",
                                                       "only_straight_on", "only_u_turn"};
  if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end()) return drop(Dropped::kRuleType);
  if (tags.has("day_on") || tags.has("hour_on")) return drop(Dropped::kRuleConditional);
  if (excepts_motor(tags["except"])) return drop(Dropped::kRuleExcepted);

  OsmRule& rule = out.rule;
  rule.only = kind.starts_with("only_");
  rule.excepting = tags.has("except");
  int via_nodes = 0, via_ways = 0;
  for (const OsmMember& member : relation.members) {
    if (member.role == "from" && member.kind == OsmKind::kWay) rule.from.push_back(member.id);
    if (member.role == "to" && member.kind == OsmKind::kWay) rule.to.push_back(member.id);
    if (member.role == "via" && member.kind == OsmKind::kWay) ++via_ways;
    if (member.role == "via" && member.kind == OsmKind::kNode) ++via_nodes, rule.via = member.id;
  }
  if (via_ways > 0) return drop(Dropped::kRuleViaWay);
  const bool many_from = kind == "no_entry", many_to = kind == "no_exit";
  const auto as_many = [](size_t n, bool many) { return n == 1 || (many && n > 1 && n <= 32); };
  if (via_nodes != 1 || !as_many(rule.from.size(), many_from) || !as_many(rule.to.size(), many_to)) return drop(Dropped::kRuleMembers);
  return out;
}

Dropped apply_rule(const OsmRule& rule, Node via, const std::function<std::span<const RoadIndex>(int64_t)>& roads_of, Draft& draft) {
  Dropped reason = Dropped::kRuleMembers;
  bool applied = false;
  for (const int64_t from : rule.from)
    for (const int64_t to : rule.to) {
      const auto from_roads = roads_of(from), to_roads = roads_of(to);
      if (from_roads.empty() || to_roads.empty()) continue;
      const Directions arriving = directions(from_roads, via, true, draft);
      Directions leaving = directions(to_roads, via, false, draft);
      if (!arriving.any || !leaving.any) {
        reason = Dropped::kRuleNotMeeting;
        continue;
      }
      if (arriving.open.size() > 1) {
        reason = Dropped::kRuleAmbiguous;
        continue;
      }
      // Along the same way one goes on or turns back; a way that was not cut at the junction offers both.
      if (from == to && leaving.open.size() > 1 && arriving.open.size() == 1)
        std::erase_if(leaving.open, [&](Along x) { return x != reverse(arriving.open[0]); });
      if (leaving.open.size() > 1) {
        reason = Dropped::kRuleAmbiguous;
        continue;
      }
      if (arriving.open.empty() || leaving.open.empty()) {
        reason = Dropped::kRuleMoot;
        continue;
      }
      draft.turns.push_back({arriving.open[0], leaving.open[0], rule.only});
      applied = true;
    }
  return applied ? Dropped::kNone : reason;
}

}  // namespace anlan::roads
