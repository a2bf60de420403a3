// For tests: rows of the NGA-West2 flatfile in the shared data, and the nine planes of its file for Chi-Chi 1999.
#pragma once

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "quake/local_frame.h"
#include "quake/rupture.h"

namespace anlan::quake::fixture {

// The flatfile was computed on a sphere of the equator's radius: its km are so much shorter here. Without this everything
// is 0.11 % off, 0.15 km at 140 km.
inline constexpr double kNgaScale = wide::kEarthKm / 6378.137;

struct NgaRow {
  LonLat at;
  double rjb, rrup, rx, t, u;         // km
  double vs30, pga_g, pgv_cm_s;       // -999: none
};

// Rows of an event by its EQID; empty without the file. Cells in quotes may hold commas and line breaks.
inline std::vector<NgaRow> nga_rows(const std::string& event) {
  std::ifstream in("../shared/data/quake/shakemap_tests/NGAW2_distances.csv", std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  std::vector<std::vector<std::string>> table(1);
  std::string cell;
  bool quoted = false;
  for (const char c : all.str()) {
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) table.back().push_back(std::exchange(cell, {}));
    else if (c == '\n' && !quoted) table.back().push_back(std::exchange(cell, {})), table.emplace_back();
    else if (c != '\r') cell += c;
  }
  std::map<std::string, size_t> column;
  for (size_t i = 0; i < table[0].size(); ++i) column.emplace(table[0][i], i);
  std::vector<NgaRow> rows;
  for (size_t i = 1; i < table.size(); ++i) {
    if (table[i].size() < column.size() || table[i][column["EQID"]] != event) continue;
    const auto number = [&](const char* name) { return std::strtod(table[i][column[name]].c_str(), nullptr); };
    const NgaRow row{{number("Station Longitude"), number("Station Latitude")}, number("Joyner-Boore Dist. (km)"), number("ClstD (km)"), number("Rx"), number("T"), number("U"),
                     number("Vs30 (m/s) selected for analysis"), number("PGA (g)"), number("PGV (cm/sec)")};
    if (row.rjb > -900 && row.rrup > -900 && is_valid(row.at)) rows.push_back(row);
  }
  return rows;
}

// Finite-fault file of NGA event 137: km east and north of 120.82 E 23.85 N, upper edge at the ground, lower one 20 km deep.
inline std::vector<FaultQuad> chichi_planes() {
  constexpr double top[10][2] = {{-18.8709, -24.9916}, {-12.2156, -15.3287}, {-11.9106, 8.5621}, {-13.9009, 12.0357}, {-12.4774, 23.5181},
                                 {-9.5495, 25.9305},   {-9.3352, 42.7331},   {-6.3903, 47.7834}, {0.2232, 48.7278},   {1.4399, 52.1886}};
  constexpr double down[10][2] = {{9.6581, -44.6409}, {17.2036, -33.6854}, {17.5991, -2.7120}, {16.7140, -1.1673}, {17.2460, 3.1235},
                                  {24.8838, 9.4167},  {25.1097, 27.1317},  {28.2564, 32.5281}, {31.4053, 32.9778}, {34.1199, 40.6986}};
  const LocalFrame frame({120.82, 23.85});
  const auto corner = [&](const double (&k)[2], double depth) { return FaultCorner{frame.place({k[0] * kNgaScale, k[1] * kNgaScale}), depth}; };
  std::vector<FaultQuad> quads;
  for (size_t i = 0; i + 1 < 10; ++i) quads.push_back({corner(top[i], 0), corner(top[i + 1], 0), corner(down[i + 1], 20), corner(down[i], 20)});
  return quads;
}

}  // namespace anlan::quake::fixture
