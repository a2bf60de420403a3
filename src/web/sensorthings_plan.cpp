#include <algorithm>

#include "web/sensorthings_read.h"

namespace anlan {

bool StaPlan::shows(std::string_view name) const {
  return query->select.empty() || std::find(query->select.begin(), query->select.end(), name) != query->select.end();
}

std::optional<bool> StaPlan::newest_first() const {
  if (order.empty()) return true;
  const auto& first = order.front();
  // A link has one reading at one time: further orders change nothing.
  if (first.field.kind == StaKind::observation && (first.field.prop == StaProp::phenomenon_time || first.field.prop == StaProp::result_time)) return first.descending;
  return std::nullopt;
}

Result<StaPlan> plan_sta(StaKind kind, const ODataQuery& query, int depth) {
  StaPlan plan{kind, &query, {}, {}, {}, {}};
  const auto& spec = sta_spec(kind);
  if (query.filter)
    for (const auto& path : query.filter->paths()) {
      TRY(field, sta_field(kind, path));
      plan.is_time.push_back(field.kind == StaKind::observation && (field.prop == StaProp::phenomenon_time || field.prop == StaProp::result_time));
      plan.filter.push_back(std::move(field));
    }
  for (const auto& o : query.order) {
    TRY(field, sta_field(kind, o.path));
    plan.order.push_back({std::move(field), o.descending});
  }
  for (const auto& name : query.select)
    if (!spec.property(name) && !spec.nav(name)) return odata_error("$select 中没有这个属性", "$select: there is no such property", name);
  for (const auto& e : query.expand) {
    const auto* nav = spec.nav(e.name);
    if (!nav) return odata_error("$expand 中没有这个关联", "$expand: there is no such relation", e.name);
    // One walk over all links is enough for a request.
    if (is_of_type(kind) && depth > 0) return odata_error("传感器的数据流只能从 /Sensors 或 /ObservedProperties 展开", "the Datastreams of a Sensor can only be expanded from /Sensors or /ObservedProperties", e.name);
    if (!nav->many && (e.query.filter || !e.query.order.empty() || e.query.top || e.query.skip || e.query.count))
      return odata_error("单个实体只能用 $select 和 $expand", "a single entity takes $select and $expand alone", e.name);
    TRY(nested, plan_sta(nav->to, e.query, depth + 1));
    plan.expand.push_back({nav, std::move(nested)});
  }
  return plan;
}

}  // namespace anlan
