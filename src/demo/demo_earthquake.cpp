#include "demo/demo_earthquake.h"

#include <fmt/format.h>

#include "demo/demo_places.h"
#include "demo/dice.h"
#include "earthquakes/commands.h"

namespace anlan {
namespace {

struct Share {
  const char* type;
  const char* code;
  double share;
  int storeys_min, storeys_max, year_min, year_max;
  double floor_area;
};
// Of the homes of a village, and of the seat of a county. Made up after what surveys of the loess country describe.
constexpr Share kVillage[] = {
    {"adobe", "pre", 0.12, 1, 1, 1965, 1990, 80},       {"wood", "pre", 0.06, 1, 1, 1950, 1985, 90},      {"brick_wood", "pre", 0.30, 1, 1, 1980, 2008, 100},
    {"masonry", "pre", 0.22, 1, 2, 1990, 2009, 110},    {"masonry", "low", 0.18, 1, 2, 2009, 2016, 120},   {"masonry", "moderate", 0.08, 1, 2, 2014, 2022, 130},
    {"frame", "moderate", 0.04, 1, 3, 2012, 2022, 140}};
constexpr Share kSeat[] = {
    {"brick_wood", "pre", 0.10, 1, 1, 1975, 2000, 90},  {"masonry", "pre", 0.20, 2, 5, 1980, 2002, 220},  {"masonry", "low", 0.25, 3, 6, 2000, 2012, 260},
    {"bottom_frame", "low", 0.10, 4, 6, 1995, 2012, 280}, {"frame", "moderate", 0.25, 3, 8, 2008, 2022, 350}, {"shear_wall", "moderate", 0.10, 11, 26, 2012, 2022, 520}};
constexpr double kHeads = 4.3;  // of a home in a village

bool is_seat(const PlaceTable& places, uint32_t town) {
  const auto siblings = places.children(places.parent(town));
  return !siblings.empty() && siblings.front() == town;
}

}  // namespace

std::string draw_demo_census(const PlaceTable& places, PlaceCode city, uint64_t seed) {
  Dice dice(seed);
  std::string out = "place,type,code,use,buildings,storeys_min,storeys_max,year_min,year_max,floor_area,people\n";
  const auto row = [&](PlaceCode place, const Share& s, const char* use, int buildings, double people) {
    if (buildings > 0)
      out += fmt::format("{},{},{},{},{},{},{},{},{},{:.0f},{:.0f}\n", place.text(), s.type, s.code, use, buildings, s.storeys_min, s.storeys_max, s.year_min, s.year_max, s.floor_area, people);
  };
  const auto range = places.range(city);
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (places.level(i) != PlaceLevel::kTown) continue;
    const auto code = places.code(i);
    const auto villages = std::max<size_t>(1, places.children(i).size());
    const bool seat = is_seat(places, i);
    const double homes = static_cast<double>(villages) * (seat ? 420 : 260 + 80 * dice.unit());
    for (const auto& s : seat ? std::span<const Share>(kSeat) : std::span<const Share>(kVillage)) {
      const int n = static_cast<int>(homes * s.share * (0.8 + 0.4 * dice.unit()));
      const double flats = std::max(1.0, s.floor_area * (s.storeys_min + s.storeys_max) / 2 / 110);
      row(code, s, "home", n, n * kHeads * (seat ? flats * 0.7 : 1));
    }
    const double people = homes * kHeads;
    row(code, {"frame", "high", 0, 2, 4, 2009, 2022, 600}, "school", static_cast<int>(villages / 3) + 1, people * 0.14);
    row(code, {"frame", "high", 0, 2, 5, 2010, 2022, 500}, "hospital", 1, people * 0.004);
    row(code, {"masonry", "low", 0, 1, 3, 1995, 2018, 150}, "store", static_cast<int>(homes / 40), people * 0.05);
    row(code, {"factory", "low", 0, 1, 1, 2000, 2020, 900}, "work", static_cast<int>(homes / 150) + (seat ? 10 : 0), people * 0.05);
  }
  return out;
}

Result<void> make_demo_earthquake(Node& node, uint64_t seed) {
  {
    TRY(reader, node.store().connect());
    reader->begin_read();
    const bool known = newest_exposure(*reader).has_value();
    reader->rollback();
    if (known) return {};
  }
  const auto index = node.places().get();
  const auto table = draw_demo_census(index->places(), kDemoCity, seed);
  TRY(stock, read_stock(StockKind::census, kDemoStockName, table, node.pack(), *index));
  auto loaded = stock->loaded;
  TRY(hash, node.attachments().put(table));
  loaded.file = hash;
  node.writer().submit({"node", "", "", [loaded](Reader&, UtcTime) { return load_exposure(loaded); }, {}, {}});
  const Earthquake quake{0, node.clock().now(), 102.79, 35.70, 6.2, 10, "甘肃积石山"};
  EarthquakeOrigin origin;
  origin.source = EarthquakeSource::drill;
  origin.source_name = "2023-12-18 23:59 情景演练";
  origin.strike = 155;
  origin.mechanism = FaultMechanism::reverse;
  origin.drill = true;
  node.writer().submit({"node", "", "", [quake, origin, place = node.settings().place](Reader& reader, UtcTime now) { return report_earthquake(reader, quake, origin, place, now); }, {}, {}});
  return {};
}

}  // namespace anlan
