// Where seismic stations stand and how counts of their channels become ground motion: the text and the XML of FDSN station
// services.
//
// Text: lines of 17 fields (level=channel) or 8 (level=station), separated by |, after a comment of their names. XML: FDSN
// StationXML 1.0 to 1.2, of which the overall sensitivity alone is read, no stages. A station without channels becomes one
// entry with an empty channel. An entry that cannot be right is a fault; the others are read all the same.
// Source: FDSN web services 1.2, FDSN StationXML 1.2.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/time.h"

namespace anlan {

// What the sensitivity is counts per.
enum class MotionUnit { unknown, displacement_m, velocity_m_s, acceleration_m_s2 };

struct ChannelMetadata {
  std::string network, station, location, channel;
  std::string site;                                // readable name of the station; only in XML and station text
  LonLat at;
  double elevation_m = 0, depth_m = 0;             // of the ground; of the sensor below it
  std::optional<double> azimuth_deg, dip_deg;      // east of north; down from horizontal: -90 points up
  double rate_hz = 0;                              // 0: not stated
  std::optional<double> sensitivity;               // counts per unit, never zero; negative when turned round
  MotionUnit unit = MotionUnit::unknown;
  UtcTime from{INT64_MIN}, until = kNever;         // [from, until)
};

struct MetadataFault {
  size_t item = 0;  // line of the text, or channel in the XML, from 1
  std::string what, why;
};
struct StationMetadata {
  std::vector<ChannelMetadata> channels;  // as listed
  std::vector<MetadataFault> faults;      // the first kMetadataFaultsMax
  size_t refused = 0;
};

constexpr size_t kMetadataBytesMax = 64u << 20, kMetadataChannelsMax = 200'000, kMetadataFaultsMax = 100;

// Either format, told apart by its first character. kInvalidFile when it is neither, kTooLarge beyond the bounds.
Result<StationMetadata> read_station_metadata(std::string_view document);

// Which way a channel points: within 10 degrees of an axis by azimuth and dip, and sign -1 when against it; by the last letter
// of its code (Z, N, E) where these are not stated.
enum class ChannelAxis { up, north, east, other };
struct ChannelPointing {
  ChannelAxis axis = ChannelAxis::other;
  int sign = 1;
};
ChannelPointing pointing_of(const ChannelMetadata& channel);

// The epoch of a channel at an instant: the latest that contains it; nothing when there is none. Linear.
const ChannelMetadata* channel_at(std::span<const ChannelMetadata> channels, std::string_view network, std::string_view station, std::string_view location, std::string_view channel, UtcTime at);

}  // namespace anlan
