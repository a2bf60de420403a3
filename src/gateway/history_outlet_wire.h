// A batch of readings as Prometheus remote write wants it: a protobuf message WriteRequest, compressed with snappy
// (Prometheus Remote-Write 1.0, "Protocol"; prompb/remote.proto and prompb/types.proto of the same project).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/reading.h"

namespace anlan {

// What a link is called in the other store. An empty part is left out.
struct OutletLabels {
  std::string link, place, type;
};

struct OutletSeries {
  OutletLabels labels;
  std::vector<Sample> samples;  // ascending
};

// The metric's name; labels follow it in the order of the alphabet, as the protocol demands.
constexpr const char* kOutletMetric = "anlan_reading";

std::string write_request(std::span<const OutletSeries> series);
std::string snappy_compressed(const std::string& bytes);

}  // namespace anlan
