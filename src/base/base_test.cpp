#include <gtest/gtest.h>

#include "base/error_catalogue.h"
#include "base/hash.h"
#include "base/json.h"

namespace anlan {
namespace {

TEST(ErrorCatalogue, EveryCodeHasSentencesInBothLanguages) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kKeyReused); ++i) {
    const auto& entry = catalogue_entry(static_cast<ErrorCode>(i));
    EXPECT_EQ(static_cast<int>(entry.code), i);
    EXPECT_GT(std::string(entry.zh).size(), 6u) << entry.name;
    EXPECT_GT(std::string(entry.en).size(), 6u) << entry.name;
    EXPECT_GT(std::string(entry.next_zh).size(), 6u) << entry.name;
    EXPECT_GT(std::string(entry.next_en).size(), 6u) << entry.name;
  }
}

TEST(ErrorCatalogue, FillsParameters) {
  const Error error(ErrorCode::kInvalidField, {{"field", "手机"}, {"why", "位数不对"}});
  EXPECT_EQ(sentence(error, Language::kZh), "“手机”填写有误：位数不对");
}

TEST(Time, Iso8601RoundTripAndRefusals) {
  const auto t = parse_iso8601("2026-11-21T18:53:00+08:00");
  ASSERT_TRUE(t);
  EXPECT_EQ(to_iso8601(*t), "2026-11-21T18:53:00+08:00");
  EXPECT_EQ(to_iso8601(*t, 0), "2026-11-21T10:53:00+00:00");
  EXPECT_EQ(parse_iso8601("2026-11-21T10:53:00Z"), t);
  EXPECT_EQ(to_chinese(*t), "11月21日 18:53");
  EXPECT_EQ(to_civil(*t).weekday, 6);
  for (const char* bad : {"", "2026-11-21", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T10:53:00",
                          "2026-11-21T10:53:00+0800", "1800-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_iso8601(bad)) << bad;
}

TEST(PlaceCode, LevelsParentsAndRanges) {
  const auto village = PlaceCode::parse("622927100001");
  ASSERT_TRUE(village);
  EXPECT_EQ(village->level(), PlaceLevel::kVillage);
  EXPECT_EQ(village->parent().text(), "622927100");
  EXPECT_EQ(village->at_level(PlaceLevel::kCounty).text(), "622927");
  EXPECT_EQ(PlaceCode::parse("622927000000"), PlaceCode(622927));
  EXPECT_EQ(PlaceCode::parse("620000"), PlaceCode(62));
  EXPECT_TRUE(PlaceCode(6229).contains(*village));
  EXPECT_FALSE(PlaceCode(6228).contains(*village));
  EXPECT_TRUE(PlaceCode().contains(*village));
  EXPECT_EQ(PlaceCode(622927).first_key(), 622927000000);
  EXPECT_EQ(PlaceCode(622927).last_key(), 622927999999);
  for (const char* bad : {"", "6", "062", "6229271", "62292x"}) EXPECT_FALSE(PlaceCode::parse(bad)) << bad;
}

TEST(LonLat, Gcj02RoundTripWithinACentimetre) {
  for (double lon = 75; lon < 135; lon += 7.3)
    for (double lat = 18; lat < 53; lat += 4.1) {
      const LonLat p{lon, lat};
      EXPECT_LT(distance_m(wgs84_from_gcj02(gcj02_from_wgs84(p)), p), 0.01);
    }
  const LonLat abroad{-73.9, 40.7};
  EXPECT_EQ(wgs84_from_gcj02(abroad), abroad);
  EXPECT_NEAR(distance_m({102.87, 35.72}, {102.87, 36.72}), 111195, 2);
}

struct Sample {
  UtcTime at;
  PlaceCode place;
  std::optional<int> count;
};
BOOST_DESCRIBE_STRUCT(Sample, (), (at, place, count))

TEST(Json, StructsRoundTripAndBadInputIsRefused) {
  const auto text = to_json(Sample{{5}, PlaceCode(622927), {}});
  EXPECT_EQ(text, R"({"at":5,"place":"622927","count":null})");
  auto back = from_json_text<Sample>(text, "sample");
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(back->place, PlaceCode(622927));
  EXPECT_FALSE(from_json_text<Sample>(R"({"at":"x","place":"622927","count":1})", "sample"));
  EXPECT_FALSE(parse_json(std::string(100, '[')));
  EXPECT_FALSE(parse_json("{} x"));
}

enum class Kind { small, large };
BOOST_DESCRIBE_ENUM(Kind, small, large)
struct Wide {
  Sample sample;
  std::vector<std::tuple<int64_t, bool>> pairs;
  std::map<std::string, double> figures;
  std::vector<std::optional<std::string>> words;
  Kind kind = Kind::large;
  LonLat point;
  json::object more;
};
BOOST_DESCRIBE_STRUCT(Wide, (), (sample, pairs, figures, words, kind, point, more))

TEST(Json, TextWrittenAtOnceIsTheTextOfTheValue) {
  Wide w;
  w.sample = {UtcTime{-7}, PlaceCode(62), 3};
  w.pairs = {{INT64_MIN, true}, {5, false}};
  w.figures = {{"a\"b", 0.5}, {"", -12.25}};
  w.words = {std::string("一\n\x01\\\"/\x7f"), std::nullopt, std::string()};
  w.point = {102.87, 35.72};
  w.more = {{"x", json::array{1, "y", nullptr}}};
  const auto text = to_json(w);
  const auto value = parse_json(text);
  ASSERT_TRUE(value) << text;
  EXPECT_EQ(json::serialize(*value), json::serialize(*parse_json(json::serialize(json::value_from(w)))));
}

TEST(Hash, KnownVectors) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_base62(0), "0");
  EXPECT_EQ(to_base62(61), "z");
  EXPECT_EQ(to_base62(62), "10");
}

}  // namespace
}  // namespace anlan
