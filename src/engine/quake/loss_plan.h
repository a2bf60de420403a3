// The assets within reach of one earthquake, laid out for many draws, and what one draw makes of them.
//
// Built once for an event; run() may be called from several threads with a scratch each. A draw is two things: one
// standard normal number for the event and one for each site, spatially correlated; every measure goes the same way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "quake/losses.h"

namespace anlan::quake {

// Of one township in one draw.
struct DrawNumbers {
  std::array<float, kGrades> buildings{};
  float area_destroyed = 0, homeless = 0, loss = 0, affected = 0;  // m2, people, yuan, residents with 6 or more
  std::array<float, kCasualtyModels> dead{};
};

class LossPlan {
 public:
  // Every input checked; rules, exposure and field are not kept.
  LossPlan(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request);

  std::span<const uint32_t> places() const { return places_; }  // townships within reach, ascending
  const Sites& sites() const { return sites_; }                 // visited ones

  // Residents, or those inside at the hour where they are more: as many as a township can lose.
  double people_at_most(size_t township) const { return std::max(townships_[township].residents, townships_[township].inside); }

  struct Scratch {
    std::vector<float> level, intensity, rate, shaking;
    std::vector<GradeShares> shares;
  };
  // out[i] is of places()[i]. `site_normal` is empty for the median field, else one number for each of sites().
  void run(double event_normal, std::span<const float> site_normal, Scratch& scratch, std::span<DrawNumbers> out) const;

 private:
  struct Township {
    uint32_t first_asset = 0, assets = 0, first_head = 0, heads = 0;
    double residents = 0, inside = 0, area = 0, density = 100;
    double out_of_reach = 0;  // buildings at sites that are not visited
  };
  struct Class {
    std::array<float, kGrades> loss_ratio{};
    std::array<float, kCollapseLevels> collapse{};
    float dead_given_collapse = 0;
  };
  LossPlan(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request, const std::vector<size_t>& used);
  void damage(const Township& township, Scratch& scratch, DrawNumbers& out) const;
  void deaths(const Township& township, double area_severe, const Scratch& scratch, DrawNumbers& out) const;
  void lay_out(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request);

  int local_hour_ = 0;
  std::array<bool, kMeasures> wanted_{};
  std::array<Spread, kMeasures> of_;      // at sites()
  Sites sites_;
  std::vector<uint32_t> places_;
  std::vector<Township> townships_;
  std::vector<Class> classes_;            // of which there is an asset
  std::vector<uint16_t> class_at_;        // of a class of the rules, into classes_
  std::array<float, kGrades> homeless_share_{};
  FragilityTables tables_;
  // Assets by township, then site.
  std::vector<uint16_t> class_;
  std::vector<uint32_t> level_, site_;    // into Scratch::level, sites()
  std::vector<float> count_, area_, cost_, residents_, inside_;
  // Residents of a township at a site.
  std::vector<uint32_t> head_site_;
  std::vector<float> heads_;
};

// Everything that estimate() refuses.
Result<void> check(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request);

// Whose people are residents: see losses.h.
bool has_homes(const Exposure& exposure);
inline bool resides(bool homes, Use use) { return !homes || use == Use::home; }

}  // namespace anlan::quake
