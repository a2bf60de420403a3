#include "protocols/line_protocol.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>

namespace anlan {
namespace {

using Step = LineReader::Step;
constexpr UtcTime kNow{1'700'000'000'000};

std::string error_of(std::string_view line) {
  LineReader reader(line, LinePrecision::kMillis, kNow);
  return reader.next() == Step::kError ? std::string(reader.error()) : "";
}

TEST(LineProtocol, reads_measurement_tags_fields_and_time) {
  LineReader reader("rain,station=R\\ 001,kind=gauge mm=1.5,count=2i,ok=true,note=\"a, \\\"b\\\"\" 1700000000123\n",
                    LinePrecision::kMillis, kNow);
  ASSERT_EQ(reader.next(), Step::kPoint);
  const auto& p = reader.point();
  EXPECT_EQ(p.measurement, "rain");
  ASSERT_EQ(p.tags.size(), 2u);
  std::string scratch;
  EXPECT_EQ(unescaped(p.tags[0].value, scratch), "R 001");
  EXPECT_EQ(p.tags[1].key, "kind");
  ASSERT_EQ(p.fields.size(), 4u);
  EXPECT_EQ(p.fields[0].value, 1.5);
  EXPECT_EQ(p.fields[1].kind, LineField::Kind::kInteger);
  EXPECT_EQ(p.fields[1].value, 2);
  EXPECT_EQ(p.fields[2].kind, LineField::Kind::kBoolean);
  EXPECT_EQ(p.fields[2].value, 1);
  EXPECT_EQ(unescaped(p.fields[3].text, scratch), "a, \"b\"");
  EXPECT_EQ(p.at.ms, 1'700'000'000'123);
  EXPECT_EQ(reader.next(), Step::kEnd);
}

TEST(LineProtocol, understands_the_four_precisions_and_the_absent_time) {
  const std::pair<const char*, const char*> cases[] = {
      {"s", "m v=1 1700000000"}, {"ms", "m v=1 1700000000000"}, {"us", "m v=1 1700000000000000"}, {"ns", "m v=1 1700000000000000000"}};
  for (const auto& [name, line] : cases) {
    LinePrecision precision{};
    ASSERT_TRUE(read_precision(name, precision));
    LineReader reader(line, precision, {});
    ASSERT_EQ(reader.next(), Step::kPoint) << name << reader.error();
    EXPECT_EQ(reader.point().at, kNow) << name;
    EXPECT_TRUE(reader.point().has_time);
  }
  LineReader reader("m v=-1e-3", LinePrecision::kNanos, kNow);
  ASSERT_EQ(reader.next(), Step::kPoint);
  EXPECT_EQ(reader.point().at, kNow);
  EXPECT_FALSE(reader.point().has_time);
  EXPECT_EQ(reader.point().fields[0].value, -0.001);
  LinePrecision precision{};
  EXPECT_FALSE(read_precision("min", precision));
}

TEST(LineProtocol, keeps_the_good_lines_and_numbers_the_wrong_ones) {
  LineReader reader("# a comment\r\nm v=1 1\r\n\r\nm\nm v=x 1\nm v=2 2", LinePrecision::kSeconds, kNow);
  std::string story;
  for (auto step = reader.next(); step != Step::kEnd; step = reader.next())
    story += std::to_string(reader.line()) + (step == Step::kPoint ? "+" : "-");
  EXPECT_EQ(story, "2+4-5-6+");
}

TEST(LineProtocol, says_what_is_wrong) {
  EXPECT_EQ(error_of(",a=b v=1"), "the measurement is missing");
  EXPECT_EQ(error_of("m,a v=1"), "a tag is not written key=value");
  EXPECT_EQ(error_of("m,a=b=c v=1"), "a tag is not written key=value");
  EXPECT_EQ(error_of("m,a= v=1"), "a tag is not written key=value");
  EXPECT_EQ(error_of("m"), "the fields are missing");
  EXPECT_EQ(error_of("m v"), "a field is not written key=value");
  EXPECT_EQ(error_of("m v="), "a field has no value");
  EXPECT_EQ(error_of("m v=1 2 3"), "the time is not an integer");
  EXPECT_EQ(error_of("m v=\"x"), "a text is not closed");
  EXPECT_EQ(error_of("m v=1.5i"), "an integer has decimals");
  EXPECT_EQ(error_of("m v=nan"), "a value is not a number");
  EXPECT_EQ(error_of("m v=inf"), "a value is not a number");
  EXPECT_EQ(error_of("m v=1e999"), "a number is out of range");
  EXPECT_EQ(error_of("m v=1 9999999999999999"), "the time is out of range");
  EXPECT_EQ(error_of("m v=1 99999999999999999999"), "the time is not an integer");
  EXPECT_EQ(error_of("m v=1,"), "a field is not written key=value");
}

TEST(LineProtocol, bounds_tags_fields_and_length) {
  std::string tags = "m", fields = "m ";
  for (int i = 0; i <= 32; ++i) tags += ",t" + std::to_string(i) + "=1";
  for (int i = 0; i <= 64; ++i) fields += (i ? ",f" : "f") + std::to_string(i) + "=1";
  EXPECT_EQ(error_of(tags + " v=1"), "more than 32 tags");
  EXPECT_EQ(error_of(fields), "more than 64 fields");
  EXPECT_EQ(error_of("m,a=" + std::string(70'000, 'x') + " v=1"), "the line is longer than 65,536 bytes");
}

TEST(LineProtocol, speed) {
  std::string text;
  constexpr int kLines = 200'000;
  for (int i = 0; i < kLines; ++i)
    text += "water_level,station=62315" + std::to_string(i % 1000) + ",county=330127 level=" + std::to_string(50 + i % 997 * 0.013) +
            ",flow=" + std::to_string(i % 301) + "i " + std::to_string(1'700'000'000'000 + i * 1000LL) + "\n";
  const auto start = std::chrono::steady_clock::now();
  LineReader reader(text, LinePrecision::kMillis, kNow);
  size_t points = 0;
  double sum = 0;
  for (auto step = reader.next(); step != Step::kEnd; step = reader.next()) points += step == Step::kPoint, sum += reader.point().fields[0].value;
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(points, size_t{kLines});
  EXPECT_GT(sum, 0);
  std::printf("line protocol: %.2f M lines/s of %zu bytes, %.0f MB/s\n", kLines / s / 1e6, text.size() / kLines, text.size() / s / 1e6);
}

}  // namespace
}  // namespace anlan
