// Damage by fragility: the probability of each grade given the shaking, for many assets and many fields at once.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "quake/exposure.h"

namespace anlan::quake {

// GB/T 24335-2009: basically intact, slight, moderate, severe, destroyed.
inline constexpr size_t kGrades = 5;
using GradeShares = std::array<float, kGrades>;  // sums to 1

// Four curves: the probability of reaching grades 2 to 5. Lognormal in PGA or PGV (median m/s2 or m/s, standard deviation of
// the natural logarithm), or points of any measure joined by straight lines: above the last point as at the last, below the
// first no damage. A model with fewer states leaves the higher medians infinite, or their rows 0.
struct Fragility {
  enum class Form : uint8_t { lognormal, discrete };
  Form form = Form::lognormal;
  Measure measure = Measure::pga;
  std::array<double, kGrades - 1> median{}, beta{};                  // lognormal
  double at_least = 0;                                               // below this nothing is damaged (noDamageLimit)
  std::vector<double> levels;                                        // discrete: ascending, 1 to kLevelsMax ...
  std::array<std::vector<double>, kGrades - 1> probability;          // ... and one row for each curve
};
inline constexpr size_t kLevelsMax = 1'000;

// kInvalidField: medians not ascending or not positive, beta outside 0.01 to 5, probabilities outside 0 to 1, falling or
// crossing. Lognormal curves of unequal beta always cross somewhere; it is refused where both are between 1 % and 99 %.
// At other places grade_shares() and the tables take the lower grade's probability as the most a higher one can have.
Result<void> check(const Fragility& fragility);

// Exact, in double, for tests and single buildings; `shaking` in the measure's own unit (m/s2, m/s, degrees), not its
// logarithm. Shaking that is not a number does no damage: so a place that a field does not reach counts as standing.
std::array<double, kGrades> grade_shares(const Fragility& fragility, double shaking);

// Straight lines between points: 0 below the first level, the last value above the last. Also the mean loss ratio of a
// vulnerability function.
double along(std::span<const double> levels, std::span<const double> values, double x);

// The shares at one level, padded to a vector.
struct alignas(32) ShareRow {
  float share[8];
};
// Row `first`: no damage. Row first + 1 + k: the level from + k / per. The level from + last / per is there twice, so that
// there always is a row above. per == 0: no table.
struct ShareTable {
  float from = 0, per = 0, last = 0;
  uint32_t first = 0;
};

// Fragilities made ready for many lookups: tables over the logarithm of the measure, error of a share below 1e-5. Some
// are computed one by one instead, ten to twenty times slower: discrete ones in PGA or PGV, or in intensity off the hundredths
// of a degree, and those whose table would be too long (beta below 0.03 with medians far apart). Immutable, any thread.
class FragilityTables {
 public:
  // Each fragility has passed check().
  explicit FragilityTables(std::span<const Fragility> fragilities);
  // out[i] for shaking[i] (ln for PGA and PGV, degrees for intensity) under fragility which[i].
  void shares(std::span<const uint16_t> which, std::span<const float> shaking, std::span<GradeShares> out) const;
  // The same weighted by `weight` and summed up by `bin`: sums[bin[i]] += weight[i] * shares.
  void add(std::span<const uint16_t> which, std::span<const float> shaking, std::span<const float> weight,
           std::span<const uint32_t> bin, std::span<std::array<float, kGrades>> sums) const;

  size_t size() const { return tables_.size(); }
  // What the loops read.
  std::span<const ShareTable> tables() const { return tables_; }
  std::span<const ShareRow> rows() const { return rows_; }
  // Under a fragility without a table.
  GradeShares exactly(size_t which, float shaking) const;

 private:
  std::vector<ShareRow> rows_;
  std::vector<ShareTable> tables_;
  std::vector<Fragility> exact_;  // of those without a table, in the place of theirs
  bool all_tabulated_ = true;
};

}  // namespace anlan::quake
