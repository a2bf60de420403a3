#include "logistics/positions.h"

#include <gtest/gtest.h>

#include "base/real_ports.h"
#include "journal/scratch_store.h"

namespace anlan {
namespace {

const UtcTime kNow{1'763'700'000'000};

SeenAt seen(int64_t record, UtcTime at, double lon = 103) { return {RecordId{record}, {lon, 35}, at, 40.0}; }

TEST(Positions, TheNewerOneStays) {
  Positions p;
  EXPECT_TRUE(p.put(seen(1, kNow), kNow).value());
  EXPECT_FALSE(p.put(seen(1, kNow - seconds(1), 104), kNow).value());
  EXPECT_FALSE(p.put(seen(1, kNow, 104), kNow).value());
  EXPECT_TRUE(p.put(seen(1, kNow + seconds(1), 105), kNow + seconds(1)).value());
  EXPECT_EQ(p.find(RecordId{1})->position.lon, 105);
  EXPECT_FALSE(p.find(RecordId{2}).has_value());
}

TEST(Positions, WhatCannotBeIsRefused) {
  Positions p;
  EXPECT_EQ(p.put(seen(1, kNow, 200), kNow).error().param("field"), "lon");
  EXPECT_EQ(p.put(seen(1, kNow + hours(1)), kNow).error().param("field"), "at");
  EXPECT_EQ(p.put(seen(1, kNow - hours(100)), kNow).error().param("field"), "at");
  EXPECT_EQ(p.put(seen(0, kNow), kNow).error().param("field"), "record");
  auto fast = seen(1, kNow);
  fast.speed_kmh = -1;
  EXPECT_EQ(p.put(fast, kNow).error().param("field"), "speed_kmh");
  EXPECT_TRUE(p.put(seen(1, kNow + minutes(3)), kNow).value()) << "a clock that runs ahead a little";
  EXPECT_EQ(p.find(RecordId{1})->at, kNow);
}

TEST(Positions, OurClockSetBackFreezesNobody) {
  Positions p;
  EXPECT_TRUE(p.put(seen(1, kNow), kNow).value());
  EXPECT_TRUE(p.put(seen(1, kNow - hours(1), 104), kNow - hours(1)).value());
}

TEST(Positions, TheListIsBounded) {
  Positions p;
  for (size_t i = 1; i <= kPositionsMax; ++i) ASSERT_TRUE(p.put(seen(static_cast<int64_t>(i), kNow), kNow).ok());
  EXPECT_EQ(p.put(seen(200'000, kNow), kNow).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(p.put(seen(5, kNow + seconds(1)), kNow + seconds(1)).value());
}



TEST(Positions, OverARestart) {
  ScratchStore place("sqlite");
  SystemClock clock;
  SystemDisk disk(place.folder());
  Attachments attachments(disk);
  const auto store = place.open();
  auto connection = store->connect().value();
  auto migrations = journal_migrations();
  for (auto& m : position_migrations()) migrations.push_back(m);
  ASSERT_TRUE(migrate(*connection, migrations).ok());
  auto writer = Writer::open(std::move(connection), clock, attachments).value();
  Positions p;
  ASSERT_TRUE(p.put(seen(1, kNow), kNow).ok());
  auto without_speed = seen(2, kNow);
  without_speed.speed_kmh.reset();
  ASSERT_TRUE(p.put(without_speed, kNow).ok());
  auto save = p.save(kNow);
  ASSERT_TRUE(save.has_value());
  writer->submit(std::move(*save));
  writer->run_batch();
  EXPECT_FALSE(p.save(kNow + minutes(1)).has_value()) << "nothing new";
  ASSERT_TRUE(p.put(seen(1, kNow + minutes(1), 104), kNow + minutes(1)).ok());
  save = p.save(kNow + minutes(1));
  ASSERT_TRUE(save.has_value());
  ASSERT_TRUE(p.put(seen(2, kNow + minutes(1)), kNow + minutes(1)).ok());
  EXPECT_FALSE(p.save(kNow + minutes(1) + seconds(1)).has_value()) << "too soon";
  writer->submit(std::move(*save));
  writer->run_batch();
  EXPECT_EQ(writer->seq(), 0) << "no facts";

  Positions again;
  auto reader = store->connect().value();
  reader->begin_read();
  again.load(*reader);
  reader->rollback();
  ASSERT_EQ(again.all().size(), 2u);
  EXPECT_EQ(again.find(RecordId{1})->position.lon, 104);
  EXPECT_EQ(again.find(RecordId{1})->at, kNow + minutes(1));
  EXPECT_EQ(again.find(RecordId{1})->speed_kmh, 40.0);
  EXPECT_FALSE(again.find(RecordId{2})->speed_kmh.has_value());
}

TEST(Positions, WhatCouldNotBeWrittenIsWrittenTheNextTime) {
  Positions p;
  ASSERT_TRUE(p.put(seen(1, kNow), kNow).ok());
  auto save = p.save(kNow);
  ASSERT_TRUE(save.has_value());
  save->done(Error(ErrorCode::kDiskFull));
  EXPECT_TRUE(p.save(kNow + minutes(1)).has_value());
}


}  // namespace
}  // namespace anlan
