#include "logistics/hospitals.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace anlan {
namespace {

constexpr std::string_view kTakeInjured[] = {"general", "chinese_medicine", "special", "maternity", "town_health_centre"};

std::string text_of(const json::object& fields, std::string_view id) {
  const auto* v = fields.if_contains(id);
  return v && v->is_string() ? std::string(v->get_string()) : std::string();
}

std::optional<int64_t> number_of(const json::object& fields, std::string_view id) {
  const auto* v = fields.if_contains(id);
  return v && v->is_number() ? std::optional(static_cast<int64_t>(v->to_number<double>())) : std::nullopt;
}

std::optional<Reason> lacks(const HospitalFound& h, const HospitalQuestion& asked) {
  const auto short_of = [&](std::optional<int64_t> has, int64_t needed, int64_t taken, const char* code, const char* zh, const char* en) -> std::optional<Reason> {
    if (needed <= 0) return std::nullopt;
    if (!has) return Reason{code, fmt::format("没有登记{}", zh), fmt::format("the register says nothing of its {}", en)};
    if (*has - taken >= needed) return std::nullopt;
    if (taken > 0) return Reason{code, fmt::format("{} {}，12 小时内已通知接收 {} 人", zh, *has, taken), fmt::format("{} {}, {} injured announced in the last 12 hours", *has, en, taken)};
    return Reason{code, fmt::format("{}只有 {}", zh, *has), fmt::format("only {} {}", *has, en)};
  };
  if (!h.minutes) return Reason{"no_way", "目前没有可通行的路", "no way there at present"};
  if (auto why = short_of(h.icu_beds, asked.icu_beds, 0, "icu_beds", "重症床位", "intensive-care beds")) return why;
  return short_of(h.beds, asked.beds, h.announced, "beds", "床位", "beds");
}

}  // namespace

Result<HospitalsNearest> hospitals_nearest(const Pack& pack, const HospitalQuestion& asked, const std::vector<RecordView>& hospitals,
                                           const std::map<RecordId, int64_t>& announced, const AskTimes& times) {
  const auto* type = pack.record_type("hospital");
  std::set<std::string> kinds(asked.kinds.begin(), asked.kinds.end());
  if (kinds.empty()) kinds.insert(std::begin(kTakeInjured), std::end(kTakeInjured));
  for (const auto& kind : asked.kinds) {
    bool known = false;
    for (const auto& f : type ? type->fields : std::vector<Field>())
      if (f.id == "kind")
        for (const auto& c : f.choices) known = known || c.id == kind;
    if (!known) return Error(ErrorCode::kInvalidField, {{"field", "kinds"}, {"why", "没有这种医院 / no such kind: " + kind}});
  }
  HospitalsNearest out;
  std::vector<LonLat> to;
  for (const auto& r : hospitals) {
    auto kind = text_of(r.fields, "kind");
    if (!r.position || !kinds.contains(kind)) continue;
    HospitalFound h;
    h.kind = std::move(kind);
    h.grade = text_of(r.fields, "grade");
    h.beds = number_of(r.fields, "beds");
    h.icu_beds = number_of(r.fields, "icu_beds");
    h.ambulances = number_of(r.fields, "ambulances");
    if (const auto it = announced.find(r.record); it != announced.end()) h.announced = it->second;
    h.km = km_about(pack, asked.profile, asked.at, *r.position);
    h.record = r;
    to.push_back(*r.position);
    out.items.push_back(std::move(h));
  }
  const LonLat from[] = {asked.at};
  TRY(found, times(from, to, {asked.profile, std::nullopt}));
  out.estimated = found.estimated;
  for (size_t i = 0; i < out.items.size(); ++i) {
    if (const uint32_t ms = found.at(0, i); ms < kNoWay) out.items[i].minutes = minutes_of(ms);
    out.items[i].why = lacks(out.items[i], asked);
  }
  std::sort(out.items.begin(), out.items.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.why.has_value(), a.minutes.value_or(1e9), a.km, a.record.record) < std::tuple(b.why.has_value(), b.minutes.value_or(1e9), b.km, b.record.record);
  });
  if (out.items.size() > kHospitalsListed) out.items.resize(kHospitalsListed);
  return out;
}

std::optional<HospitalContact> hospital_contact(const Directory& directory, const RecordState& hospital, UtcTime now) {
  const auto named = [&](PersonId person) -> std::optional<HospitalContact> {
    const auto* row = person ? directory.person(person) : nullptr;
    return row ? std::optional(HospitalContact{person, row->name, ""}) : std::nullopt;
  };
  const auto posts = directory.posts_for(hospital.record);
  for (const auto post : posts)
    if (auto holder = named(directory.holding(post, "", now).person); holder && !directory.phones(holder->person).empty()) return holder;
  for (const auto post : posts)
    if (const auto deputy = directory.deputy_of(post, "", now))
      if (auto holder = named(deputy->person); holder && !directory.phones(holder->person).empty()) return holder;
  HospitalContact keeper{{}, text_of(hospital.fields, "keeper"), text_of(hospital.fields, "keeper_phone")};
  if (keeper.name.empty()) keeper.name = "登记的联系电话";
  return keeper.phone.empty() ? std::nullopt : std::optional(std::move(keeper));
}

std::string hospital_message(const std::string& hospital, const std::string& text, int64_t injured, UtcTime due, const std::string& from, int utc_offset_minutes) {
  std::string out = "【" + from + "】" + hospital + "：";
  if (injured > 0) out += fmt::format("将有 {} 名伤员送达", injured);
  else out += "将有伤员送达";
  out += "，预计 " + to_iso8601(due, utc_offset_minutes).substr(11, 5) + " 到。" + text;
  return out;
}

}  // namespace anlan
