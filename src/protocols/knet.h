// Strong-motion records of K-NET and KiK-net in their ASCII form: one component of one station and earthquake.
//
// Seventeen lines of header ("Station Code      AOM001"), then counts, eight to a line. Acceleration is count x scale, and
// the offset is still in it. Times in the file are Japanese (UTC+9), and "Record Time" lies 15 s behind the first sample
// because of the pre-event buffer; here all is UTC and start_us is that of the first sample.
// Source: NIED, "K-NET ASCII format" (kyoshin.bosai.go.jp/kyoshin/man/knetform_en.html).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/time.h"

namespace anlan {

enum class KnetDirection : uint8_t { north, east, up };

struct KnetRecord {
  std::string station;                 // letters and digits, at most 8
  LonLat at;
  double height_m = 0;                 // above sea level; of the sensor in a borehole
  KnetDirection direction = KnetDirection::up;
  bool borehole = false;               // KiK-net, the lower sensor
  // What was known of the earthquake when the file was made; nothing when not stated.
  std::optional<UtcTime> origin;
  std::optional<LonLat> epicentre;
  std::optional<double> depth_km, magnitude;
  int64_t start_us = 0;                // microseconds since 1970
  double rate_hz = 0;                  // 1 to 1,000
  double gal_per_count = 0;            // cm/s2
  double peak_gal = 0;                 // as stated, without the offset
  std::vector<int32_t> counts;
};

constexpr size_t kKnetBytesMax = 16u << 20, kKnetSamplesMax = 2'000'000;

// kInvalidFile with the line and what is wrong there: not such a file, values that cannot be, fewer samples than it promises.
// kTooLarge beyond the bounds.
Result<KnetRecord> read_knet(std::string_view text);

// The largest acceleration without the offset (the mean of all samples), cm/s2.
double peak_gal(const KnetRecord& record);

}  // namespace anlan
