// A plan as people read it: JSON as the API shows it (docs/api.md), and a table of its trips.
#pragma once

#include "allocate/relief_plan.h"
#include "base/json.h"
#include "logistics/relief_request.h"

namespace anlan {

// Mean minutes of arrival, what stays unmet at kUnmetMinutes, with one decimal.
double mean_minutes(const ReliefOrder& order, double value);

// {name, at, value_minutes, bound_minutes, gap_percent, unmet_percent, proven, estimated, without_position, trips, demands,
// warehouses}. unmet_percent: of what is asked for, every good counting alike. km are about (km_about).
json::object plan_json(const Pack& pack, const ReliefOrder& order, const allocate::ReliefPlan& plan);

// The trips of a plan, one row for each load; the first row has the names of the columns. Times are local.
std::vector<std::vector<std::string>> plan_rows(const Pack& pack, const json::object& plan, int utc_offset_minutes);

}  // namespace anlan
