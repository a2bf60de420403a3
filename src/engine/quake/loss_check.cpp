#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "quake/loss_plan.h"
#include "quake/losses.h"

namespace anlan::quake {
namespace {

constexpr float kLargest = 1e12f;  // of any count, area or number of people

Error wrong(std::string field, std::string_view why) { return {ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::string(why)}}}; }

template <class T>
bool within(const T& values, double low, double high) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v >= low && v <= high; });
}

const char* fault(const Range& ratio) {
  const bool none = ratio.p10 == 0 && ratio.p50 == 0 && ratio.p90 == 0;
  if (none || (ratio.p10 > 0 && ratio.p50 >= ratio.p10 && ratio.p90 >= ratio.p50 && ratio.p90 <= 1e6)) return nullptr;
  return "三个分位数应为正且不降 / the three quantiles must be positive and not fall";
}

Result<void> check_class(const LossClass& c, size_t i) {
  const auto name = [i](const char* part) { return fmt::format("classes[{}].{}", i, part); };
  constexpr const char* kShare = "应为 0 至 1 / must be 0 to 1";
  if (const auto sound = check(c.fragility); !sound) return wrong(name("fragility"), sound.error().param("why"));
  if (static_cast<size_t>(c.fragility.measure) >= kMeasures) return wrong(name("fragility.measure"), "没有这种地震动 / no such measure");
  if (!within(c.collapse, 0, 1)) return wrong(name("collapse"), kShare);
  if (!std::is_sorted(c.collapse.begin(), c.collapse.end())) return wrong(name("collapse"), "不应随烈度下降 / must not fall with intensity");
  if (!within(std::array{c.dead_given_collapse}, 0, 1)) return wrong(name("dead_given_collapse"), kShare);
  if (!within(c.loss_ratio, 0, 1)) return wrong(name("loss_ratio"), kShare);
  if (!within(std::array{c.cost_per_m2}, 0, 1e6)) return wrong(name("cost_per_m2"), "应为 0 至一百万元 / must be 0 to a million yuan");
  return {};
}

Result<void> check_field(const Field& field, size_t sites, const std::array<bool, kMeasures>& wanted) {
  for (size_t m = 0; m < kMeasures; ++m) {
    if (!wanted[m]) continue;
    const auto& s = field.of[m];
    if (s.mean.size() != sites || s.between.size() != sites || s.within.size() != sites)
      return wrong("field", "地震动场与场点数目不符 / the field does not have one value for each site");
    if (!within(s.mean, -100, 100)) return wrong("field", "地震动场中有非有限或荒谬的值 / a value of the field is not finite or absurd");
    if (!within(s.between, 0, 10) || !within(s.within, 0, 10)) return wrong("field", "标准差应为 0 至 10 / a deviation must be 0 to 10");
  }
  return {};
}

}  // namespace

Result<void> check(const LossRules& rules) {
  if (rules.classes.empty() || rules.classes.size() > UINT16_MAX)
    return wrong("classes", "应有 1 至 65535 个类别 / there must be 1 to 65,535 classes");
  for (size_t i = 0; i < rules.classes.size(); ++i) TRY_VOID(check_class(rules.classes[i], i));
  double sum = 0;
  for (const double w : rules.weight) sum += w;
  if (!within(rules.weight, 0, 1) || !(std::abs(sum - 1) < 1e-6)) return wrong("weight", "权重应非负且合计为 1 / weights must not be negative and sum to 1");
  if (!within(rules.sigma_ln, 0, 5)) return wrong("sigma_ln", "应为 0 至 5 / must be 0 to 5");
  if (!within(rules.bias_ln, -5, 5)) return wrong("bias_ln", "应为 -5 至 5 / must be -5 to 5");
  if (const char* why = fault(rules.injured_per_dead)) return wrong("injured_per_dead", why);
  if (const char* why = fault(rules.buried_per_dead)) return wrong("buried_per_dead", why);
  if (!within(rules.homeless_share, 0, 1)) return wrong("homeless_share", "应为 0 至 1 / must be 0 to 1");
  for (const auto& use : rules.occupancy)
    if (!within(use, 0, 1)) return wrong("occupancy", "应为 0 至 1 / must be 0 to 1");
  for (const auto& n : rules.needs) {
    const std::array factors{n.per_affected, n.per_homeless, n.per_dead, n.per_injured, n.per_buried, n.per_collapsed, n.cap, n.winter};
    if (!within(factors, 0, 1e9)) return wrong("needs." + n.id, "系数不能为负 / factors cannot be negative");
  }
  return {};
}

Result<void> check(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request) {
  TRY_VOID(check(rules));
  if (request.local_hour < 0 || request.local_hour > 23) return wrong("local_hour", "应为 0 至 23 / must be 0 to 23");
  if (request.month < 1 || request.month > 12) return wrong("month", "应为 1 至 12 / must be 1 to 12");
  if (request.draws > kDrawsMax) return {ErrorCode::kTooLarge, {{"what", "抽样数 / draws"}, {"limit", fmt::format("{}", kDrawsMax)}}};
  if (exposure.places > kTownshipsMax) return {ErrorCode::kTooLarge, {{"what", "乡镇数 / townships"}, {"limit", fmt::format("{}", kTownshipsMax)}}};
  if (!request.people_per_km2.empty() && (request.people_per_km2.size() != exposure.places || !within(request.people_per_km2, 0, 1e7)))
    return wrong("people_per_km2", "每个乡镇应有一个非负的值 / there must be one value, not negative, for each township");
  std::array<bool, kMeasures> wanted{};
  wanted[static_cast<size_t>(Measure::intensity)] = true;
  for (const auto& c : rules.classes) wanted[static_cast<size_t>(c.fragility.measure)] = true;
  TRY_VOID(check_field(field, exposure.sites.size(), wanted));
  if (!std::all_of(exposure.sites.at.begin(), exposure.sites.at.end(), is_valid)) return wrong("exposure.sites", "场点不在地球上 / a site is off the globe");
  if (!exposure.sites.vs30.empty() && exposure.sites.vs30.size() != exposure.sites.size())
    return wrong("exposure.sites", "各列长度不等 / columns of unequal length");
  if (exposure.assets.size() > UINT32_MAX / 2 || exposure.sites.size() > UINT32_MAX / kMeasures)
    return {ErrorCode::kTooLarge, {{"what", "承灾体 / exposure"}, {"limit", fmt::format("{}", UINT32_MAX / kMeasures)}}};
  for (size_t i = 0; i < exposure.assets.size(); ++i) {
    const auto& a = exposure.assets[i];
    const auto name = [i] { return fmt::format("exposure.assets[{}]", i); };
    if (a.site >= exposure.sites.size() || a.place >= exposure.places) return wrong(name(), "没有这个场点或乡镇 / no such site or township");
    if (static_cast<size_t>(a.code) >= kCodeLevels || static_cast<size_t>(a.use) >= kUses ||
        a.type * kCodeLevels + static_cast<size_t>(a.code) >= rules.classes.size())
      return wrong(name(), "没有这种建筑类别 / no such class of buildings");
    if (!within(std::array{a.count, a.area_m2, a.people}, 0, kLargest)) return wrong(name(), "数目不能为负或非有限 / a count is negative or not finite");
    if (i > 0 && a.site < exposure.assets[i - 1].site) return wrong(name(), "未按场点排序 / not sorted by site");
  }
  return {};
}

}  // namespace anlan::quake
