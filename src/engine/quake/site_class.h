// What the ground does to the shaking: site classes of GB 18306-2015 and the factors of its appendix E.
//
// Classes by vs30 stand in for those by the shear-wave speed of the top 20 m and the depth of cover (GB 50011):
// I0 above 800 m/s, I1 above 500, II above 250, III above 150, IV below. The factor is the ratio of the PGA of a class to that
// of class II and depends on the latter, linear between the columns of the table (section 5.6 of the domain reference,
// confidence K). The standard gives no factor for PGV; here PGV takes the one of PGA, and intensity 3.17 times its decimal
// logarithm (the slope of GB/T 17742-2020).
#pragma once

#include <cstdint>

namespace anlan::quake {

enum class SiteClass : uint8_t { I0, I1, II, III, IV };
inline constexpr int kSiteClasses = 5;

// 0 and less: not known, class II.
SiteClass site_class(double vs30);
// PGA of the class over PGA of class II; pga_class_ii in m/s2.
double site_factor(SiteClass site, double pga_class_ii);
// PGA of class II from the PGA on rock (class I1), m/s2.
double class_ii_from_rock(double pga_rock);

}  // namespace anlan::quake
