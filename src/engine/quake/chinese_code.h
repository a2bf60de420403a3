// Parameters of a building's response by the Chinese code for seismic design, GB 50011-2010 (2016), section 5.1, and
// the rules of section 6.5 of the domain reference: what a building designed to the code is taken to withstand.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "quake/response.h"
#include "quake/site_class.h"

namespace anlan::quake {

// Frequent (63 % in 50 years) and rare (2 to 3 %) earthquakes.
enum class EarthquakeLevel : uint8_t { minor, major };

// Fortification intensity 6, 7, 7.5, 8, 8.5 or 9. kInvalidField for another.
Result<double> largest_influence(double intensity, EarthquakeLevel level);
// Tg of design group 1, 2 or 3 (table 5.1.4-2). The code adds 0.05 s for rare earthquakes; not in the reference's rule.
Result<double> characteristic_period(SiteClass site, unsigned group);

// Influence coefficient alpha(T), of gravity: rises from 0.45 alpha_max at T 0 to 0.1 s, level to Tg, falls as
// (Tg/T)^gamma to 5 Tg, then straight to 6 s (figure 5.1.5; formulas 5.1.5-1 to 3). Beyond 6 s as at 6 s.
double influence(double period_s, double alpha_max, double tg, double damping = 0.05);

enum class Structure : uint8_t { masonry, rc_frame, steel_frame };

struct CodeBuilding {
  Structure structure = Structure::rc_frame;
  unsigned storeys = 6;
  double storey_height_m = 3;
  double width_m = 15;          // across the shaken direction; rc_frame below 10 storeys
  double intensity = 7;         // of fortification
  SiteClass site = SiteClass::II;
  unsigned group = 1;
};

// T1: 0.075 n (reinforced concrete) and 0.125 n (steel) from 10 storeys on; below, 0.0168 (H + 1.2) for masonry and
// 0.22 + 0.035 H / B^(1/3) for concrete frames, H the height; steel 0.125 n throughout.
double code_period(const CodeBuilding& building);

// `base` with period, height, floor mass (1,200 kg/m2) and yield acceleration of the code: SAy = 0.85 x 0.4 x
// alpha(T1) of the rare earthquake. Hysteresis, limits and damping stay those of the base. kInvalidField where the
// building lies outside the tables.
Result<ResponseClass> code_class(const ResponseClass& base, const CodeBuilding& building);

}  // namespace anlan::quake
