// The buildings of the node's place and the people in them, as the last exposure was loaded: one by one for the city
// simulator, counted by cell and type for rapid estimates.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "earthquakes/queries.h"
#include "quake/exposure.h"
#include "registry/live_places.h"
#include "registry/pack.h"

namespace anlan {

inline constexpr uint64_t kCitySeed = 20260512;     // buildings of a census are laid out from it
inline constexpr size_t kBuildingsMax = 20'000'000;
inline constexpr size_t kStockBytesMax = size_t{2} << 30;

struct Stock {
  ExposureLoaded loaded;
  quake::Buildings buildings;
  quake::Exposure exposure;              // of the towns below
  std::vector<uint32_t> cell_of_building;  // index into exposure.sites, or quake::Grouped::kDropped
  std::vector<PlaceCode> places;         // towns; the index of a place everywhere in it
  std::vector<double> people;            // by town, over all uses but work by day: who lives there
  std::vector<double> people_per_km2;    // over the cells in which there are buildings
  std::vector<std::string> refused;      // the first rows that were refused, and why
  size_t rows = 0, rows_refused = 0;
};

enum class StockKind { buildings, census };
BOOST_DESCRIBE_ENUM(StockKind, buildings, census)

// Reads a table into buildings. `census`: one row for each town, type, code and use (place, type, code, use, buildings,
// storeys_min, storeys_max, year_min, year_max, floor_area, people), its buildings laid out around the villages of the
// town from a seed and marked as generated. `buildings`: exposure_read.h. A row that cannot be read is refused with its
// line; kInvalidFile when none is left. O(buildings log buildings).
Result<std::shared_ptr<const Stock>> read_stock(StockKind kind, const std::string& name, std::string_view bytes, const Pack& pack, const PlaceIndex& places);

// The stock of the node. Any thread.
class BuildingStock : public Observer {
 public:
  using Later = std::function<void(std::function<void()>)>;
  BuildingStock(const Pack& pack, const Attachments& attachments, const Places& places) : pack_(pack), attachments_(attachments), places_(places) {}
  // Where a table is read; the default does it at once.
  void work_on(Later later) { later_ = std::move(later); }
  // Called when a table has been read; `fresh`: it came with a fact, and not with the start.
  void when_loaded(std::function<void(bool fresh)> then) { loaded_ = std::move(then); }
  // At the start. A table that cannot be read is left out: fault() says why.
  void load(Reader& reader);
  void on_committed(const std::vector<RecordedFact>& facts) override;

  std::shared_ptr<const Stock> get() const;  // null until one is loaded
  std::optional<Error> fault() const;
  bool loading() const;
  // The county that holds the position, or else: which relations hold there.
  PlaceCode region_of(LonLat position, PlaceCode otherwise) const;

 private:
  void read(const ExposureLoaded& loaded, bool fresh);

  const Pack& pack_;
  const Attachments& attachments_;
  const Places& places_;
  Later later_ = [](std::function<void()> work) { work(); };
  std::function<void(bool)> loaded_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Stock> stock_;
  std::optional<Error> fault_;
  int loading_ = 0;
  std::string newest_;  // file of the table asked for last; an older one that takes longer is dropped
};

}  // namespace anlan
