#include "protocols/json_batch.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <vector>

namespace anlan {
namespace {

using Step = BatchReader::Step;

struct Outcome {
  std::string story;  // + a reading, - an error of one, ! the text is broken
  std::string last_error;
  std::vector<std::string> links;
};

Outcome read(std::string_view text) {
  Outcome out;
  BatchReader reader(text);
  for (auto step = reader.next(); step != Step::kEnd; step = reader.next()) {
    out.story += step == Step::kReading ? '+' : step == Step::kError ? '-' : '!';
    if (step == Step::kReading)
      out.links.emplace_back(reader.reading().link);
    else
      out.last_error = reader.error();
  }
  return out;
}

TEST(JsonBatch, reads_objects_in_any_order_of_keys) {
  BatchReader reader(R"( {"readings" : [ {"link":"R-001","at":1700000000000,"value":1.2},
                         {"value":-3e2,"at":"2023-11-15T06:13:20+08:00","link":"\u6c34\"位"} ] } )");
  ASSERT_EQ(reader.next(), Step::kReading);
  EXPECT_EQ(reader.reading().link, "R-001");
  EXPECT_EQ(reader.reading().at.ms, 1'700'000'000'000);
  EXPECT_EQ(reader.reading().value, 1.2);
  ASSERT_EQ(reader.next(), Step::kReading);
  EXPECT_EQ(reader.reading().link, "水\"位");
  EXPECT_EQ(reader.reading().at.ms, 1'700'000'000'000);
  EXPECT_EQ(reader.reading().value, -300);
  EXPECT_EQ(reader.next(), Step::kEnd);
}

TEST(JsonBatch, reads_arrays) {
  const auto out = read(R"([["a",1700000000000,1],["b","2023-11-14T22:13:20Z",2.5],{"link":"c","at":0,"value":0}])");
  EXPECT_EQ(out.story, "+++");
  EXPECT_THAT(out.links, testing::ElementsAre("a", "b", "c"));
  EXPECT_EQ(read("[]").story, "");
  EXPECT_EQ(read(R"({"readings":[]})").story, "");
}

TEST(JsonBatch, keeps_the_rest_when_one_reading_makes_no_sense) {
  EXPECT_EQ(read(R"([["a",1,null],["b",2,2]])").story, "-+");
  EXPECT_EQ(read(R"([["a","yesterday",1],["b",2,2]])").last_error, "at is not a time with an offset");
  EXPECT_EQ(read(R"([["a",1.5,1]])").last_error, "at is not whole milliseconds since 1970");
  EXPECT_EQ(read(R"([["",1,1]])").last_error, "the link is empty or longer than 256 bytes");
  EXPECT_EQ(read(R"([{"link":"a","at":1}])").last_error, "link, at or value is missing");
  EXPECT_EQ(read(R"([["a",1,"1"]])").last_error, "the value is a text");
  EXPECT_EQ(read(R"([["a",1,true]])").last_error, "the value is a boolean");
  EXPECT_EQ(read(R"([["a",1,1e999]])").last_error, "a number is out of range");
}

TEST(JsonBatch, stops_at_text_of_another_shape) {
  for (const char* text : {"", "x", "{", "[", "[[", R"([["a",1,1])", R"([["a",1,1],])", R"([["a",1,1]] x)", R"([["a",1,01]])",
                           R"([["a",1,.5]])", R"([["a",1,1.]])", R"([["a",1,inf]])", R"([["a" 1,1]])", "[[\"a\nb\",1,1]]",
                           R"([["a\x",1,1]])", R"([["\ud800",1,1]])", R"({"reading":[]})", R"({"readings":[]} ])",
                           R"([{"link":"a","at":1,"value":1,"unit":"m"}])", R"([{"link":"a","link":"b"}])"})
    EXPECT_TRUE(read(text).story.ends_with('!')) << text;
  EXPECT_EQ(read(R"([["a",1,1],["b",2,2)").story, "+!") << "what came before stays";
}

TEST(JsonBatch, ends_at_any_cut) {
  const std::string text = R"({"readings":[{"link":"R\u0041","at":"2023-11-14T22:13:20Z","value":-1.5e3},["b",1,2]]})";
  for (size_t n = 0; n < text.size(); ++n) EXPECT_TRUE(read(text.substr(0, n)).story.ends_with('!')) << n;
  EXPECT_EQ(read(text).story, "++");
}

TEST(JsonBatch, speed) {
  constexpr int kReadings = 200'000;
  std::string objects = R"({"readings":[)", arrays = "[";
  for (int i = 0; i < kReadings; ++i) {
    const auto link = "62315" + std::to_string(i % 1000), at = std::to_string(1'700'000'000'000 + i), value = std::to_string(i % 997 * 0.013);
    objects += std::string(i ? "," : "") + R"({"link":")" + link + R"(","at":)" + at + R"(,"value":)" + value + "}";
    arrays += std::string(i ? "," : "") + R"([")" + link + R"(",)" + at + "," + value + "]";
  }
  objects += "]}";
  arrays += "]";
  for (const auto* text : {&objects, &arrays}) {
    const auto start = std::chrono::steady_clock::now();
    BatchReader reader(*text);
    int count = 0;
    while (reader.next() == Step::kReading) ++count;
    const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EXPECT_EQ(count, kReadings);
    std::printf("json batch: %.2f M readings/s, %.0f MB/s\n", kReadings / s / 1e6, text->size() / s / 1e6);
  }
}

}  // namespace
}  // namespace anlan
