#include "demo/demo_places.h"

#include <fstream>
#include <sstream>

#include "registry/place_layout.h"

namespace anlan {
namespace {

struct CityFile {
  PlaceCode city;
  const char* name;
};
constexpr CityFile kCities[] = {
    {PlaceCode(6229), "gan1_su4_lin2_xia4_hui2_zu2_zi4_zhi4_zhou1"},
    {PlaceCode(6201), "gan1_su4_lan2_zhou1"},
    {PlaceCode(6211), "gan1_su4_ding4_xi1"},
    {PlaceCode(6230), "gan1_su4_gan1_nan2_cang2_zu2_zi4_zhi4_zhou1"},
    {PlaceCode(6302), "qing1_hai3_hai3_dong1"},
    {PlaceCode(6323), "qing1_hai3_huang2_nan2_cang2_zu2_zi4_zhi4_zhou1"},
};

Error missing(const std::string& path) { return Error(ErrorCode::kNotFound, {{"what", path}}); }

// The header and the rows of the two provinces; the file holds the whole country.
Result<std::string> rows_of_demo(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return missing(path);
  std::string out, line;
  bool header = true;
  while (std::getline(in, line)) {
    if (!header && !line.starts_with("62") && !line.starts_with("63")) continue;
    header = false;
    out += line;
    out += '\n';
  }
  return out;
}

Result<std::string> whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return missing(path);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

}  // namespace

Result<DemoPlaces> read_demo_places(const DemoData& data, const PinyinTable& pinyin) {
  const std::string dist = data.divisions_folder + "/";
  TRY(provinces, whole(dist + "provinces.csv"));
  TRY(cities, rows_of_demo(dist + "cities.csv"));
  TRY(areas, rows_of_demo(dist + "areas.csv"));
  TRY(streets, rows_of_demo(dist + "streets.csv"));
  TRY(villages, rows_of_demo(dist + "villages.csv"));
  TRY(places, read_divisions({provinces, cities, areas, streets, villages}));

  DemoPlaces out;
  std::vector<Boundary> outlines;
  for (const char* kind : {"shape-only", "shape-with-internal-borders"})
    for (const auto& [city, name] : kCities) {
      TRY(text, whole(data.boundaries_folder + "/" + kind + "/" + name + ".geojson"));
      TRY(file, read_boundaries(text, Datum::kGcj02, places, city));
      out.boundaries_joined += file.join.joined();
      out.boundaries_unjoined += file.join.unjoined;
      apply_seats(places, file);
      for (auto& b : file.boundaries) outlines.push_back(std::move(b));
    }
  Boundaries boundaries(std::move(outlines));
  lay_out(places, boundaries, kDemoLayoutSeed);
  out.index = PlaceIndex::build(std::move(places), std::move(boundaries), pinyin);
  return out;
}

}  // namespace anlan
