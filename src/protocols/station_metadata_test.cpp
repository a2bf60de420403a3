// Stations of FDSN services as text and as XML.
#include "protocols/station_metadata.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace anlan {
namespace {

using testing::HasSubstr;

const std::string kFolder = "../shared/data/quake/";

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

const std::string kText =
    "#Network | Station | Location | Channel | Latitude | Longitude | Elevation | Depth | Azimuth | Dip | SensorDescription | Scale | ScaleFreq | ScaleUnits | SampleRate | StartTime | EndTime\n"
    "BK|BRIB|01|HNE|37.91886|-122.15179|222.2|0.5|89.5|0.0|Episensor|213740.0|1.0|M/S**2|100.0|2019-01-01T00:00:00|2600-01-01T00:00:00\n"
    "BK|BRIB|01|HNE|37.91886|-122.15179|222.2|0.5|90.0|0.0|Episensor|400000.0|1.0|M/S**2|200.0|2010-01-01T00:00:00|2019-01-01T00:00:00\n"
    "CN|LXIA||BHZ|35.60|103.21|1900|2|0|-90|BBVS-60|1.0E9|1|m/s|100|2012-01-01T00:00:00|\n";

TEST(StationMetadata, text_of_channels) {
  const auto read = read_station_metadata(kText);
  ASSERT_TRUE(read.ok()) << read.error().describe();
  ASSERT_EQ(read->channels.size(), 3u);
  const auto& c = read->channels[0];
  EXPECT_EQ(c.network + c.station + c.location + c.channel, "BKBRIB01HNE");
  EXPECT_EQ(c.at, (LonLat{-122.15179, 37.91886}));
  EXPECT_EQ(c.elevation_m, 222.2);
  EXPECT_EQ(c.depth_m, 0.5);
  EXPECT_EQ(c.sensitivity, 213'740);
  EXPECT_EQ(c.unit, MotionUnit::acceleration_m_s2);
  EXPECT_EQ(c.rate_hz, 100);
  EXPECT_EQ(c.until, kNever);
  EXPECT_EQ(pointing_of(c).axis, ChannelAxis::east);
  EXPECT_EQ(read->channels[2].unit, MotionUnit::velocity_m_s);
  EXPECT_EQ(read->channels[2].location, "");
  const auto at = [&](const char* time) { return channel_at(read->channels, "BK", "BRIB", "01", "HNE", *parse_iso8601(time)); };
  EXPECT_EQ(at("2019-10-15T05:33:42Z")->rate_hz, 100);
  EXPECT_EQ(at("2018-12-31T23:59:59Z")->rate_hz, 200);
  EXPECT_EQ(at("2009-12-31T23:59:59Z"), nullptr);
  EXPECT_EQ(channel_at(read->channels, "BK", "BRIB", "02", "HNE", kNever - hours(1)), nullptr);
}

TEST(StationMetadata, text_of_stations) {
  const auto read = read_station_metadata("#Network | Station | Latitude | Longitude | Elevation | SiteName | StartTime | EndTime\nCN|LXIA|35.60|103.21|1900.0|临夏|2012-01-01T00:00:00|\r\n");
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->channels.size(), 1u);
  EXPECT_EQ(read->channels[0].site, "临夏");
  EXPECT_EQ(read->channels[0].channel, "");
  EXPECT_FALSE(read->channels[0].sensitivity.has_value());
}

TEST(StationMetadata, wrong_lines_are_faults) {
  const auto read = read_station_metadata(kText + "CN|A|B\nCN|AAA||BHZ|95|103|0|0|0|-90|x|1|1|m/s|100||\nCN|AAA||BHZ|35|x|0|0|0|-90|x|1|1|m/s|100||\nCN|AAA||BHZ|35|103|0|0|0|-90|x|0|1|m/s|100||\n"
                                                  "CN|A A||BHZ|35|103|0|0|0|-90|x|1|1|m/s|100||\nCN|AAA||BHZ|35|103|0|0|0|-90|x|1|1|m/s|fast||\n");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->channels.size(), 3u);
  ASSERT_EQ(read->faults.size(), 6u);
  EXPECT_EQ(read->faults[0].item, 5u);
  EXPECT_THAT(read->faults[0].why, HasSubstr("fields"));
  EXPECT_THAT(read->faults[1].why, HasSubstr("position"));
  EXPECT_THAT(read->faults[2].why, HasSubstr("no number"));
  EXPECT_THAT(read->faults[3].why, HasSubstr("sensitivity"));
  EXPECT_THAT(read->faults[4].why, HasSubstr("code"));
  EXPECT_THAT(read->faults[5].why, HasSubstr("rate"));
  for (const auto* bad : {"nonsense", "<html/>", "<FDSNStationXML>", "a|b\nc|d"}) EXPECT_FALSE(read_station_metadata(bad).ok()) << bad;
  EXPECT_TRUE(read_station_metadata("")->channels.empty());
}

TEST(StationMetadata, which_way_a_channel_points) {
  const auto pointing = [](const char* code, std::optional<double> azimuth, std::optional<double> dip) {
    ChannelMetadata c;
    c.channel = code;
    c.azimuth_deg = azimuth;
    c.dip_deg = dip;
    const auto p = pointing_of(c);
    return std::pair(p.axis, p.sign);
  };
  EXPECT_EQ(pointing("HNZ", 0, -90), std::pair(ChannelAxis::up, 1));
  EXPECT_EQ(pointing("HNZ", 0, 90), std::pair(ChannelAxis::up, -1));
  EXPECT_EQ(pointing("HN1", 355, 0), std::pair(ChannelAxis::north, 1));
  EXPECT_EQ(pointing("HNN", 180, 0), std::pair(ChannelAxis::north, -1));
  EXPECT_EQ(pointing("HN2", 95, 2), std::pair(ChannelAxis::east, 1));
  EXPECT_EQ(pointing("HNE", 270, 0), std::pair(ChannelAxis::east, -1));
  EXPECT_EQ(pointing("HN1", 45, 0), std::pair(ChannelAxis::other, 1));
  EXPECT_EQ(pointing("HNU", 0, -54.7), std::pair(ChannelAxis::other, 1));
  EXPECT_EQ(pointing("HNN", {}, {}), std::pair(ChannelAxis::north, 1));
  EXPECT_EQ(pointing("HN2", {}, {}), std::pair(ChannelAxis::other, 1));
}

TEST(StationMetadata, xml_of_one_channel) {
  const auto path = kFolder + "format_samples/IRIS_single_channel_with_response.xml";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const auto read = read_station_metadata(bytes_of(path));
  ASSERT_TRUE(read.ok()) << read.error().describe();
  ASSERT_EQ(read->channels.size(), 1u);
  const auto& c = read->channels[0];
  EXPECT_EQ(c.network + "." + c.station + "." + c.location + "." + c.channel, "IU.ANMO.10.BHZ");
  EXPECT_EQ(c.at, (LonLat{-106.457122, 34.945913}));
  EXPECT_EQ(c.sensitivity, 3.31283e10);
  EXPECT_EQ(c.unit, MotionUnit::velocity_m_s);
  EXPECT_EQ(c.rate_hz, 40);
  EXPECT_EQ(c.depth_m, 57);
  EXPECT_EQ(c.site, "Albuquerque, New Mexico, USA");
  EXPECT_EQ(pointing_of(c).axis, ChannelAxis::up);
  EXPECT_TRUE(read_station_metadata(bytes_of(kFolder + "format_samples/minimal_station.xml"))->channels.empty());
  EXPECT_EQ(read_station_metadata(bytes_of(kFolder + "format_samples/IRIS_single_channel_with_response_custom_tags.xml"))->channels.size(), 1u);
}

TEST(StationMetadata, xml_of_pleasant_hill) {
  const auto folder = kFolder + "eew/pleasanthill_m4.5_nc73291880";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  size_t channels = 0, accelerations = 0, up = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".xml") continue;
    const auto read = read_station_metadata(bytes_of(entry.path()));
    ASSERT_TRUE(read.ok()) << entry.path();
    EXPECT_EQ(read->refused, 0u) << entry.path();
    for (const auto& c : read->channels) {
      ++channels;
      accelerations += c.unit == MotionUnit::acceleration_m_s2;
      up += pointing_of(c).axis == ChannelAxis::up;
      EXPECT_TRUE(c.sensitivity.has_value());
      EXPECT_LT(distance_m(c.at, {-122.057, 37.938}), 60'000);
      EXPECT_EQ(channel_at(read->channels, c.network, c.station, c.location, c.channel, *parse_iso8601("2019-10-15T05:33:42Z")), &c);
    }
  }
  EXPECT_EQ(channels, 39u);
  EXPECT_EQ(accelerations, 33u);
  EXPECT_EQ(up, 13u);
}

}  // namespace
}  // namespace anlan
