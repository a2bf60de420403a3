// quake-fragility: a million assets under a thousand fields, the mean and deviation of each asset's five grades; beside it
// the plain loop (four error functions for each asset and field) in the same process. Fields are made sixteen
// at a time from a seed and not kept; making them is not counted, and reported.
#include <cmath>
#include <ctime>

#include "benchmarks/bench.h"
#include "quake/damage_moments.h"

namespace anlan::bench {
namespace {

using namespace quake;

constexpr size_t kAssets = 1'000'000, kFields = 1'000, kBlock = DamageMoments::kBlock, kTypes = 40, kPlainAssets = 20'000;

// Of this process, so that what else the machine does is not counted.
double core_s(std::clock_t start) { return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC; }

std::vector<Fragility> types(Dice& dice) {
  std::vector<Fragility> all(kTypes);
  for (auto& f : all) {
    f.beta.fill(0.4);
    f.median[0] = 0.8 + dice.unit();
    for (size_t g = 1; g < f.median.size(); ++g) f.median[g] = f.median[g - 1] * (1.3 + 0.6 * dice.unit());
  }
  return all;
}

// A block of fields over as many sites: a mean that falls away from the middle, one number for the event, and one for each
// site taken from a long row of normal numbers at an offset that is the field's own.
class Fields {
 public:
  Fields(size_t sites, Dice& dice) : sites_(sites), noise_(sites + (1 << 20)), values_(kBlock * sites), dice_(dice) {
    for (auto& n : noise_) n = static_cast<float>(normal());
  }
  std::vector<std::span<const float>> next(size_t n) {
    std::vector<std::span<const float>> spans;
    for (size_t k = 0; k < n; ++k) {
      const auto event = static_cast<float>(0.35 * normal());
      const float* noise = noise_.data() + dice_.below(1 << 20);
      float* out = values_.data() + k * sites_;
      const float middle = static_cast<float>(sites_) / 2;
      for (size_t s = 0; s < sites_; ++s) out[s] = 1.0f - 2.0f * std::abs(static_cast<float>(s) - middle) / middle + event + 0.55f * noise[s];
      spans.emplace_back(out, sites_);
    }
    return spans;
  }

 private:
  double normal() { return std::sqrt(-2 * std::log(1 - dice_.unit())) * std::cos(2 * M_PI * dice_.unit()); }
  size_t sites_;
  std::vector<float> noise_, values_;
  Dice& dice_;
};

// Grades of each asset by the textbook, fields one after the other. The sums of squares are plain too; double carries them.
double plain_s(const std::vector<Fragility>& all, const std::vector<uint16_t>& which, const std::vector<std::span<const float>>& fields,
               std::vector<std::array<double, kGrades>>& sum, std::vector<std::array<double, kGrades>>& square) {
  std::vector<std::array<double, kGrades - 1>> ln_median(all.size());
  for (size_t t = 0; t < all.size(); ++t)
    for (size_t g = 0; g + 1 < kGrades; ++g) ln_median[t][g] = std::log(all[t].median[g]);
  const std::clock_t start = std::clock();
  for (const auto& field : fields)
    for (size_t i = 0; i < sum.size(); ++i) {
      double before = 1;
      for (size_t g = 0; g < kGrades; ++g) {
        const double reached = g + 1 == kGrades ? 0 : 0.5 * std::erfc((ln_median[which[i]][g] - double{field[i]}) / (all[which[i]].beta[g] * M_SQRT2));
        const double share = before - reached;
        sum[i][g] += share, square[i][g] += share * share;
        before = reached;
      }
    }
  return core_s(start);
}

bool measure(size_t sites, bool mixed, const std::string& workload, const std::string& prefix) {
  Dice dice(5);
  const auto all = types(dice);
  const FragilityTables tables(all);
  std::vector<uint16_t> which(kAssets);
  std::vector<uint32_t> site(kAssets);
  for (size_t i = 0; i < kAssets; ++i) {
    which[i] = static_cast<uint16_t>(mixed ? dice.below(kTypes) : i * kTypes / kAssets);
    site[i] = static_cast<uint32_t>(i * sites / kAssets);
  }
  Fields fields(sites, dice);
  Stopwatch watch;
  DamageMoments moments(tables, which, site);
  const double ready_s = watch.seconds();
  double made_s = 0, damage_s = 0, plain_seconds = 0;
  const bool compare = sites == kAssets;
  std::vector<std::array<double, kGrades>> sum(compare ? kPlainAssets : 0), square = sum;
  for (size_t done = 0; done < kFields; done += kBlock) {
    watch.restart();
    const auto block = fields.next(std::min(kBlock, kFields - done));
    made_s += watch.seconds();
    const std::clock_t start = std::clock();
    moments.add(block);
    damage_s += core_s(start);
    plain_seconds += plain_s(all, which, block, sum, square);
  }
  const double rate = static_cast<double>(kAssets) * kFields / damage_s;
  progress(prefix + ": ready in " + std::to_string(ready_s) + " s, fields made in " + std::to_string(made_s) + " s, damage " + std::to_string(damage_s) + " s, tables " +
           std::to_string(tables.rows().size_bytes() / 1024) + " KB");
  report("quake-fragility", workload + ", one core", prefix + "asset_fields_per_core_s", rate, "1/s");
  report("quake-fragility", workload + ", one core", prefix + "damage_s", damage_s, "s");
  if (!compare) return moments.fields() == kFields;

  const double plain_rate = static_cast<double>(kPlainAssets) * kFields / plain_seconds;
  report("quake-fragility", "20,000 of them by a plain loop over the error function", "plain_asset_fields_per_core_s", plain_rate, "1/s");
  report("quake-fragility", workload, "ratio_to_plain", rate / plain_rate, "times");
  double mean_off = 0, deviation_off = 0;
  for (size_t i = 0; i < sum.size(); ++i)
    for (size_t g = 0; g < kGrades; ++g) {
      const double mean = sum[i][g] / kFields, deviation = std::sqrt(std::max(0.0, (square[i][g] - sum[i][g] * mean) / (kFields - 1)));
      mean_off = std::max(mean_off, std::abs(mean - moments.mean(i)[g]));
      deviation_off = std::max(deviation_off, std::abs(deviation - moments.deviation(i)[g]));
    }
  report("quake-fragility", "largest difference of a share's mean from the plain loop, in millionths", "mean_off_ppm", mean_off * 1e6, "ppm");
  report("quake-fragility", "largest difference of its deviation, in millionths", "deviation_off_ppm", deviation_off * 1e6, "ppm");
  report("quake-fragility", workload, "peak_mb", peak_mb(), "MB");
  return moments.fields() == kFields && mean_off < 1e-5 && deviation_off < 1e-5;
}

// The kernel that the loss estimate uses: one field at a time, shares summed up by place.
bool measure_add() {
  Dice dice(6);
  const auto all = types(dice);
  const FragilityTables tables(all);
  std::vector<uint16_t> which(kAssets);
  std::vector<uint32_t> bin(kAssets);
  for (size_t i = 0; i < kAssets; ++i) which[i] = static_cast<uint16_t>(dice.below(kTypes)), bin[i] = static_cast<uint32_t>(i / 1'000);
  const std::vector<float> weight(kAssets, 2);
  std::vector<GradeShares> sums(kAssets / 1'000);
  Fields fields(kAssets, dice);
  const auto block = fields.next(kBlock);
  const std::clock_t start = std::clock();
  for (const auto& field : block) tables.add(which, field, weight, bin, sums);
  report("quake-fragility", "one field at a time, types mixed, summed up by 1,000 places, one core", "add_asset_fields_per_core_s",
         static_cast<double>(kAssets * kBlock) / core_s(start), "1/s");
  double all_of_them = 0;
  for (const auto& s : sums)
    for (const float share : s) all_of_them += share;
  return std::abs(all_of_them / (2.0 * kAssets * kBlock) - 1) < 1e-4;
}

}  // namespace

bool run_quake_fragility() {
  bool good = measure(kAssets, false, "1 M assets, each at its own place, 1,000 fields, 5 states, 40 types sorted", "");
  good = measure(kAssets / 4, true, "1 M assets, four at a place, 1,000 fields, 5 states, 40 types mixed", "mixed_") && good;
  return measure_add() && good;
}

}  // namespace anlan::bench
