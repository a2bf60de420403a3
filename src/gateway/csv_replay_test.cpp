#include "gateway/csv_replay.h"

#include <gmock/gmock.h>

#include <sstream>

namespace anlan {
namespace {

using testing::HasSubstr;

const UtcTime kNow = *parse_iso8601("2026-11-21T19:00:00+08:00");

struct Replayed {
  std::istringstream in;
  Result<CsvReplay> replay;
  Replayed(const std::string& text, CsvReplay::Options options) : in(text), replay(CsvReplay::open(in, options, kNow)) {}
  std::string body(Millis after) {
    const auto batch = replay->due(kNow + after);
    return batch ? batch->body : "";
  }
};

const std::string kHour = "code,at,value\nP1,2020-07-01T08:00:00+08:00,1.5\nP2,2020-07-01T08:00:00+08:00,2\nP1,2020-07-01T09:00:00+08:00,-3e2\n";

TEST(CsvReplay, BeginsNowAndRunsAsFastAsAsked) {
  Replayed run(kHour, {.speed = 60});
  EXPECT_EQ(run.body(seconds(0)), R"({"readings":[{"link":"P1","at":"2026-11-21T19:00:00+08:00","value":1.5},{"link":"P2","at":"2026-11-21T19:00:00+08:00","value":2}]})");
  EXPECT_EQ(run.replay->next(), kNow + minutes(1));
  EXPECT_EQ(run.body(seconds(59)), "");
  EXPECT_EQ(run.body(seconds(60)), R"({"readings":[{"link":"P1","at":"2026-11-21T19:01:00+08:00","value":-300}]})") << "what took an hour takes a minute, in the stamps too";
  EXPECT_FALSE(run.replay->next());
  EXPECT_EQ(run.body(hours(9)), "");
}

TEST(CsvReplay, SendsRecordedTimesAsTheyAre) {
  Replayed run(kHour, {.speed = 0, .as_is = true});
  const auto body = run.body(seconds(0));
  EXPECT_THAT(body, HasSubstr("2020-07-01T08:00:00+08:00"));
  EXPECT_THAT(body, HasSubstr("2020-07-01T09:00:00+08:00"));
  EXPECT_FALSE(run.replay->next());
}

TEST(CsvReplay, LeavesOutWhatCannotBeRead) {
  Replayed run("\xEF\xBB\xBFname,value,at,code\r\nx,1,1593561600000,P\"1\r\nx,nan,1593561600000,P1\r\nx,1,yesterday,P1\r\nx,1\r\n\r\nx,1,1593561600000,\xFF\r\nx," + std::string(10'000, '9') + ",1593561600000,P1\r\nx,7,1593561601000,P2",
          {.speed = 1});
  ASSERT_TRUE(run.replay);
  EXPECT_THAT(run.body(seconds(0)), HasSubstr(R"("link":"P\"1")"));
  EXPECT_THAT(run.body(seconds(1)), HasSubstr("\"P2\""));
  EXPECT_EQ(run.replay->unreadable(), 5u);
  EXPECT_EQ(run.replay->first_fault(), "3: value");
}

TEST(CsvReplay, NeedsItsColumnsAndASpeed) {
  EXPECT_FALSE(Replayed("", {}).replay);
  EXPECT_FALSE(Replayed("a,b,c\n1,2,3\n", {}).replay);
  EXPECT_FALSE(Replayed(kHour, {.speed = 0}).replay);
  EXPECT_FALSE(Replayed(kHour, {.speed = -1}).replay);
  EXPECT_FALSE(Replayed(kHour, {.speed = NAN}).replay);
  EXPECT_TRUE(Replayed("code,at,value\n", {}).replay) << "nothing to send is fine";
}

TEST(CsvReplay, CutsBatchesAndNeverGoesBack) {
  std::string text = "code,at,value\n";
  for (size_t i = 0; i < CsvReplay::kBatchMax + 10; ++i) text += "P,1593561600000,1\n";
  text += "P,1593561000000,2\nP,1593561660000,3\n";
  Replayed run(text, {.speed = 1});
  EXPECT_EQ(run.replay->due(kNow)->rows, CsvReplay::kBatchMax);
  const auto rest = run.replay->due(kNow);
  EXPECT_EQ(rest->rows, 11u) << "a row from before goes with the one before it";
  EXPECT_THAT(rest->body, HasSubstr("2026-11-21T18:50:00+08:00"));
  EXPECT_EQ(run.replay->next(), kNow + minutes(1));
}

}  // namespace
}  // namespace anlan
