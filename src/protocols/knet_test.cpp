// Files of K-NET and KiK-net: their own peaks are found again; what is torn or no such file is refused with its line.
#include "protocols/knet.h"

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

std::string file(const std::string& direction = "E-W", const std::string& samples = "  -100  100\n  300 -100 \n") {
  return "Origin Time       2018/01/24 19:51:00\nLat.              41.0\nLong.             142.5\nDepth. (km)       30\nMag.              6.2\n"
         "Station Code      AOM001\nStation Lat.      41.5267\nStation Long.     140.9244\nStation Height(m) 39\nRecord Time       2018/01/24 19:51:43\n"
         "Sampling Freq(Hz) 2Hz\nDuration Time(s)  2\nDir.              " +
         direction + "\nScale Factor      2000(gal)/1000000\nMax. Acc. (gal)   0.500\nLast Correction   2018/01/24 19:51:43\nMemo.             \n" + samples;
}
std::string why(const std::string& text) {
  const auto read = read_knet(text);
  return read ? "" : read.error().describe();
}
std::string with(const std::string& from, const std::string& to) {
  auto text = file();
  const size_t at = text.find(from);
  return at == text.npos ? ADD_FAILURE() << from, text : text.replace(at, from.size(), to);
}

TEST(Knet, one_file) {
  const auto r = read_knet(file());
  ASSERT_TRUE(r.ok()) << r.error().describe();
  EXPECT_EQ(r->station, "AOM001");
  EXPECT_EQ(r->at, (LonLat{140.9244, 41.5267}));
  EXPECT_EQ(r->height_m, 39);
  EXPECT_EQ(r->origin, parse_iso8601("2018-01-24T10:51:00Z"));
  EXPECT_EQ(r->epicentre, (LonLat{142.5, 41.0}));
  EXPECT_EQ(r->magnitude, 6.2);
  EXPECT_EQ(r->start_us, parse_iso8601("2018-01-24T10:51:28Z")->ms * 1'000);  // 15 s before the record time
  EXPECT_EQ(r->rate_hz, 2);
  EXPECT_EQ(r->direction, KnetDirection::east);
  EXPECT_DOUBLE_EQ(r->gal_per_count, 0.002);
  EXPECT_THAT(r->counts, testing::ElementsAre(-100, 100, 300, -100));
  EXPECT_DOUBLE_EQ(peak_gal(*r), 0.5);
}

TEST(Knet, directions) {
  EXPECT_EQ(read_knet(file("1"))->direction, KnetDirection::north);
  EXPECT_TRUE(read_knet(file("2"))->borehole);
  EXPECT_EQ(read_knet(file("6"))->direction, KnetDirection::up);
  EXPECT_FALSE(read_knet(file("6"))->borehole);
  EXPECT_THAT(why(file("7")), HasSubstr("Dir."));
  EXPECT_THAT(why(file("")), HasSubstr("Dir."));
}

TEST(Knet, what_is_wrong_and_where) {
  EXPECT_THAT(why(""), HasSubstr("line 1"));
  EXPECT_THAT(why("<html>"), HasSubstr("Origin Time"));
  EXPECT_THAT(why(with("41.5267", "91")), HasSubstr("line 7"));
  EXPECT_THAT(why(with("AOM001", "AOM 1")), HasSubstr("line 6"));
  EXPECT_THAT(why(with("19:51:43\nSampl", "25:51:43\nSampl")), HasSubstr("Record Time"));
  EXPECT_THAT(why(with("2Hz", "0Hz")), HasSubstr("Sampling"));
  EXPECT_THAT(why(with("(s)  2", "(s)  99999999")), HasSubstr("Duration"));
  EXPECT_THAT(why(with("2000(gal)/1000000", "2000(gal)/0")), HasSubstr("Scale"));
  EXPECT_THAT(why(with("2000(gal)", "2000(mm)")), HasSubstr("Scale"));
  EXPECT_THAT(why(with("0.500", "?")), HasSubstr("Max. Acc."));
  EXPECT_THAT(why(with("  300", "  3x0")), HasSubstr("line 19"));
  EXPECT_THAT(why(with("  300", "  99999999999")), HasSubstr("not a sample"));
  EXPECT_THAT(why(file("E-W", " 1 2 3\n")), HasSubstr("3 are there"));
  EXPECT_EQ(read_knet(with("6.2", "")).value().magnitude, std::nullopt);  // not yet known: no fault
}

TEST(Knet, the_peaks_of_aomori) {
  const auto folder = kFolder + "eew/knet_aomori_m6.3_us2000cnnl";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") continue;
    const auto r = read_knet(bytes_of(entry.path()));
    ASSERT_TRUE(r.ok()) << entry.path() << r.error().describe();
    EXPECT_NEAR(peak_gal(*r), r->peak_gal, 0.01) << entry.path();
    EXPECT_EQ(r->direction, entry.path().extension() == ".EW" ? KnetDirection::east : entry.path().extension() == ".NS" ? KnetDirection::north : KnetDirection::up);
    EXPECT_FALSE(r->borehole);
    ++files;
  }
  EXPECT_EQ(files, 27u);
}

TEST(Knet, boreholes_of_nagano_and_the_sample) {
  const auto folder = kFolder + "eew/kiknet_nagano_2011_usp000hzq8";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  size_t below = 0, above = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") continue;
    const auto r = read_knet(bytes_of(entry.path()));
    ASSERT_TRUE(r.ok()) << entry.path() << r.error().describe();
    EXPECT_EQ(r->borehole, entry.path().extension().string().back() == '1') << entry.path();
    EXPECT_NEAR(peak_gal(*r), r->peak_gal, 0.01) << entry.path();
    ++(r->borehole ? below : above);
  }
  EXPECT_EQ(below, 6u);
  EXPECT_EQ(above, 6u);
  const auto r = read_knet(bytes_of(kFolder + "format_samples/test.knet"));
  ASSERT_TRUE(r.ok()) << r.error().describe();
  EXPECT_EQ(r->counts.size(), 5'900u);
  EXPECT_NEAR(peak_gal(*r), 4.383, 0.01);
}

}  // namespace
}  // namespace anlan
