#include "loop/earthquake_warning.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "loop/cap_exchange.h"
#include "quake/early_warning.h"
#include "registry/place_area.h"
#include "warnings/commands.h"

namespace anlan {
namespace {

bool acts(const EarthquakeRow& quake, UtcTime now) {
  return !quake.withdrawn && now - quake.quake.at <= kActedOn;
}

bool by_itself(Node& node, const EarthquakeRow& quake, UtcTime now) {
  const auto source = quake.origin.source;
  return acts(quake, now) && !quake.origin.drill && node.pack().earthquakes.policy.call_by_itself &&
         (source == EarthquakeSource::early_warning || source == EarthquakeSource::catalogue);
}

quake::WarningReport report_of(const Earthquake& quake) {
  quake::WarningReport r;
  r.origin = quake.at;
  r.epicentre = {quake.lon, quake.lat};
  r.depth_km = quake.depth_km;
  r.magnitude = quake.magnitude;
  return r;
}

}  // namespace

std::optional<WarningContent> earthquake_content(Node& node, const EarthquakeRow& quake, UtcTime now) {
  const auto& policy = node.pack().earthquakes.policy;
  const auto index = node.places().get();
  const auto towns = towns_reached(quake.quake, *index, nullptr, policy, kTownsWarnedMax);
  WarningContent c;
  int colour = -1;
  for (const auto& t : towns) {
    if (t.intensity < policy.call_intensity || !node.settings().place.contains(t.place)) continue;
    c.places.push_back(t.place);
    colour = std::max(colour, t.colour);
  }
  if (c.places.empty()) return std::nullopt;
  std::sort(c.places.begin(), c.places.end());
  c.hazard = "earthquake";
  c.level = static_cast<WarningLevel>(std::clamp(colour, 0, 3));
  c.onset = now;
  c.expires = now + kWarnedFor;
  c.area_label = places_label(index->places(), c.places);
  const auto text = fill_text(node.pack(), c, node.settings());
  const std::string mark = quake.origin.drill ? "【演练】" : "";
  c.headline = mark + text.headline;
  c.description = fmt::format("{}{}发生 {:.1f} 级地震，震源深度 {:.0f} 千米。{}", mark, quake.quake.name.empty() ? "震中" : quake.quake.name, quake.quake.magnitude,
                              quake.quake.depth_km, text.description);
  c.instruction = text.instruction;
  c.message = mark + text.message;
  return c;
}

Result<Decision> warn_of_earthquake(Node& node, Reader& reader, int64_t id, UtcTime now) {
  const auto quake = read_earthquake(reader, id);
  if (!quake || quake->warning || !acts(*quake, now)) return Decision{};
  const auto content = earthquake_content(node, *quake, now);
  if (!content) return Decision{};
  std::optional<CapOrigin> origin;  // says that it is an exercise, to whoever exports it
  if (quake->origin.drill) {
    origin.emplace();
    origin->sender = node.settings().sender;
    origin->sender_name = node.settings().name;
    origin->identifier = "drill-" + std::to_string(id);
    origin->sent = now;
    origin->exercise = true;
  }
  TRY(drafted, draft_warning(reader, node.pack(), WarningSource::alarm, *content, origin, now));
  drafted.facts.push_back(fact(EarthquakeWarned{id, WarningId{peek_id(reader, "warning")}}, earthquake_subject(id), node.settings().place));
  return drafted;
}

Result<Decision> issue_of_earthquake(Node& node, Reader& reader, int64_t id, UtcTime now) {
  const auto quake = read_earthquake(reader, id);
  if (!quake || !quake->warning || !acts(*quake, now)) return Decision{};
  const auto warning = read_warning(reader, quake->warning);
  const auto content = earthquake_content(node, *quake, now);
  if (!warning || !content) return Decision{};
  if (!by_itself(node, *quake, now)) {
    const auto& was = warning->content;
    const bool same = was.places == content->places && was.level == content->level && was.description == content->description;
    return warning->state != WarningState::draft || same ? Decision{} : edit_as_granted(reader, node.pack(), warning->id, *content, now);
  }
  const std::string why = "地震预警自动叫应 / called by itself after an earthquake";
  if (warning->state == WarningState::draft) return issue_as_granted(reader, node.pack(), warning->id, *content, why, node.settings().sender, now);
  if (warning->state != WarningState::in_force) return Decision{};
  // Wider or graver alone: whoever was called is not told a second later that he need not have been.
  auto wider = *content;
  wider.level = std::max(wider.level, warning->content.level);
  std::set<PlaceCode> all(warning->content.places.begin(), warning->content.places.end());
  const auto before = all.size();
  all.insert(wider.places.begin(), wider.places.end());
  if (all.size() == before && wider.level == warning->content.level) return Decision{};
  if (now - warning->changed_at.value_or(warning->issued_at.value_or(UtcTime{})) < kChangedEvery) return Decision{};
  wider.places.assign(all.begin(), all.end());
  wider.area_label = places_label(node.places().get()->places(), wider.places);
  wider.expires = warning->content.expires;
  return change_as_granted(reader, node.pack(), warning->id, wider, why, node.settings().sender, now);
}

Result<Decision> unwarn_of_earthquake(Reader& reader, int64_t id) {
  const auto quake = read_earthquake(reader, id);
  if (!quake || !quake->withdrawn || !quake->warning) return Decision{};
  const auto warning = read_warning(reader, quake->warning);
  if (warning && warning->state == WarningState::in_force) return cancel_warning(reader, warning->id, quake->withdrawn->reason);
  if (warning && warning->state == WarningState::draft) return discard_warning(reader, warning->id);
  // Back on the desk first; the next look discards it.
  if (warning && warning->state == WarningState::pending) return return_warning(reader, warning->id, quake->withdrawn->reason);
  return Decision{};
}

std::vector<LinkageOrder> linkages_reached(Node& node, const EarthquakeRow& quake, UtcTime now) {
  std::vector<LinkageOrder> out;
  if (!by_itself(node, quake, now) && !(quake.origin.drill && acts(quake, now))) return out;
  const auto report = report_of(quake.quake);
  for (const auto& rule : node.pack().earthquakes.linkages) {
    RecordQuery query;
    query.type = rule.record_type;
    query.place = node.settings().place;
    query.limit = RecordIndex::kLimitMax;
    if (!rule.field.empty()) query.filters.push_back({rule.field, rule.choice});
    while (out.size() < kLinkagesMax) {
      const auto page = node.records().list(query);
      if (!page) break;
      for (const auto& r : page->items) {
        if (!r.position || out.size() >= kLinkagesMax) continue;
        const auto zone = quake::zone_of_province(static_cast<int>(r.place.at_level(PlaceLevel::kProvince).digits()));
        const auto arrival = quake::arrival(report, *r.position, zone);
        if (arrival.intensity < rule.intensity || arrival.s_arrives <= now) continue;  // too late to do anything before it
        LinkageOrder o;
        o.rule = rule.id;
        o.record = r.record;
        o.name = r.name;
        o.intensity = arrival.intensity;
        o.arrives = arrival.s_arrives;
        o.due = now + seconds(rule.receipt_seconds);
        out.push_back(std::move(o));
      }
      query.offset += query.limit;
      if (page->items.size() < query.limit) break;
    }
  }
  return out;
}

std::string linkage_message(const Pack& pack, const LinkageOrder& order, const std::string& from, int utc_offset_minutes) {
  const auto& rules = pack.earthquakes.linkages;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Linkage& l) { return l.id == order.rule; });
  const auto at = to_civil(order.arrives, utc_offset_minutes);
  return fmt::format("{}【地震预警】{}：预计烈度 {:.0f} 度，{:02}:{:02}:{:02} 到达。请{}，完成后回报。{}", order.drill ? "【演练】" : "", order.name, order.intensity, at.hour, at.minute,
                     at.second, rule == rules.end() ? "立即避险" : rule->action_zh, from);
}

}  // namespace anlan
