// One earthquake worked out: shaking on a grid and at every cell of buildings, corrected by what stations and people on the
// spot said, and the losses of every town.
#pragma once

#include <functional>
#include <memory>

#include "earthquakes/models.h"
#include "earthquakes/queries.h"
#include "earthquakes/stock.h"
#include "quake/intensity_map.h"

namespace anlan {

inline constexpr size_t kMapCellsMax = 160'000;
inline constexpr double kMapIntensity = 5.0;   // the map reaches as far as this is expected

struct MeasuredStation {
  std::string name;
  LonLat at;
  double pga = 0, pgv = 0, intensity = 0;      // m/s2, m/s, degrees; 0: not measured
};
// What stations measured, as the attachment of StationsMeasured holds it.
json::value stations_json(const std::vector<MeasuredStation>& stations);
Result<std::vector<MeasuredStation>> stations_from_json(std::string_view text);
// A stationlist.xml of ShakeMap, or CSV: name, lon, lat, pga_gal, pgv_cms, intensity. Refused rows are counted.
struct StationsRead {
  std::vector<MeasuredStation> stations;
  size_t left_out = 0;
};
Result<StationsRead> read_stations(std::string_view bytes);

// What an estimate starts from.
struct EstimateBasis {
  Earthquake quake;
  EarthquakeOrigin origin;
  int64_t version = 0;
  std::vector<MeasuredStation> stations;
  std::vector<SurveyRow> surveys;              // none withdrawn
  quake::Relations relations = quake::Relations::automatic;
  int utc_offset_minutes = 480;
  std::optional<int> local_hour, month;        // instead of the clock's
  std::optional<double> dip;                   // with a strike: a fault plane of the size of the magnitude
};

struct Shaking {
  EstimateBasis basis;
  quake::Grid grid;                            // around the epicentre
  quake::Conditioned map;                      // on the grid
  quake::Field at_cells;                       // of the stock; empty without one
  size_t observations = 0, left_out = 0;
};

struct Estimate {
  std::shared_ptr<const Shaking> shaking;
  std::shared_ptr<const Stock> stock;          // null: nothing is known of buildings
  std::optional<quake::LossEstimate> losses;   // none without a stock
  const EarthquakeResponse* response = nullptr;  // proposed; of the pack
  int64_t number = 0;                          // of the recorded estimate; 0: not recorded
  UtcTime made_at;
};

// The zone is that of `place`. Observations are stations and surveys that name an intensity.
Result<std::shared_ptr<const Shaking>> shaking_of(EstimateBasis basis, const std::shared_ptr<const Stock>& stock, PlaceCode place);
Result<std::shared_ptr<const Estimate>> estimate_of(std::shared_ptr<const Shaking> shaking, std::shared_ptr<const Stock> stock, const Pack& pack, uint32_t draws,
                                                    const std::function<bool(uint32_t)>& go_on = {});

// Towns in the order in which help is needed: most dead and buried first, then the strongest shaking. Only those reached.
std::vector<size_t> priority(const quake::LossEstimate& losses);

}  // namespace anlan
