// Shaking at many places: arrays in, arrays out.
//
// Units everywhere in this module: acceleration m/s2, velocity m/s, intensity in degrees of GB/T 17742-2020, vs30 m/s.
// PGA and PGV are distributed lognormally (mean and deviations of the natural logarithm), intensity normally.
// `between` is the deviation that all places of one earthquake share, `within` the one of each place by itself; the total
// is the root of the sum of squares.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "quake/event.h"
#include "quake/intensity.h"

namespace anlan::quake {

enum class Measure : uint8_t { pga, pgv, intensity };
inline constexpr size_t kMeasures = 3;

struct Sites {
  std::vector<LonLat> at;
  std::vector<float> vs30;  // one for each place, or empty: 500 m/s (site class II) everywhere
  size_t size() const { return at.size(); }
};

// One measure at every site.
struct Spread {
  std::vector<float> mean, between, within;
};

struct Field {
  std::array<Spread, kMeasures> of;
  Spread& operator[](Measure m) { return of[static_cast<size_t>(m)]; }
  const Spread& operator[](Measure m) const { return of[static_cast<size_t>(m)]; }
};

// Both relations below are of shallow earthquakes and do not know the depth. What lies deeper than kShallowKm is farther
// away by so much (square to the distance on the ground): our own choice, so that an earthquake at 500 km does not shake
// like one at 10.
inline constexpr double kShallowKm = 40;

// Which relations: national ones by ellipses about a point (Yu 2013, GB 18306-2015), or BSSA14 about a fault, its
// intensity from PGA and PGV by GB/T 17742-2020. `automatic`: a fault that is known (or a magnitude at which a point falls
// short, with a strike) takes BSSA14, everything else the national relations.
// The national intensity is the mapped (macroseismic) one; that of BSSA14 follows from horizontal peaks and so lies below
// what three components give (section 5.8 of the domain reference). PGA on ground other than rock: site_class.h.
enum class Relations { automatic, national, bssa14 };
struct ShakingModel {
  Relations relations = Relations::automatic;
  Zone zone = Zone::kQinghaiTibet;
};
// From this magnitude on a point falls short; see Relations::automatic.
inline constexpr double kFaultMagnitude = 7.5;

// kInvalidField for an event that makes no sense (not finite, magnitude outside 0 to 10, depth outside 0 to 800).
Result<void> check(const Event& event);

// kInvalidField by check(), for a degenerate plane, a site off the globe, vs30 of another length, not finite or negative
// (0: not known, 500 m/s). O(sites), on both cores where there are many.
Result<Field> shake(const Event& event, const Sites& sites, const ShakingModel& model);

// What was measured or seen at a place. NaN: not known.
struct Observation {
  LonLat at;
  float vs30 = 0;                                    // 0: not known
  float pga = kUnknown, pgv = kUnknown, intensity = kUnknown;  // m/s2, m/s, degrees (not logarithms)
  float intensity_sigma = 0;                         // of a survey point; 0: as good as an instrument
  static constexpr float kUnknown = __builtin_nanf("");
};

// The field after what was observed: the earthquake's own bias first, then each place by its neighbours (spatial
// correlation by distance, correlation.h). Observations that are not finite, not positive or off the globe are left out and
// counted. Residuals r of n observations: C = phi_i phi_j rho_ij + noise; the bias by maximum a posteriori, the mean of
// every place by all observations within 3.8 ranges (weights C^-1 (r - bias)), its deviation by the nearest
// kVarianceNeighbours of them (never below the full solution's).
// O(n^3) for n observations (at most kObservationsMax are used; the others are thinned by cell), O(sites x neighbours).
inline constexpr size_t kObservationsMax = 2'000;
inline constexpr size_t kVarianceNeighbours = 32;
struct Conditioned {
  Field field;
  std::array<double, kMeasures> bias{};      // of the event, in units of the measure (ln or degrees)
  std::array<size_t, kMeasures> used{};
  size_t left_out = 0;
};
// kInvalidField by shake(), and for a prior of another length than the sites.
Result<Conditioned> condition(const Event& event, const Sites& sites, const ShakingModel& model, const Field& prior,
                              std::span<const Observation> observations);

// One draw of a measure at every site, the natural logarithm for PGA and PGV: mean + between * one number for the event +
// within * a spatially correlated number for each place. The same seed and number give the same draw on every machine.
//
// The correlated numbers are the mean of two fields on lattices turned by 45 degrees, each an autoregression along its
// rows and columns: cells of a sixteenth of the correlation range (more where the sites lie further apart than
// kKnotsMax cells allow), equal within a cell, standard normal at every place; the correlation is within 0.06 of
// exp(-3 d / range) in every direction. Building: O(sites); a draw: O(sites + knots).
class Draws {
 public:
  // Keeps the field, which must outlive it; sites and field of one length.
  Draws(const Sites& sites, const Field& field, Measure measure, uint64_t seed);
  void draw(uint32_t number, std::span<float> out) const;  // out.size() == sites.size(); any thread

  static constexpr size_t kKnotsMax = size_t{1} << 19;

 private:
  struct Lattice {
    size_t columns = 1, rows = 1;
    float keep = 0;                // correlation of neighbours
    std::vector<uint32_t> knot;    // of each site
  };
  std::vector<float> lattice(const Lattice& shape, uint64_t key) const;

  const Field& field_;
  Measure measure_;
  uint64_t seed_;
  std::array<Lattice, 2> lattices_;
};

// Areas by degree: km2 with an intensity of at least 6, 7 ... 12, from a regular grid of cells.
std::array<double, 7> areas_km2(std::span<const float> intensity, std::span<const float> cell_km2);

}  // namespace anlan::quake
