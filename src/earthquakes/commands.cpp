#include "earthquakes/commands.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/lonlat.h"
#include "earthquakes/queries.h"

namespace anlan {
namespace {

constexpr Millis kOldest = hours(24 * 30);
constexpr int64_t kNearbyMax = 1'000;

Error bad(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }
Error none(const char* what) { return Error(ErrorCode::kNotFound, {{"what", what}}); }
Error conflict(const char* why) { return Error(ErrorCode::kConflict, {{"why", why}}); }

Result<void> check(const Earthquake& q, const EarthquakeOrigin& o, UtcTime now) {
  if (!is_valid(LonLat{q.lon, q.lat})) return bad("lon", "经纬度超出范围 / not on the globe");
  if (!(q.magnitude >= 0 && q.magnitude <= 10)) return bad("magnitude", "震级应在 0 至 10 之间 / 0 to 10");
  if (!(q.depth_km >= 0 && q.depth_km <= 800)) return bad("depth_km", "震源深度应在 0 至 800 千米之间 / 0 to 800 km");
  if (!(o.magnitude_sigma >= 0 && o.magnitude_sigma <= 5)) return bad("magnitude_sigma", "震级误差应在 0 至 5 之间 / 0 to 5");
  if (o.strike && !(*o.strike >= 0 && *o.strike <= 360)) return bad("strike", "走向应在 0 至 360 度之间 / 0 to 360 degrees");
  if (q.at > now + minutes(5)) return bad("at", "发震时刻在将来 / lies ahead");
  if (q.at < now - kOldest) return bad("at", "早于 30 天 / older than 30 days");
  if (q.name.size() > 200) return bad("name", "过长 / too long");
  return {};
}

bool same(const Earthquake& a, const Earthquake& b, double magnitude, double metres) {
  return std::abs((a.at - b.at).count) <= 60'000 && std::abs(a.magnitude - b.magnitude) <= magnitude &&
         distance_m({a.lon, a.lat}, {b.lon, b.lat}) <= metres;
}

bool says_the_same(const EarthquakeVersion& v, const Earthquake& q, const EarthquakeOrigin& o) {
  return v.quake.at == q.at && v.quake.lon == q.lon && v.quake.lat == q.lat && v.quake.magnitude == q.magnitude && v.quake.depth_km == q.depth_km &&
         v.origin.magnitude_sigma == o.magnitude_sigma && v.origin.strike == o.strike && v.origin.mechanism == o.mechanism && v.origin.last == o.last &&
         v.origin.source_name == o.source_name;
}

std::string answer(const char* name, int64_t value) { return std::string("{\"") + name + "\":" + std::to_string(value) + "}"; }

}  // namespace

Result<Decision> report_earthquake(Reader& reader, Earthquake quake, EarthquakeOrigin origin, PlaceCode place, UtcTime now) {
  TRY_VOID(check(quake, origin, now));
  for (const auto& known : list_earthquakes(reader, quake.at - minutes(1), kNearbyMax, true))
    if (!known.withdrawn && known.origin.drill == origin.drill && same(known.quake, quake, 0.3, 50'000))
      return conflict("这次地震已经录入 / this earthquake is already known");
  quake.id = peek_id(reader, "earthquake");
  const auto id = quake.id;
  EarthquakeLocated located{quake.name, 1, quake, std::move(origin)};
  return Decision{{fact(EarthquakeReported{std::move(quake)}, earthquake_subject(id), place), fact(std::move(located), earthquake_subject(id), place)},
                  answer("earthquake", id)};
}

Result<Decision> take_report(Reader& reader, Earthquake quake, EarthquakeOrigin origin, PlaceCode place, UtcTime now) {
  TRY_VOID(check(quake, origin, now));
  quake.id = origin.source_id.empty() ? 0 : earthquake_of_source(reader, origin.source_name, origin.source_id);
  if (!quake.id)
    for (const auto& known : list_earthquakes(reader, quake.at - minutes(1), kNearbyMax, true))
      // Two sources differ by more than one does from itself.
      if (!known.withdrawn && known.origin.drill == origin.drill && same(known.quake, quake, 1.0, 100'000)) {
        quake.id = known.quake.id;
        break;
      }
  if (!quake.id) return report_earthquake(reader, std::move(quake), std::move(origin), place, now);
  const auto versions = earthquake_versions(reader, quake.id);
  const auto known = read_earthquake(reader, quake.id);
  if (!known || known->withdrawn) return Decision{};
  const auto last = std::find_if(versions.rbegin(), versions.rend(), [&](const EarthquakeVersion& v) { return v.origin.source_name == origin.source_name; });
  if (last != versions.rend() && says_the_same(*last, quake, origin)) return Decision{{}, answer("earthquake", quake.id)};
  // What an officer has entered after the stations' first word is not overwritten by the stations; a catalogue knows better
  // than both.
  if (!versions.empty() && versions.back().origin.source == EarthquakeSource::officer && origin.source == EarthquakeSource::early_warning)
    return Decision{{}, answer("earthquake", quake.id)};
  if (!versions.empty() && versions.back().origin.source == EarthquakeSource::catalogue && origin.source == EarthquakeSource::early_warning)
    return Decision{{}, answer("earthquake", quake.id)};
  if (quake.name.empty()) quake.name = known->quake.name;
  const auto id = quake.id;
  TRY(revised, revise_earthquake(reader, std::move(quake), std::move(origin), place, now));
  revised.response = answer("earthquake", id);
  return revised;
}

Result<Decision> revise_earthquake(Reader& reader, Earthquake quake, EarthquakeOrigin origin, PlaceCode place, UtcTime now) {
  TRY_VOID(check(quake, origin, now));
  const auto known = read_earthquake(reader, quake.id);
  if (!known) return none("这次地震 / earthquake");
  if (known->withdrawn) return conflict("这次地震已撤销 / this earthquake was withdrawn");
  if (known->version >= kVersionsMax) return conflict("修订次数已达上限 / too many versions");
  origin.drill = known->origin.drill;
  const auto version = known->version + 1;
  const auto subject = earthquake_subject(quake.id);
  auto name = quake.name;
  return Decision{{fact(EarthquakeLocated{std::move(name), version, std::move(quake), std::move(origin)}, subject, place)}, answer("version", version)};
}

Result<Decision> withdraw_earthquake(Reader& reader, int64_t id, const std::string& reason, PlaceCode place) {
  const auto known = read_earthquake(reader, id);
  if (!known) return none("这次地震 / earthquake");
  if (known->withdrawn) return Decision{};
  if (reason.empty() || reason.size() > 500) return bad("reason", "请写明原因（500 字节以内） / say why, in at most 500 bytes");
  return Decision{{fact(EarthquakeWithdrawn{id, known->quake.name, reason}, earthquake_subject(id), place)}, "{}"};
}

Result<Decision> withdraw_report(Reader& reader, const std::string& source_name, const std::string& source_id, const std::string& reason, PlaceCode place) {
  const auto id = earthquake_of_source(reader, source_name, source_id);
  const auto known = id ? read_earthquake(reader, id) : std::nullopt;
  if (!known || known->origin.source_name != source_name || known->origin.source_id != source_id) return Decision{};
  return withdraw_earthquake(reader, id, reason, place);
}

Result<Decision> record_losses(Reader& reader, LossesEstimated losses, PlaceCode place) {
  const auto known = read_earthquake(reader, losses.earthquake);
  if (!known || known->withdrawn) return Decision{};
  losses.name = known->quake.name;
  losses.number = known->losses ? known->losses->number + 1 : 1;
  const auto number = losses.number;
  const auto subject = earthquake_subject(losses.earthquake);
  return Decision{{fact(std::move(losses), subject, place)}, answer("number", number)};
}

Result<Decision> survey_earthquake(Reader& reader, Survey survey, PlaceCode place, UtcTime) {
  const auto known = read_earthquake(reader, survey.earthquake);
  if (!known) return none("这次地震 / earthquake");
  if (known->withdrawn) return conflict("这次地震已撤销 / this earthquake was withdrawn");
  if (!is_valid(LonLat{survey.lon, survey.lat})) return bad("lon", "经纬度超出范围 / not on the globe");
  if (survey.intensity && !(*survey.intensity >= 1 && *survey.intensity <= 12)) return bad("intensity", "烈度应在 1 至 12 之间 / 1 to 12");
  for (const auto& [name, value] : {std::pair("houses_collapsed", survey.houses_collapsed), std::pair("houses_severe", survey.houses_severe),
                                    std::pair("dead", survey.dead), std::pair("injured", survey.injured)})
    if (value < 0 || value > 10'000'000) return bad(name, "应在 0 至 1000 万之间 / 0 to 10 million");
  if (survey.note.size() > 2'000) return bad("note", "过长 / too long");
  if (!survey.intensity && survey.houses_collapsed + survey.houses_severe + survey.dead + survey.injured == 0 && survey.note.empty())
    return bad("intensity", "请至少填写一项 / fill in at least one");
  int64_t count = 0;
  reader.query("SELECT COUNT(*) FROM surveys WHERE earthquake = ?", {survey.earthquake}, [&](const Row& row) { count = row.integer(0); });
  if (count >= kSurveysMax) return conflict("调查点已达上限 / too many survey points");
  survey.id = peek_id(reader, "survey");
  const auto id = survey.id;
  const auto subject = earthquake_subject(survey.earthquake);
  return Decision{{fact(EarthquakeSurveyed{std::move(survey)}, subject, place)}, answer("survey", id)};
}

Result<Decision> withdraw_survey(Reader& reader, int64_t id) {
  const auto known = read_survey(reader, id);
  if (!known) return none("这个调查点 / survey point");
  if (known->withdrawn) return Decision{};
  return Decision{{fact(SurveyWithdrawn{id, known->survey.earthquake}, earthquake_subject(known->survey.earthquake), known->place)}, "{}"};
}

Result<Decision> record_stations(Reader& reader, StationsMeasured measured, PlaceCode place) {
  const auto known = read_earthquake(reader, measured.earthquake);
  if (!known) return none("这次地震 / earthquake");
  if (known->withdrawn) return conflict("这次地震已撤销 / this earthquake was withdrawn");
  measured.name = known->quake.name;
  const std::string response = "{\"stations\":" + std::to_string(measured.stations) + ",\"left_out\":" + std::to_string(measured.left_out) + "}";
  const auto subject = earthquake_subject(measured.earthquake);
  return Decision{{fact(std::move(measured), subject, place)}, response};
}

Result<Decision> load_exposure(ExposureLoaded exposure) {
  const auto buildings = exposure.buildings;
  return Decision{{fact(std::move(exposure), "exposure")}, answer("buildings", buildings)};
}

Result<Decision> order_linkages(Reader& reader, int64_t earthquake, std::vector<LinkageOrder> orders, PlaceCode place) {
  const auto known = read_earthquake(reader, earthquake);
  if (!known || known->withdrawn) return Decision{};
  std::set<std::pair<std::string, RecordId>> given;
  for (const auto& l : linkages_of(reader, earthquake)) given.emplace(l.order.rule, l.order.record);
  LinkagesOrdered ordered{earthquake, known->quake.name, 0, {}};
  auto id = peek_id(reader, "linkage");
  for (auto& o : orders) {
    if (given.size() >= kLinkagesMax || !given.emplace(o.rule, o.record).second) continue;
    o.id = id++;
    o.earthquake = earthquake;
    o.drill = known->origin.drill;
    ordered.orders.push_back(std::move(o));
  }
  ordered.count = static_cast<int64_t>(ordered.orders.size());
  if (ordered.orders.empty()) return Decision{{}, answer("ordered", 0)};
  const auto count = ordered.count;
  return Decision{{fact(std::move(ordered), earthquake_subject(earthquake), place)}, answer("ordered", count)};
}

Result<Decision> answer_linkage(Reader& reader, int64_t order, bool done, const std::string& note) {
  const auto known = read_linkage(reader, order);
  if (!known) return none("这条联动指令 / order");
  if (note.size() > 500) return bad("note", "过长 / too long");
  if (known->state == LinkageState::done && done) return Decision{};
  return Decision{{fact(LinkageAnswered{order, known->order.earthquake, known->order.name, done, note}, earthquake_subject(known->order.earthquake), known->place)}, "{}"};
}

}  // namespace anlan
