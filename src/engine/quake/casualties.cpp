#include "quake/casualties.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::quake {
namespace {

double normal(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double pager_rate(double intensity, double theta, double beta) {
  if (!(intensity >= 5)) return 0;
  return normal(std::log(std::min(intensity, 9.0) / theta) / beta);
}

constexpr PagerType type(std::string_view id, std::string_view zh, std::array<float, 7> to_nine, float dead, float rural, float urban) {
  PagerType t{id, zh, {}, dead, rural, urban};
  for (size_t i = 0; i < kCollapseLevels; ++i) t.collapse[i] = to_nine[std::min(i, to_nine.size() - 1)];
  return t;
}

constexpr std::array kTypes{
    type("A", "土坯", {0, .05f, .10f, .325f, .55f, .70f, .85f}, .06f, .40f, .04f),
    type("RS", "毛石", {.025f, .04f, .055f, .10f, .145f, .2925f, .44f}, .06f, .025f, .015f),
    type("UFB1", "砖木", {.02f, .07f, .12f, .235f, .35f, .525f, .70f}, .06f, .35f, .05f),
    type("UFB", "未设防砖混", {.01f, .025f, .04f, .09f, .14f, .245f, .35f}, .08f, .10f, .605f),
    type("UCB", "砌块", {0, .0025f, .005f, .0175f, .03f, .065f, .10f}, .08f, 0, .02f),
    type("C3", "填充墙框架", {0, .001f, .002f, .011f, .02f, .065f, .11f}, .15f, .03f, .05f),
    type("C1", "延性框架", {0, .005f, .01f, .015f, .02f, .06f, .10f}, .15f, 0, .12f),
    type("C2", "剪力墙", {0, 0, 0, 0, 0, .01f, .02f}, .15f, 0, .05f),
    type("S5", "钢框架填充墙", {0, 0, 0, 0, 0, .0075f, .015f}, .14f, 0, 0),
    type("W", "木结构", {0, 0, 0, .025f, .05f, .075f, .10f}, .007f, .095f, .05f),
};

}  // namespace

double pager_death_rate(double intensity) { return pager_rate(intensity, 10.328811, 0.100058); }
double pager_loss_rate(double intensity) { return pager_rate(intensity, 7.511120, 0.100328); }

std::span<const PagerType> pager_types() { return kTypes; }

double collapse_share(std::span<const float, kCollapseLevels> collapse, double intensity) {
  const double at = (intensity - 6) * 2;
  if (!(at > -1)) return 0;
  if (at < 0) return collapse[0] * (at + 1);
  const auto i = std::min(static_cast<size_t>(std::min(at, 1e3)), kCollapseLevels - 2);
  return collapse[i] + (double{collapse[i + 1]} - collapse[i]) * std::min(at - static_cast<double>(i), 1.0);
}

double ma_xie_death_rate(double destroyed) {
  if (!(destroyed > 0)) return 0;
  return std::pow(10, 9.0 * std::pow(std::min(destroyed, 1.0), 0.1) - 10.07);
}

double ma_xie_density_factor(double people_per_km2) {
  return people_per_km2 < 50 ? 0.8 : people_per_km2 < 200 ? 1.0 : people_per_km2 <= 500 ? 1.1 : 1.2;
}

double ma_xie_time_factor(int local_hour, double intensity) {
  if (local_hour >= 10 && local_hour < 17) return 1;
  constexpr std::array<double, 5> kNight{17, 8, 4, 2, 1.5};
  const double at = intensity > 6 ? std::min(intensity - 6, 4.0) : 0;
  const auto i = std::min(static_cast<size_t>(at), kNight.size() - 2);
  const double night = kNight[i] * std::pow(kNight[i + 1] / kNight[i], at - static_cast<double>(i));
  return local_hour >= 22 || local_hour < 5 ? night : std::sqrt(night);
}

double yin_death_rate(double destroyed_and_half_severe) {
  if (!(destroyed_and_half_severe > 0)) return 0;
  return std::pow(10, 12.479 * std::pow(std::min(destroyed_and_half_severe, 1.0), 0.1) - 13.3);
}

}  // namespace anlan::quake
