// First arrivals of P and S near an earthquake.
//
// The crust of IASP91 as flat layers (Kennett and Engdahl 1991, Geophys. J. Int. 105): 0 to 20 km 5.80 and 3.36 km/s,
// to 35 km 6.50 and 3.75, below 8.04 and 4.47. The earliest of the direct ray and the waves along deeper interfaces.
// Stations at sea level. Under Tibet the crust is twice as thick: there a wave beyond about 150 km comes later than here.
#pragma once

namespace anlan::quake {

enum class Wave { p, s };
constexpr double kTravelKmMax = 1000, kDepthKmMax = 100;

// Seconds from the source to a station `epicentral_km` away, from a table of 2 km (error below 0.03 s beside layers and
// the source; arguments are held to [0, kTravelKmMax] and [0, kDepthKmMax]). Any thread.
double travel_s(Wave wave, double epicentral_km, double depth_km);
// The same for one depth and many distances: look it up once, then ask it.
class TravelCurve {
 public:
  TravelCurve(Wave wave, double depth_km);
  double operator()(double epicentral_km) const {
    const double at = epicentral_km < 0 ? 0 : epicentral_km * 0.5;
    const int i = at >= kColumns - 1 ? kColumns - 2 : static_cast<int>(at);
    const double f = at - i, a = upper_[i] + deeper_ * (lower_[i] - upper_[i]), b = upper_[i + 1] + deeper_ * (lower_[i + 1] - upper_[i + 1]);
    return a + f * (b - a);
  }
  static constexpr int kColumns = 501;

 private:
  const float* upper_;
  const float* lower_;
  double deeper_;
};

}  // namespace anlan::quake
