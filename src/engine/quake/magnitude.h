// Magnitude from the first seconds of P.
//
// Of each station: the peak displacement of the vertical, Pd (cm, high-pass 0.075 Hz), and the period tau_c of the first
// 3 s. Section 5.3 of the domain reference:
//   Wu and Zhao 2006 (GRL 33):            M = 4.748 + 1.371 lg Pd + 1.883 lg R          R hypocentral, km
//   Kuyuk and Allen 2013 (GRL 40):        M = 5.39 + 1.23 lg Pd + 1.38 lg R             R epicentral, km
//   Wu and Kanamori 2008 (Sensors 8):     M = 5.787 + 3.373 lg tau_c                    only for Pd above 0.1 cm
// combined by inverse variance. Windows end with the S wave; they grow beyond 3 s where the first 3 s say 6.5 or more, as
// 3 s of a larger rupture are not all of it. Still low above about 7 (saturation).
#pragma once

#include <span>

namespace anlan::quake {

constexpr double kWindowS = 3, kSigmaPd = 0.3, kSigmaTauC = 0.5;
constexpr double kGrowAbove = 6.5;

struct Amplitude {
  double pd_cm = 0, tau_c_s = 0;   // tau_c 0: not known
  double window_s = kWindowS;      // of Pd
  double epicentral_km = 0, depth_km = 10;
};
struct MagnitudeEstimate {
  double magnitude = 0, sigma = 0;
  unsigned stations = 0;           // 0: nothing to say
};

double magnitude_wu_zhao(double pd_cm, double hypocentral_km);
double magnitude_kuyuk_allen(double pd_cm, double epicentral_km);
double magnitude_tau_c(double tau_c_s);
// The inverse of magnitude_wu_zhao: the Pd to expect, cm.
double pd_wu_zhao(double magnitude, double hypocentral_km);

// One station. A window below 3 s widens sigma: the peak may still come.
MagnitudeEstimate station_magnitude(const Amplitude& amplitude);
// All of them: mean by inverse variance after what lies over 1.0 from the median is left out. What is common to the
// stations of one event (source, region) stays in sigma: never below 0.25.
MagnitudeEstimate network_magnitude(std::span<const Amplitude> amplitudes);

}  // namespace anlan::quake
