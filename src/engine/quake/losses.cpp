#include "quake/losses.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "quake/loss_plan.h"
#include "quake/loss_ranges.h"
#include "quake/loss_spread.h"

namespace anlan::quake {
namespace {

constexpr size_t kNumbersMax = 10'000'000;  // draws x townships: 560 MB
constexpr size_t kWorthThreads = 200'000;   // draws x sites

// Standard normal numbers of a draw. Those of the sites are the draw of a field of unit spread, so that every measure goes
// the same way. That of the event decides most of a total; it goes through its range evenly (van der Corput 1935, turned by
// the seed), so that a hundred draws, or the first few of them, have a middle and tails.
class Normals {
 public:
  Normals(const Sites& sites, uint64_t seed)
      : unit_(unit(sites.size())), of_sites_(sites, unit_, Measure::pga, seed), turn_(static_cast<double>(seed * 0x9E3779B97F4A7C15 >> 11) * 0x1p-53) {}
  double draw(uint32_t number, std::span<float> out) const {
    of_sites_.draw(number, out);
    double inverse = 0, digit = 0.5;
    for (uint32_t n = number; n > 0; n >>= 1, digit /= 2) inverse += (n & 1) * digit;
    const double p = inverse + turn_ + 0.5;
    return normal_quantile(std::clamp(p - std::floor(p), 1e-4, 1 - 1e-4));
  }

 private:
  static Field unit(size_t sites) {
    Field field;
    field[Measure::pga] = {std::vector<float>(sites, 0), std::vector<float>(sites, 0), std::vector<float>(sites, 1)};
    return field;
  }
  Field unit_;
  Draws of_sites_;
  double turn_;
};

unsigned threads_for(const LossRequest& request, size_t work) {
  if (request.threads > 0) return std::min(request.threads, 64u);
  return work < kWorthThreads ? 1 : std::clamp(std::thread::hardware_concurrency(), 1u, 16u);
}

// Calls f(first, last) for blocks of [0, n) on so many threads; the calling one takes the first.
template <class F>
void in_blocks(size_t n, unsigned threads, const F& f) {
  const auto edge = [&](unsigned t) { return n * t / threads; };
  std::vector<std::jthread> others;
  for (unsigned t = 1; t < threads; ++t) others.emplace_back([&, t] { f(edge(t), edge(t + 1)); });
  f(edge(0), edge(1));
}

// All numbers of the draws made, draw by draw; rows.size() is a multiple of the townships.
std::vector<DrawNumbers> make_draws(const LossPlan& plan, const LossRequest& request, const std::function<bool(uint32_t)>& go_on) {
  const size_t width = plan.places().size();
  if (request.draws == 0) {
    std::vector<DrawNumbers> rows(width);
    LossPlan::Scratch scratch;
    plan.run(0, {}, scratch, rows);
    return rows;
  }
  const Normals normals(plan.sites(), request.seed);
  std::vector<DrawNumbers> rows(width * request.draws);
  std::atomic<uint32_t> next{0}, done{0};
  std::atomic<bool> stop{false};
  const auto work = [&](bool asks) {
    LossPlan::Scratch scratch;
    std::vector<float> normal(plan.sites().size());
    while (!stop) {
      const uint32_t i = next++;
      if (i >= request.draws) return;
      const double event = normals.draw(i, normal);
      plan.run(event, normal, scratch, {&rows[width * i], width});
      ++done;
      if (asks && go_on && !go_on(done)) stop = true;
    }
  };
  {
    std::vector<std::jthread> others;
    const unsigned threads = std::min(threads_for(request, size_t{request.draws} * plan.sites().size()), request.draws);
    for (unsigned t = 1; t < threads; ++t) others.emplace_back(work, false);
    work(true);
  }
  // Draws are taken in order and each that was taken is made, so those made are the first.
  rows.resize(width * done);
  return rows;
}

// What needs no draw: people and buildings, and the median field.
void add_exposure(const Exposure& exposure, const Field& field, std::vector<TownshipLoss>& townships, TownshipLoss& total, std::span<const uint32_t> places) {
  const bool homes = has_homes(exposure);
  std::vector<uint8_t> wanted(exposure.places, 0);
  for (const uint32_t p : places) wanted[p] = 1;
  std::vector<double> degrees(exposure.places, 0), weight(exposure.places, 0);
  for (const auto& a : exposure.assets) {
    if (!wanted[a.place]) continue;
    auto& t = townships[a.place];
    const float intensity = field[Measure::intensity].mean[a.site];
    const double people = resides(homes, a.use) ? a.people : 0;
    t.people += people;
    t.buildings += a.count;
    t.intensity_max = std::max(t.intensity_max, intensity);
    // A trace of the count, for a township where nobody lives.
    const double w = people + 1e-6 * a.count;
    degrees[a.place] += w * intensity, weight[a.place] += w;
    if (intensity >= 6) t.people_by_degree[static_cast<size_t>(std::min(intensity, 12.0f)) - 6] += people;
  }
  double all_degrees = 0, all_weight = 0;
  for (const uint32_t p : places) {
    auto& t = townships[p];
    t.intensity_mean = static_cast<float>(weight[p] > 0 ? degrees[p] / weight[p] : t.intensity_max);
    total.people += t.people, total.buildings += t.buildings;
    total.intensity_max = std::max(total.intensity_max, t.intensity_max);
    for (size_t i = 0; i < t.people_by_degree.size(); ++i) total.people_by_degree[i] += t.people_by_degree[i];
    all_degrees += degrees[p], all_weight += weight[p];
  }
  total.intensity_mean = static_cast<float>(all_weight > 0 ? all_degrees / all_weight : 0);
}

}  // namespace

Result<LossEstimate> estimate(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request,
                              const std::function<bool(uint32_t)>& go_on) {
  TRY_VOID(check(exposure, field, rules, request));
  LossEstimate out;
  out.townships.resize(exposure.places);
  const LossPlan plan(exposure, field, rules, request);
  const auto places = plan.places();
  const size_t width = places.size();
  if (width * std::max(1u, request.draws) > kNumbersMax)
    return {ErrorCode::kTooLarge, {{"what", "抽样数与乡镇数之积 / draws times townships"}, {"limit", fmt::format("{}", kNumbersMax)}}};
  out.total.needs.resize(rules.needs.size());
  for (auto& t : out.townships) t.needs.resize(rules.needs.size());
  out.dead_bins[0] = 1;
  if (width == 0) return out;

  add_exposure(exposure, field, out.townships, out.total, places);
  const auto rows = make_draws(plan, request, go_on);
  const size_t draws = rows.size() / width;
  out.draws = request.draws == 0 ? 0 : static_cast<uint32_t>(draws);
  in_blocks(width, std::min<unsigned>(threads_for(request, draws * width * 100), static_cast<unsigned>(width)), [&](size_t first, size_t last) {
    Ranges ranges(rules, request.month, draws);
    std::vector<Numbers> column(draws);
    for (size_t t = first; t < last; ++t) {
      for (size_t d = 0; d < draws; ++d) column[d] = {}, column[d].add(rows[d * width + t]);
      auto& township = out.townships[places[t]];
      ranges.fill(column, plan.people_at_most(t), township);
    }
  });
  std::vector<Numbers> whole(draws);
  double people = 0;
  for (size_t t = 0; t < width; ++t) {
    people += plan.people_at_most(t);
    for (size_t d = 0; d < draws; ++d) whole[d].add(rows[d * width + t]);
  }
  Ranges ranges(rules, request.month, draws);
  ranges.fill(whole, people, out.total);
  for (size_t m = 0; m < kCasualtyModels; ++m) out.dead_by_model[m] = ranges.of_model(whole, people, m);
  out.dead_bins = ranges.bins(whole, people);
  return out;
}

}  // namespace anlan::quake
