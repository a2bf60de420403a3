// Building types and records that the tests and the benchmark of the response share.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "quake/motion.h"
#include "quake/response.h"

namespace anlan::quake::fixture {

// Section 6.5 of the domain reference: types of HAZUS at moderate or low code.
inline ResponseClass building_class(Hysteresis h, double tau, double damping, double height, double yield_g, double hardening,
                                    double ultimate, double pinching, std::array<double, 4> limits) {
  ResponseClass c;
  c.storey_height_m = height;
  c.period_per_storey_s = tau;
  c.damping = damping;
  c.yield_g = yield_g;
  c.hardening = hardening;
  c.ultimate = ultimate;
  c.hysteresis = h;
  c.pinching = pinching;
  c.drift_limits = limits;
  return c;
}
inline ResponseClass c1m_low() {
  return building_class(Hysteresis::clough, .15, .07, 3.05, .052, .09, 3, 1, {.0033, .0053, .0133, .0333});
}
// Steel frames are bilinear, concrete frames peak-oriented, walls, masonry and wood pinched.
inline std::vector<ResponseClass> classes() {
  using enum Hysteresis;
  return {
      c1m_low(),
      building_class(clough, .20, .07, 3.05, .125, .09, 3, 1, {.005, .0087, .0233, .06}),           // C1L moderate
      building_class(clough, .121, .07, 3.05, .049, .20, 3, 1, {.0025, .0043, .0117, .03}),         // C1H moderate
      building_class(pinching, .112, .07, 3.05, .167, .09, 2.5, .6, {.0027, .0056, .0154, .04}),    // C2M moderate
      building_class(pinching, .091, .07, 3.05, .127, .09, 2.5, .6, {.002, .0042, .0116, .03}),     // C2H moderate
      building_class(pinching, .112, .07, 3.05, .083, .09, 2.25, .4, {.002, .004, .01, .0233}),     // C3M low
      building_class(pinching, .112, .10, 3.05, .222, .09, 2, .6, {.0027, .0046, .0125, .035}),     // RM1M moderate
      building_class(pinching, .167, .10, 3.56, .111, .09, 2, .4, {.002, .004, .01, .0233}),        // URMM low
      building_class(pinching, .35, .10, 4.27, .30, .09, 3, .2, {.004, .0099, .0306, .075}),        // W1 moderate
      building_class(bilinear, .216, .05, 3.66, .078, .09, 3, 1, {.004, .0069, .0157, .04}),        // S1M moderate
      building_class(bilinear, .25, .05, 3.66, .125, .09, 3, 1, {.006, .0104, .0235, .06}),         // S1L moderate
      building_class(bilinear, .17, .05, 3.66, .049, .09, 3, 1, {.003, .0052, .0118, .03}),         // S1H moderate
  };
}

inline constexpr const char* kRecords = "../shared/data/quake/accelerograms";

inline std::optional<std::string> slurp(const std::string& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const bool packed = path.ends_with(".gz");
  std::FILE* file = packed ? ::popen(("gzip -dc '" + path + "'").c_str(), "r") : std::fopen(path.c_str(), "rb");
  if (!file) return std::nullopt;
  std::string text;
  char part[65536];
  for (size_t n; (n = std::fread(part, 1, sizeof part, file)) > 0;) text.append(part, n);
  packed ? ::pclose(file) : std::fclose(file);
  return text;
}

struct Record {
  std::string name;
  GroundMotion motion;
};
// El Centro, Tabas, Northridge and Chi-Chi; empty without the shared data.
inline std::vector<Record> records() {
  std::vector<Record> out;
  const std::string folder = kRecords;
  const auto add = [&](const char* name, const std::string& path, std::optional<ColumnForm> form = {}) {
    const auto text = slurp(folder + path);
    if (!text) return;
    auto motion = form ? read_columns(*text, *form) : read_at2(*text);
    if (motion) out.push_back({name, std::move(*motion)});
  };
  add("El Centro 1940 NS", "/classic/el_centro.AT2");
  add("Tabas 1978 FN", "/classic/tabasFN.txt", ColumnForm{.dt = 0.02, .every_column = true});
  add("Northridge 1994 Arleta 360", "/classic/ARL360.at2");
  add("Northridge 1994 24278-090", "/classic/Northridge.dat", ColumnForm{});
  add("Chi-Chi 1999 TCU052-N", "/chichi1999/TCU052-N.AT2.gz");
  add("Chi-Chi 1999 CHY080-N", "/chichi1999/CHY080-N.AT2.gz");
  return out;
}

}  // namespace anlan::quake::fixture
