#include "signals/commands.h"

#include <gmock/gmock.h>

#include "base/real_ports.h"
#include "journal/replay.h"
#include "journal/scratch_store.h"
#include "registry/migrations.h"
#include "signals/queries.h"

namespace anlan {
namespace {

using testing::ElementsAre;

class FixedClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'763'700'000'000};
};

std::vector<Migration> migrations() {
  auto all = journal_migrations();
  for (const auto& m : signal_migrations()) all.push_back(m);
  return all;
}

// Alarms of three links: two in one county, one in the next.
class Alarms : public testing::TestWithParam<const char*> {
 protected:
  static constexpr int64_t kVillage = 622927101201, kOtherTown = 622927100, kNextCounty = 622921101;

  void SetUp() override {
    if (!place.why_not().empty()) GTEST_SKIP() << place.why_not();
    store = place.open();
    auto c = store->connect().value();
    ASSERT_TRUE(migrate(*c, migrations()));
    writer = Writer::open(std::move(c), clock, attachments).value();
    reader = store->connect().value();
  }
  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide, const std::string& actor = "node") {
    std::optional<Result<Answer>> answer;
    writer->submit({actor, {}, {}, std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
    writer->run_batch();
    return *answer;
  }
  // How many facts it made.
  int64_t want(std::vector<AlarmWanted> wanted) {
    const auto before = writer->seq();
    EXPECT_TRUE(run([&](Reader& r, UtcTime) { return record_alarms(r, pack.rules, wanted); }));
    return writer->seq() - before;
  }
  AlarmWanted rain(int64_t link, int64_t where, std::optional<WarningLevel> level, double value = 60) {
    return {RecordId{link}, "雨量站" + std::to_string(link), PlaceCode(where), "rain_amount", level, value, clock.at, {}, {}};
  }
  SituationRow situation(int64_t id) { return read_situation(*reader, SituationId{id}).value(); }
  std::vector<int64_t> listed(bool closed = false) {
    std::vector<int64_t> ids;
    for (const auto& s : list_situations(*reader, closed, 100)) ids.push_back(s.id.value);
    return ids;
  }

  static inline const Pack pack = load_pack("packs/cn").value();
  ScratchStore place{GetParam()};
  FixedClock clock;
  SystemDisk disk{place.folder()};
  Attachments attachments{disk};
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Connection> reader;
};

TEST_P(Alarms, OneStormIsOneSituation) {
  EXPECT_EQ(want({rain(1, kVillage, WarningLevel::yellow), rain(2, kOtherTown, WarningLevel::blue), rain(3, kNextCounty, WarningLevel::blue)}), 5)
      << "three alarms in two counties";
  EXPECT_EQ(want({rain(1, kVillage, WarningLevel::yellow), rain(2, kOtherTown, WarningLevel::blue)}), 0) << "said again";
  EXPECT_EQ(want({rain(2, kOtherTown, WarningLevel::red, 120)}), 1);
  EXPECT_EQ(situation(1).standing, 2);
  EXPECT_EQ(situation(1).level, WarningLevel::red);
  EXPECT_EQ(situation(1).place.digits(), 622927);
  EXPECT_EQ(situation(2).level, WarningLevel::blue);
  EXPECT_THAT(listed(), ElementsAre(1, 2)) << "the urgent first";
  EXPECT_EQ(trend(*reader, SituationId{1}, clock.at), Trend::rising);

  EXPECT_EQ(want({rain(2, kOtherTown, WarningLevel::yellow, 55)}), 1);
  EXPECT_EQ(situation(1).level, WarningLevel::yellow);
  EXPECT_EQ(situation(1).highest, WarningLevel::red);
  EXPECT_EQ(alarms_of_link(*reader, RecordId{2}, 10).at(0).highest, WarningLevel::red);
  EXPECT_EQ(want({rain(2, kOtherTown, {}), rain(7, kOtherTown, {})}), 1) << "what is not there need not be cleared";
  EXPECT_EQ(situation(1).standing, 1);
  EXPECT_EQ(standing_alarms(*reader).size(), 2u);
}

TEST_P(Alarms, AQuietSituationEndsAndANewStormIsANewOne) {
  want({rain(1, kVillage, WarningLevel::yellow)});
  want({rain(1, kVillage, {})});
  const auto close = [&] { ASSERT_TRUE(run([](Reader& r, UtcTime now) { return close_quiet_situations(r, now); })); };
  close();
  EXPECT_EQ(situation(1).state, SituationState::open);
  clock.at = clock.at + minutes(20);
  want({rain(1, kVillage, WarningLevel::blue)});
  EXPECT_EQ(situation(1).standing, 1) << "it came back: the same storm";
  want({rain(1, kVillage, {})});
  clock.at = clock.at + minutes(31);
  close();
  EXPECT_EQ(situation(1).state, SituationState::closed);
  EXPECT_THAT(listed(true), ElementsAre(1));
  want({rain(1, kVillage, WarningLevel::blue)});
  EXPECT_THAT(listed(), ElementsAre(2));
  EXPECT_EQ(run([](Reader& r, UtcTime) { return take_situation(r, SituationId{1}, "account:3"); }).error().code, ErrorCode::kConflict);
}

TEST_P(Alarms, OnePersonTakesIt) {
  want({rain(1, kVillage, WarningLevel::red), rain(3, kNextCounty, WarningLevel::red)});
  const auto take = [&](const char* actor) { return run([actor](Reader& r, UtcTime) { return take_situation(r, SituationId{1}, actor); }, actor); };
  ASSERT_TRUE(take("account:3"));
  ASSERT_TRUE(take("account:3")) << "twice is once";
  EXPECT_EQ(take("account:4").error().code, ErrorCode::kConflict);
  EXPECT_EQ(situation(1).taken_by, "account:3");
  EXPECT_THAT(listed(), ElementsAre(2, 1)) << "what nobody has taken comes first";
  ASSERT_TRUE(run([](Reader& r, UtcTime) { return release_situation(r, SituationId{1}); }));
  EXPECT_EQ(situation(1).state, SituationState::open);
  ASSERT_TRUE(run([](Reader& r, UtcTime) { return mark_warned(r, SituationId{1}, WarningId{5}); }));
  ASSERT_TRUE(run([](Reader& r, UtcTime) { return mark_warned(r, SituationId{1}, WarningId{6}); }));
  EXPECT_EQ(situation(1).warning, WarningId{6});
  EXPECT_EQ(run([](Reader& r, UtcTime) { return take_situation(r, SituationId{9}, "account:3"); }).error().code, ErrorCode::kNotFound);
}

TEST_P(Alarms, AReplayGivesTheSameTables) {
  want({rain(1, kVillage, WarningLevel::yellow), rain(2, kOtherTown, WarningLevel::blue)});
  want({rain(1, kVillage, WarningLevel::red), rain(2, kOtherTown, {})});
  run([](Reader& r, UtcTime) { return take_situation(r, SituationId{1}, "account:3"); }, "account:3");
  FactCatalogue catalogue;
  register_signal_facts(catalogue);
  const ScratchStore again("sqlite");
  auto target = again.open();
  auto to = target->connect().value();
  const auto n = replay(*reader, *to, catalogue, migrations(), attachments, kNever);
  ASSERT_TRUE(n) << n.error().describe();
  EXPECT_EQ(compare_tables(*reader, *to, signal_tables()), "");
}

INSTANTIATE_TEST_SUITE_P(Stores, Alarms, testing::Values("sqlite", "postgres"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace anlan
