// Two recorded earthquakes, packet by packet in the order of their ends: K-NET Aomori 2018-01-24 M 6.3 (nine triggered
// stations, all on one side, 90 km and more from the epicentre) and Pleasant Hill 2019-10-15 M 4.5 (eleven stations around it).
#include <gtest/gtest.h>
#include <libmseed.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <sstream>

#include "quake/early_warning.h"

namespace anlan::quake {
namespace {

const std::filesystem::path kFolder = "../shared/data/quake/eew";

struct Trace {
  uint32_t channel = 0;
  int64_t start_us = 0;
  double rate_hz = 100;
  std::vector<int32_t> samples;
};
struct Recording {
  std::vector<Station> stations;
  std::vector<Channel> channels;
  std::vector<Trace> traces;
};
struct Truth {
  UtcTime origin;
  LonLat epicentre;
  double depth_km, magnitude;
};
const Truth kAomori{*parse_iso8601("2018-01-24T10:51:19.090Z"), {142.4323, 41.1034}, 31, 6.3};
const Truth kPleasantHill{*parse_iso8601("2019-10-15T05:33:42.810Z"), {-122.057, 37.938}, 13.97, 4.46};

// K-NET ascii: 17 lines of header with the value from column 19, then integers.
Recording read_knet(const std::filesystem::path& folder) {
  Recording r;
  std::vector<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(folder))
    if (const auto e = f.path().extension(); e == ".UD" || e == ".NS" || e == ".EW") files.push_back(f.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream in(file);
    std::map<std::string, std::string> header;
    std::string line;
    for (int i = 0; i < 17 && std::getline(in, line); ++i) header[line.substr(0, line.find("  "))] = line.size() > 18 ? line.substr(18) : "";
    const auto value = [&](const char* name) {
      for (const auto& [k, v] : header)
        if (k.starts_with(name)) return v;
      return std::string();
    };
    const std::string id = file.stem().string().substr(0, 6);
    auto station = std::ranges::find(r.stations, id, &Station::id);
    if (station == r.stations.end()) {
      r.stations.push_back({id, {std::stod(value("Station Long")), std::stod(value("Station Lat"))}});
      station = r.stations.end() - 1;
    }
    double gal = 0, counts = 1;
    std::sscanf(value("Scale Factor").c_str(), "%lf(gal)/%lf", &gal, &counts);
    std::string time = value("Record Time");
    time = time.substr(0, 4) + "-" + time.substr(5, 2) + "-" + time.substr(8, 2) + "T" + time.substr(11, 8) + "+09:00";
    Channel c{static_cast<uint32_t>(station - r.stations.begin())};
    c.direction = file.extension() == ".UD" ? Channel::Direction::vertical : file.extension() == ".NS" ? Channel::Direction::north : Channel::Direction::east;
    c.gain = counts / gal * 100;
    Trace t{static_cast<uint32_t>(r.channels.size())};
    t.start_us = (*parse_iso8601(time)).ms * 1000 - 15'000'000;  // the recorder's delay
    for (int32_t x; in >> x;) t.samples.push_back(x);
    r.channels.push_back(c);
    r.traces.push_back(std::move(t));
  }
  return r;
}

// `band` HN: accelerometers, HH: the one broadband station.
Recording read_mseed(const std::filesystem::path& folder, const std::string& band) {
  Recording r;
  std::vector<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(folder))
    if (f.path().extension() == ".mseed" && f.path().filename().string().find("." + band) != std::string::npos) files.push_back(f.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::vector<std::string> part;
    std::stringstream name(file.filename().string());
    for (std::string s; std::getline(name, s, '.');) part.push_back(s);
    const std::string id = part[0] + "." + part[1], code = part[3].substr(0, 3);
    pugi::xml_document xml;
    if (!xml.load_file((folder / (id + ".xml")).c_str())) continue;
    const auto at = xml.document_element().child("Network").child("Station");
    auto station = std::ranges::find(r.stations, id, &Station::id);
    if (station == r.stations.end()) {
      r.stations.push_back({id, {at.child("Longitude").text().as_double(), at.child("Latitude").text().as_double()}});
      station = r.stations.end() - 1;
    }
    Channel c{static_cast<uint32_t>(station - r.stations.begin())};
    c.direction = code[2] == 'Z' ? Channel::Direction::vertical : code[2] == 'N' ? Channel::Direction::north : Channel::Direction::east;
    c.unit = code[1] == 'H' ? Channel::Unit::velocity : Channel::Unit::acceleration;
    for (const auto& channel : at.children("Channel"))
      if (channel.attribute("code").value() == code) c.gain = channel.child("Response").child("InstrumentSensitivity").child("Value").text().as_double();
    MSRecord* record = nullptr;
    while (ms_readmsr(&record, file.c_str(), 0, nullptr, nullptr, 1, 1, 0) == MS_NOERROR) {
      if (record->sampletype != 'i') continue;
      Trace t{static_cast<uint32_t>(r.channels.size()), record->starttime, record->samprate, {}};
      const auto* x = static_cast<const int32_t*>(record->datasamples);
      t.samples.assign(x, x + record->numsamples);
      c.rate_hz = record->samprate;
      r.traces.push_back(std::move(t));
    }
    ms_readmsr(&record, nullptr, 0, nullptr, nullptr, 0, 0, 0);
    r.channels.push_back(c);
  }
  return r;
}

struct Sent {
  Packet packet;
  int64_t end_us;
};
// Whole seconds of each channel; the last may be shorter.
std::vector<Sent> packets(const Recording& r) {
  std::vector<Sent> all;
  for (const Trace& t : r.traces) {
    const auto second = static_cast<size_t>(t.rate_hz);
    for (size_t i = 0; i < t.samples.size(); i += second) {
      const size_t n = std::min(second, t.samples.size() - i);
      const auto at = [&](size_t k) { return t.start_us + std::llround(static_cast<double>(k) * 1e6 / t.rate_hz); };
      all.push_back({{t.channel, at(i), {t.samples.data() + i, n}}, at(i + n)});
    }
  }
  // Equal ends: the channels in their order.
  std::ranges::sort(all, {}, [](const Sent& s) { return std::pair(s.end_us, s.packet.channel); });
  return all;
}

struct Told {
  std::vector<WarningReport> reports;
  std::vector<Pick> picks;
  std::vector<EarlyWarning::Peaks> peaks;
};
Told replay(const Recording& r, const Truth& truth, const char* name, WarningPolicy policy = {}) {
  EarlyWarning engine(r.stations, r.channels, policy);
  Told told;
  told.peaks.resize(r.stations.size());
  int64_t last = 0;
  for (const Sent& s : packets(r)) {
    const auto out = engine.take(s.packet);
    EXPECT_TRUE(out.ok()) << out.error().describe();
    if (out) told.reports.insert(told.reports.end(), out->begin(), out->end());
    if (!told.reports.empty() && told.picks.size() < told.reports.back().stations) told.picks = engine.picks(told.reports.back().event);
    last = s.end_us;
    if (last < (truth.origin.ms + 60'000) * 1000)
      for (uint32_t i = 0; i < r.stations.size(); ++i) told.peaks[i] = engine.peaks(i, truth.origin).value_or(EarlyWarning::Peaks{});
    if (!told.reports.empty() && last < (truth.origin.ms + 20'000) * 1000) told.picks = engine.picks(told.reports.back().event);
  }
  for (int i = 1; i < 40; ++i)
    for (const auto& report : engine.tick({last / 1000 + i * 1000})) told.reports.push_back(report);
  std::printf("%s: %zu stations\n", name, r.stations.size());
  int64_t first = INT64_MAX;
  for (const Pick& p : told.picks) first = std::min(first, p.at_us);
  for (const WarningReport& w : told.reports)
    std::printf("  event %llu report %2u%s%s: %5.1f s after the origin, %4.1f s after the first P; %5.1f km off (sigma %5.1f), depth %4.1f, origin %+.1f s, M %.2f (%+.2f, sigma %.2f), %u stations\n",
                static_cast<unsigned long long>(w.event), w.number, w.final ? " final" : "", w.cancelled ? " cancelled" : "", (w.made - truth.origin).count / 1e3,
                (w.made.ms * 1000 - first) / 1e6, distance_m(w.epicentre, truth.epicentre) / 1000, w.location_sigma_km, w.depth_km,
                (w.origin - truth.origin).count / 1e3, w.magnitude, w.magnitude - truth.magnitude, w.magnitude_sigma, w.stations);
  for (const Pick& p : told.picks)
    std::printf("  %s: %.1f km, P %.2f s after the origin, Pd %.4f cm, tau_c %.2f s, snr %.0f, pga %.1f gal, pgv %.2f cm/s\n", r.stations[p.station].id.c_str(), distance_m(r.stations[p.station].at, truth.epicentre) / 1000,
                static_cast<double>(p.at_us) / 1e6 - truth.origin.ms / 1e3, p.pd_cm, p.tau_c_s, p.snr, told.peaks[p.station].pga * 100, told.peaks[p.station].pgv * 100);
  return told;
}

// Seconds from the first P among the picks to the first report.
double first_after_p_s(const Told& told) {
  int64_t first = INT64_MAX;
  for (const Pick& p : told.picks) first = std::min(first, p.at_us);
  return static_cast<double>(told.reports.front().made.ms * 1000 - first) / 1e6;
}
void expect_one_event(const Told& told) {
  for (size_t i = 0; i < told.reports.size(); ++i) {
    EXPECT_EQ(told.reports[i].event, 1U);
    EXPECT_EQ(told.reports[i].number, i + 1);
    EXPECT_FALSE(told.reports[i].cancelled);
    EXPECT_EQ(told.reports[i].final, i + 1 == told.reports.size());
  }
}

TEST(EarlyWarningReplay, Aomori) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no ../shared/data/quake/eew";
  const Recording r = read_knet(kFolder / "knet_aomori_m6.3_us2000cnnl");
  ASSERT_EQ(r.stations.size(), 9U);
  const auto told = replay(r, kAomori, "Aomori M 6.3");
  ASSERT_GE(told.reports.size(), 4U);
  expect_one_event(told);
  EXPECT_LT(first_after_p_s(told), 3);
  EXPECT_EQ(told.picks.size(), 9U);
  for (const WarningReport& w : told.reports) {
    EXPECT_LT(distance_m(w.epicentre, kAomori.epicentre) / 1000, 35);
    EXPECT_LT(std::abs(w.magnitude - kAomori.magnitude), 0.8);
  }
  // With more than six of the stations, all on one side.
  EXPECT_LT(distance_m(told.reports.back().epicentre, kAomori.epicentre) / 1000, 12);
  EXPECT_LT(std::abs(told.reports.back().magnitude - kAomori.magnitude), 0.65);
  EXPECT_LT(std::abs((told.reports.back().origin - kAomori.origin).count), 1500);
}

TEST(EarlyWarningReplay, PleasantHill) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no ../shared/data/quake/eew";
  const Recording r = read_mseed(kFolder / "pleasanthill_m4.5_nc73291880", "HN");
  ASSERT_EQ(r.stations.size(), 11U);
  const auto told = replay(r, kPleasantHill, "Pleasant Hill M 4.5");
  ASSERT_GE(told.reports.size(), 2U);
  expect_one_event(told);
  EXPECT_LT(first_after_p_s(told), 2.5);
  EXPECT_EQ(told.picks.size(), 11U);
  for (const WarningReport& w : told.reports) {
    EXPECT_LT(distance_m(w.epicentre, kPleasantHill.epicentre) / 1000, 4);
    EXPECT_LT(std::abs(w.magnitude - kPleasantHill.magnitude), 0.6);
  }
  EXPECT_LT(std::abs(told.reports.back().magnitude - kPleasantHill.magnitude), 0.4);
}

// The maximum that each K-NET header states for its component, mean taken off.
TEST(EarlyWarningReplay, PeaksEqualTheHeaders) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no ../shared/data/quake/eew";
  const auto folder = kFolder / "knet_aomori_m6.3_us2000cnnl";
  const Recording r = read_knet(folder);
  EarlyWarning engine(r.stations, r.channels, {});
  for (const Sent& s : packets(r)) ASSERT_TRUE(engine.take(s.packet));
  for (uint32_t i = 0; i < r.stations.size(); ++i) {
    double stated = 0;
    for (const auto& f : std::filesystem::directory_iterator(folder)) {
      if (!f.path().filename().string().starts_with(r.stations[i].id)) continue;
      std::ifstream in(f.path());
      for (std::string line; std::getline(in, line);)
        if (line.starts_with("Max. Acc.")) stated = std::max(stated, std::stod(line.substr(18)));
    }
    const auto peaks = engine.peaks(i, kAomori.origin);
    ASSERT_TRUE(peaks);
    EXPECT_NEAR(peaks->pga * 100, stated, 0.02 * stated + 0.05) << r.stations[i].id;
  }
}

// A broadband and an accelerometer in one vault see the same P: velocity and acceleration are read alike.
// (With S the broadband clips.)
TEST(EarlyWarningReplay, BroadbandAndAccelerometerAgree) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no ../shared/data/quake/eew";
  const auto folder = kFolder / "pleasanthill_m4.5_nc73291880";
  Recording r = read_mseed(folder, "HN");
  const Recording broad = read_mseed(folder, "HH");
  ASSERT_EQ(broad.stations.size(), 1U);
  const auto twin = static_cast<uint32_t>(r.stations.size());
  const auto vault = static_cast<uint32_t>(std::ranges::find(r.stations, broad.stations[0].id, &Station::id) - r.stations.begin());
  r.stations.push_back(broad.stations[0]);
  for (Trace t : broad.traces) t.channel += static_cast<uint32_t>(r.channels.size()), r.traces.push_back(std::move(t));
  for (Channel c : broad.channels) c.station = twin, r.channels.push_back(c);
  const auto told = replay(r, kPleasantHill, "Pleasant Hill with broadband");
  std::optional<Pick> a, b;
  for (const Pick& p : told.picks) {
    if (p.station == vault) a = p;
    if (p.station == twin) b = p;
  }
  ASSERT_TRUE(a && b);
  EXPECT_LT(std::abs(a->at_us - b->at_us), 60'000);
  EXPECT_NEAR(a->pd_cm, b->pd_cm, 0.05 * a->pd_cm);
  EXPECT_NEAR(a->tau_c_s, b->tau_c_s, 0.05 * a->tau_c_s);
}

}  // namespace
}  // namespace anlan::quake
