#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "quake/damage.h"
#include "quake/wide.h"

namespace anlan::quake {
namespace {

// A straight line over a step h of a normal distribution errs by at most h^2/8 times its greatest curvature, 0.242: 4.8e-6
// for a probability, twice that for a share, which is the difference of two.
constexpr double kStep = 0.0125;
// Beyond this many deviations a probability is within 5e-6 of 0 or 1.
constexpr double kReach = 4.42;
constexpr size_t kLevelsInTable = 8'192;

// Where one curve of unequal deviation meets the next the shares have a corner, which straight lines cut off.
bool has_corner(const Fragility& f) {
  for (size_t g = 1; g < f.median.size(); ++g)
    if (!std::isinf(f.median[g]) && f.beta[g] != f.beta[g - 1] && std::abs(std::log(f.median[g] / f.median[g - 1]) / (f.beta[g - 1] - f.beta[g])) < kReach) return true;
  return false;
}

// The widest step on which all of these lie; 0 for none.
double common_step(std::span<const double> knots) {
  for (const double step : {1.0, 0.5, 0.25, 0.2, 0.1, 0.05, 0.01})
    if (std::all_of(knots.begin(), knots.end(), [&](double k) { const double t = (k - knots[0]) / step; return std::abs(t - std::round(t)) < 1e-6; })) return step;
  return 0;
}

}  // namespace

FragilityTables::FragilityTables(std::span<const Fragility> fragilities) {
  CHECK(fragilities.size() <= UINT16_MAX + size_t{1});
  tables_.resize(fragilities.size());
  exact_.resize(fragilities.size());
  // What a fragility without a table finds until its shares are computed.
  rows_.assign(3, {{1}});
  for (size_t i = 0; i < fragilities.size(); ++i) {
    const Fragility& f = fragilities[i];
    CHECK(check(f).ok());
    double from = 0, step = 0, to = 0;
    if (f.form == Fragility::Form::lognormal) {
      from = INFINITY, to = -INFINITY, step = INFINITY;
      for (size_t g = 0; g < f.median.size() && !std::isinf(f.median[g]); ++g) {
        const double middle = std::log(f.median[g]), reach = kReach * f.beta[g];
        from = std::min(from, middle - reach), to = std::max(to, middle + reach), step = std::min(step, kStep * f.beta[g]);
      }
      if (std::isinf(from)) from = to = 0, step = 1;
      if (has_corner(f)) step /= 8;
      if (f.at_least > 0) from = std::max(from, std::log(f.at_least));
    } else if (f.measure == Measure::intensity) {
      std::vector<double> knots{std::max(f.levels[0], f.at_least)};
      std::copy_if(f.levels.begin(), f.levels.end(), std::back_inserter(knots), [&](double level) { return level > knots[0]; });
      from = knots.front(), to = knots.back(), step = common_step(knots);
    }
    const double levels = step > 0 ? std::ceil(std::max(0.0, to - from) / step - 1e-6) + 1 : INFINITY;
    if (levels <= kLevelsInTable) {
      tables_[i].first = static_cast<uint32_t>(rows_.size());
      const bool ln = f.form == Fragility::Form::lognormal;
      tables_[i].from = static_cast<float>(from), tables_[i].per = static_cast<float>(1 / step), tables_[i].last = static_cast<float>(levels - 1);
      rows_.push_back({{1}});
      for (size_t k = 0; k < static_cast<size_t>(levels); ++k) {
        const double x = double{tables_[i].from} + static_cast<double>(k) / double{tables_[i].per};
        // The first level is the jump itself, whichever way its float was rounded.
        const auto shares = grade_shares(f, ln ? std::max(std::exp(x), f.at_least) : std::max(x, from));
        ShareRow row{};
        std::copy(shares.begin(), shares.end(), row.share);
        rows_.push_back(row);
      }
      rows_.push_back(rows_.back());
    } else {
      exact_[i] = f;
      all_tabulated_ = false;
    }
  }
}

GradeShares FragilityTables::exactly(size_t which, float shaking) const {
  const Fragility& f = exact_[which];
  const auto shares = grade_shares(f, f.measure == Measure::intensity ? double{shaking} : std::exp(double{shaking}));
  GradeShares out;
  std::copy(shares.begin(), shares.end(), out.begin());
  return out;
}

namespace {

// The row below and the part of the way to the row above. Shaking that is not a number finds no damage.
struct Place {
  uint32_t row;
  float part;
};
inline __attribute__((always_inline)) Place place(const ShareTable& table, float shaking) {
  float t = (shaking - table.from) * table.per;
  if (!(t >= 0)) return {table.first, 0};
  t = t < table.last ? t : table.last;
  const auto below = static_cast<int32_t>(t);
  return {table.first + 1 + static_cast<uint32_t>(below), t - static_cast<float>(below)};
}
inline __attribute__((always_inline)) void look_up(const ShareRow* rows, Place at, F8& shares) {
  F8 below, above;
  std::memcpy(&below, rows[at.row].share, sizeof below);
  std::memcpy(&above, rows[at.row + 1].share, sizeof above);
  shares = below + at.part * (above - below);
}

ANLAN_WIDE void look_up_all(const ShareTable* tables, const ShareRow* rows, const uint16_t* which, const float* shaking, GradeShares* out, size_t n) {
  // Eight floats are written over the next element, which is written after; the last one goes through a buffer.
  F8 v;
  for (size_t i = 0; i + 1 < n; ++i) {
    look_up(rows, place(tables[which[i]], shaking[i]), v);
    std::memcpy(static_cast<void*>(out + i), &v, sizeof v);
  }
  if (n > 0) {
    look_up(rows, place(tables[which[n - 1]], shaking[n - 1]), v);
    std::memcpy(out + n - 1, &v, sizeof(GradeShares));
  }
}

ANLAN_WIDE void add_all(const ShareTable* tables, const ShareRow* rows, const uint16_t* which, const float* shaking, const float* weight, const uint32_t* bin,
                        GradeShares* sums, size_t n) {
  // What follows one another mostly goes to the same bin: it is summed up before it is written.
  for (size_t i = 0; i < n;) {
    const uint32_t here = bin[i];
    F8 sum{}, v;
    do {
      look_up(rows, place(tables[which[i]], shaking[i]), v);
      sum += v * weight[i];
    } while (++i < n && bin[i] == here);
    for (size_t g = 0; g < kGrades; ++g) sums[here][g] += sum[g];
  }
}

}  // namespace

void FragilityTables::shares(std::span<const uint16_t> which, std::span<const float> shaking, std::span<GradeShares> out) const {
  CHECK(which.size() == out.size() && shaking.size() == out.size());
  look_up_all(tables_.data(), rows_.data(), which.data(), shaking.data(), out.data(), out.size());
  if (all_tabulated_) return;
  for (size_t i = 0; i < out.size(); ++i)
    if (tables_[which[i]].per == 0) out[i] = exactly(which[i], shaking[i]);
}

void FragilityTables::add(std::span<const uint16_t> which, std::span<const float> shaking, std::span<const float> weight,
                          std::span<const uint32_t> bin, std::span<std::array<float, kGrades>> sums) const {
  const size_t n = which.size();
  CHECK(shaking.size() == n && weight.size() == n && bin.size() == n);
  if (all_tabulated_) return add_all(tables_.data(), rows_.data(), which.data(), shaking.data(), weight.data(), bin.data(), sums.data(), n);
  for (size_t i = 0; i < n; ++i) {
    GradeShares shares;
    this->shares(which.subspan(i, 1), shaking.subspan(i, 1), {&shares, 1});
    for (size_t g = 0; g < kGrades; ++g) sums[bin[i]][g] += weight[i] * shares[g];
  }
}

}  // namespace anlan::quake
