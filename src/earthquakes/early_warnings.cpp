#include "earthquakes/early_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "earthquakes/commands.h"
#include "earthquakes/estimate.h"
#include "quake/instrumental.h"

namespace anlan {
namespace {

constexpr std::string_view kStationType = "seismic_station";
constexpr size_t kStationsMax = 20'000;
constexpr Millis kShown = minutes(10);
constexpr double kFelt = 3.0;

std::string text_of(const json::object& fields, std::string_view field) {
  const auto* v = fields.if_contains(field);
  return v && v->is_string() ? std::string(v->get_string()) : std::string();
}
double number_of(const json::object& fields, std::string_view field) {
  const auto* v = fields.if_contains(field);
  return v && v->is_number() ? v->to_number<double>() : 0;
}

quake::WarningPolicy engine_policy(const EarthquakePolicy& p) {
  quake::WarningPolicy out;
  out.stations_min = static_cast<unsigned>(p.stations_min);
  out.magnitude_min = p.magnitude_min;
  return out;
}

}  // namespace

EarlyWarnings::EarlyWarnings(const Pack& pack, RecordIndex& records, const Places& places, Attachments& attachments, PlaceCode place, Clock& clock, std::function<void(Command)> submit)
    : pack_(pack), records_(records), places_(places), attachments_(attachments), place_(place), clock_(clock), submit_(std::move(submit)) {}

void EarlyWarnings::load(Reader&) {
  std::scoped_lock guard(mutex_);
  read_stations();
}

void EarlyWarnings::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    const auto* imported = f.as<RecordsImported>();
    const auto changed = [&](RecordId id) {
      const auto record = records_.find(id);
      if (record) return record->type == kStationType;
      std::scoped_lock guard(mutex_);
      return std::any_of(stations_.begin(), stations_.end(), [&](const StationView& s) { return s.record == id; });
    };
    const auto *added = f.as<RecordAdded>();
    const auto *change = f.as<RecordChanged>();
    const auto *removed = f.as<RecordRemoved>();
    const auto *restored = f.as<RecordRestored>();
    if ((imported && imported->type == kStationType) || (added && changed(added->record)) || (change && changed(change->record)) || (removed && changed(removed->record)) ||
        (restored && changed(restored->record))) {
      std::scoped_lock guard(mutex_);
      stations_changed_ = true;
    }
  }
}

void EarlyWarnings::read_stations() {
  stations_changed_ = false;
  std::vector<quake::Station> stations;
  std::vector<quake::Channel> channels;
  std::vector<StationView> views;
  std::map<std::string, uint32_t, std::less<>> names;
  std::vector<uint32_t> vertical;
  std::vector<double> rates;
  RecordQuery query;
  query.type = kStationType;
  query.limit = RecordIndex::kLimitMax;
  for (; stations.size() < kStationsMax; query.offset += query.limit) {
    const auto page = records_.list(query);
    if (!page) break;
    for (const auto& r : page->items) {
      const double gain = number_of(r.fields, "counts_per_unit"), rate = number_of(r.fields, "rate_hz");
      if (!r.position || !(gain > 0) || !(rate > 0)) continue;
      const auto number = static_cast<uint32_t>(stations.size());
      const auto network = text_of(r.fields, "network"), station = text_of(r.fields, "station"), location = text_of(r.fields, "location");
      const auto id = network + "." + station;
      stations.push_back({id, *r.position});
      views.push_back({r.record, id, *r.position, {}});
      vertical.push_back(UINT32_MAX);
      for (const auto& [field, direction] : {std::pair("vertical", quake::Channel::Direction::vertical), std::pair("north", quake::Channel::Direction::north),
                                             std::pair("east", quake::Channel::Direction::east)}) {
        const auto code = text_of(r.fields, field);
        if (code.empty()) continue;
        if (direction == quake::Channel::Direction::vertical) vertical.back() = static_cast<uint32_t>(channels.size());
        names.emplace(fmt::format("{}.{}.{}.{}", network, station, location, code), static_cast<uint32_t>(channels.size()));
        quake::Channel c;
        c.station = number;
        c.direction = direction;
        c.unit = text_of(r.fields, "measures") == "velocity" ? quake::Channel::Unit::velocity : quake::Channel::Unit::acceleration;
        c.gain = gain;
        c.rate_hz = rate;
        c.clip = number_of(r.fields, "clip_counts");
        channels.push_back(c);
        rates.push_back(rate);
      }
    }
    if (page->items.size() < query.limit) break;
  }
  stations_ = std::move(views);
  channels_ = std::move(names);
  vertical_ = std::move(vertical);
  rates_ = std::move(rates);
  life_ = std::max(life_ + 1, clock_.now().ms);
  countdowns_.clear();
  engine_ = stations.empty() ? nullptr : std::make_unique<quake::EarlyWarning>(std::move(stations), std::move(channels), engine_policy(policy()));
}

Result<void> EarlyWarnings::take(const WavePacket& packet) {
  std::vector<Countdown> told;
  std::function<void(const Countdown&)> reported;
  {
    std::scoped_lock guard(mutex_);
    if (stations_changed_) read_stations();
    const auto name = fmt::format("{}.{}.{}.{}", packet.network, packet.station, packet.location, packet.channel);
    const auto channel = channels_.find(name);
    if (channel == channels_.end() || !engine_) return Error(ErrorCode::kNotFound, {{"what", "台站通道 / channel " + name}});
    if (std::abs(rates_[channel->second] - packet.rate_hz) > 0.001 * rates_[channel->second])
      return Error(ErrorCode::kInvalidField, {{"field", "rate_hz"}, {"why", fmt::format("{} 的采样率与登记的不同 / the rate of {} is not the registered one", name, name)}});
    TRY(reports, engine_->take({channel->second, packet.start_us, packet.samples}));
    for (const auto& r : reports) {
      told.push_back(note(r));
    }
    if (!reports.empty()) took(reports);
    reported = reported_;
  }
  if (reported)
    for (const auto& c : told) reported(c);
  return {};
}

// Under mutex_.
Countdown EarlyWarnings::note(const quake::WarningReport& report) {
  auto& c = countdowns_[report.event];
  if (c.report.number == 0) c.first_made = report.made;
  c.report = report;
  c.drill = policy().drill;
  c.picks = engine_->picks(report.event);
  return c;
}

// Under mutex_.
void EarlyWarnings::took(const std::vector<quake::WarningReport>& reports) {
  for (const auto& r : reports) {
    Earthquake quake;
    quake.at = r.origin;
    quake.lon = r.epicentre.lon;
    quake.lat = r.epicentre.lat;
    quake.depth_km = std::clamp(r.depth_km, 0.0, 800.0);
    quake.magnitude = std::round(std::clamp(r.magnitude, 0.0, 10.0) * 10) / 10;
    const auto index = places_.get();
    if (const auto county = index->county_at(r.epicentre); !county.empty()) quake.name = index->places().short_name(county);
    EarthquakeOrigin origin;
    origin.source = EarthquakeSource::early_warning;
    origin.source_name = "early_warning";
    origin.source_id = fmt::format("{}-{}", life_, r.event);  // the engine counts from one whenever it is made
    if (const auto known = countdowns_.find(r.event); known != countdowns_.end() && !known->second.source_id.empty()) origin.source_id = known->second.source_id;
    countdowns_[r.event].source_id = origin.source_id;
    origin.magnitude_sigma = r.magnitude_sigma;
    origin.stations = r.stations;
    origin.last = r.final;
    origin.drill = policy().drill;
    const auto event = r.event;
    const auto life = life_;
    submit_({"node", "", "", [quake, origin, cancelled = r.cancelled, place = place_](Reader& reader, UtcTime now) -> Result<Decision> {
               if (!cancelled) return take_report(reader, quake, origin, place, now);
               return withdraw_report(reader, origin.source_name, origin.source_id, "台网取消：后续台站没有记录到这次地震 / cancelled by the stations", place);
             },
             [this, event, life](const Result<Answer>& answer) {
               if (!answer) return;
               const auto said = parse_json(answer->response);
               const auto* id = said && said->is_object() ? said->get_object().if_contains("earthquake") : nullptr;
               std::scoped_lock guard(mutex_);
               if (const auto found = countdowns_.find(event); id && id->is_int64() && life == life_ && found != countdowns_.end()) found->second.earthquake = id->get_int64();
             }, {}});
  }
}

void EarlyWarnings::tick(UtcTime now) {
  std::vector<Countdown> told;
  std::function<void(const Countdown&)> reported;
  {
    std::scoped_lock guard(mutex_);
    if (stations_changed_) read_stations();
    if (!engine_) return;
    const auto reports = engine_->tick(now);
    for (const auto& r : reports) {
      told.push_back(note(r));
    }
    if (!reports.empty()) took(reports);
    for (auto& [event, countdown] : countdowns_) measure(countdown, now);
    std::erase_if(countdowns_, [&](const auto& c) { return now - c.second.report.origin > kShown; });
    reported = reported_;
  }
  if (reported)
    for (const auto& c : told) reported(c);
}

// Under mutex_. O(stations) three times for an earthquake.
void EarlyWarnings::measure(Countdown& c, UtcTime now) {
  if (!c.earthquake || c.report.cancelled || c.measured >= kMeasuredAfter.size() || now - c.report.origin < kMeasuredAfter[c.measured]) return;
  std::vector<MeasuredStation> measured;
  for (uint32_t i = 0; i < stations_.size(); ++i) {
    const auto peaks = engine_->peaks(i, c.report.origin);
    if (!peaks || peaks->pga < kMeasuredPga) continue;
    measured.push_back({stations_[i].name, stations_[i].at, peaks->pga, peaks->pgv, quake::published_intensity(peaks->pga, peaks->pgv)});
  }
  if (measured.empty()) {
    ++c.measured;
    return;
  }
  StationsMeasured fact_of;
  fact_of.earthquake = c.earthquake;
  fact_of.source = "early_warning";
  fact_of.stations = static_cast<int64_t>(measured.size());
  const auto file = attachments_.put(json::serialize(stations_json(measured)));
  if (!file) return;  // a full disk: the next tick tries again
  ++c.measured;
  fact_of.file = *file;
  submit_({"node", "", "", [fact_of = std::move(fact_of), place = place_](Reader& reader, UtcTime) { return record_stations(reader, fact_of, place); }, {}, {}});
}

std::vector<Countdown> EarlyWarnings::countdowns() const {
  std::scoped_lock guard(mutex_);
  std::vector<Countdown> out;
  for (auto it = countdowns_.rbegin(); it != countdowns_.rend(); ++it) out.push_back(it->second);
  return out;
}

std::vector<StationView> EarlyWarnings::stations() const {
  std::scoped_lock guard(mutex_);
  auto out = stations_;
  for (size_t i = 0; i < out.size(); ++i)
    if (engine_ && vertical_[i] != UINT32_MAX) out[i].state = engine_->state(vertical_[i]);
  return out;
}

void EarlyWarnings::when_reported(std::function<void(const Countdown&)> then) {
  std::scoped_lock guard(mutex_);
  reported_ = std::move(then);
}

int colour_of(const EarthquakePolicy& policy, double intensity) {
  int colour = -1;
  for (const double line : policy.colours) colour += intensity >= line;
  return colour;
}

std::vector<TownCountdown> towns_reached(const Earthquake& quake, const PlaceIndex& places, const Stock* stock, const EarthquakePolicy& policy, size_t most) {
  std::vector<TownCountdown> out;
  const auto& table = places.places();
  quake::WarningReport report;
  report.origin = quake.at;
  report.epicentre = {quake.lon, quake.lat};
  report.depth_km = quake.depth_km;
  report.magnitude = quake.magnitude;
  std::map<PlaceCode, double> people;
  if (stock)
    for (size_t i = 0; i < stock->places.size(); ++i) people[stock->places[i]] = stock->people[i];
  for (uint32_t i = 0; i < table.size(); ++i) {
    if (table.level(i) != PlaceLevel::kTown) continue;
    const auto at = table.position(i);
    if (!at) continue;
    const auto code = table.code(i);
    const auto zone = quake::zone_of_province(static_cast<int>(code.at_level(PlaceLevel::kProvince).digits()));
    const auto arrival = quake::arrival(report, *at, zone);
    if (arrival.intensity < kFelt) continue;
    const auto known = people.find(code);
    out.push_back({code, table.short_name(code), *at, arrival.intensity, std::max(0, colour_of(policy, arrival.intensity)), arrival.s_arrives, arrival.p_arrives,
                   known == people.end() ? 0 : known->second});
  }
  std::sort(out.begin(), out.end(), [](const TownCountdown& a, const TownCountdown& b) { return a.intensity != b.intensity ? a.intensity > b.intensity : a.place < b.place; });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace anlan
