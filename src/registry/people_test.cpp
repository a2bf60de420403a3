#include "registry/people.h"

#include "registry/people_search.h"
#include "registry/people_test_data.h"
#include "registry/phone_number.h"

namespace anlan {
namespace {

TEST(PhoneNumber, IsMadeUniform) {
  for (const auto* typed : {"13893001234", "138 9300 1234", "138-9300-1234", "+86 138 9300 1234", "008613893001234", "8613893001234",
                            "１３８９３００１２３４", "＋86 13893001234"})
    EXPECT_EQ(normalise_phone(typed).value(), "13893001234") << typed;
  for (const auto* typed : {"0930-7721234", "(0930) 7721234", "（0930）7721234", "+86 930 7721234", "09307721234"})
    EXPECT_EQ(normalise_phone(typed).value(), "09307721234") << typed;
  EXPECT_EQ(normalise_phone("010-62345678").value(), "01062345678");
}

TEST(PhoneNumber, RefusalsSayWhy) {
  for (const auto* typed : {"", "1389300123", "138930012345", "12893001234", "7721234", "张三", "+1 415 555 0100", "0930-1721234", "1.38E+10",
                            "00000000000", "400-800-8820"}) {
    const auto number = normalise_phone(typed);
    ASSERT_FALSE(number.ok()) << typed;
    EXPECT_EQ(number.error().code, ErrorCode::kInvalidField);
    EXPECT_FALSE(number.error().param("why").empty());
    EXPECT_FALSE(number.error().details.front().en.empty());
  }
}

TEST(PhoneNumber, PackedAndMasked) {
  for (const auto* digits : {"13893001234", "09307721234", "01062345678", "057187654321"}) EXPECT_EQ(unpack_phone(pack_phone(digits)), digits);
  EXPECT_EQ(pack_phone(""), 0u);
  EXPECT_EQ(mask_phone("13893001234"), "138****1234");
  EXPECT_EQ(mask_phone("09307721234"), "0930***1234");
  EXPECT_EQ(mask_phone("12"), "**");
}

class People : public testing::Test {
 protected:
  void TearDown() override { node.expect_views_agree(); }
  PeopleNode node;
};

TEST_F(People, AreAddedChangedAndRemoved) {
  EXPECT_EQ(node.add("马 国强", {"138 9300 1234", "13893001234", "0930-7721234"}), "{\"id\":1}");
  EXPECT_EQ(node.live->read()->phones({1}), (std::vector<std::string>{"13893001234", "09307721234"}));
  EXPECT_EQ(node.add("village_head", kTestVillage, 1), "{\"id\":1}");
  EXPECT_EQ(node.add("grid_worker", kTestVillage, 1, "东片网格员"), "{\"id\":2}");

  PersonPatch patch;
  patch.phones = {"13993005678"};
  EXPECT_EQ(node.run([&](Reader& r) { return change_person(r, {1}, patch); }), "{\"id\":1}");
  const int64_t seq = node.writer->seq();
  EXPECT_EQ(node.run([&](Reader& r) { return change_person(r, {1}, patch); }), "{\"id\":1}");
  EXPECT_EQ(node.writer->seq(), seq) << "a change that changes nothing is no fact";
  node.expect_views_agree();

  EXPECT_EQ(node.run([&](Reader& r) { return remove_person(r, {1}); }), "{\"id\":1}");
  const auto d = node.live->read();
  EXPECT_EQ(d->person({1}), nullptr);
  EXPECT_EQ(d->post({1})->holder, 0u);
  EXPECT_EQ(d->placed()[0].holder, 0u);
  EXPECT_TRUE(d->persons_with("13993005678").empty());
}

TEST_F(People, BadInputIsRefusedWithItsField) {
  EXPECT_NE(node.add("", {}).find("field=name"), std::string::npos);
  EXPECT_NE(node.add("张三", {"123"}).find("field=phone"), std::string::npos);
  EXPECT_NE(node.add("nobody", kTestVillage, 0).find("field=kind"), std::string::npos);
  EXPECT_NE(node.add("village_head", PlaceCode(622927999999), 0).find("field=place"), std::string::npos);
  EXPECT_NE(node.add("village_head", kTestVillage, 7).find("field=holder"), std::string::npos);
  EXPECT_NE(node.run([&](Reader& r) { return remove_person(r, {9}); }).find("not_found"), std::string::npos);
  EXPECT_EQ(node.writer->seq(), 0);

  for (int i = 0; i < 3; ++i) node.add("village_head", kTestVillage, 0, "岗" + std::to_string(i));
  PostPatch patch;
  patch.superior_post = PostId{2};
  EXPECT_EQ(node.change(1, patch), "{\"id\":1}");
  patch.superior_post = PostId{3};
  EXPECT_EQ(node.change(2, patch), "{\"id\":2}");
  patch.superior_post = PostId{1};
  EXPECT_NE(node.change(3, patch).find("superior_post"), std::string::npos) << "a circle";
  PostPatch times;
  times.valid_from = std::optional(UtcTime{10});
  times.valid_until = std::optional(UtcTime{10});
  EXPECT_NE(node.change(1, times).find("valid_until"), std::string::npos);
  PostPatch hazards;
  hazards.hazards = {"flood"};
  EXPECT_NE(node.change(1, hazards).find("field=hazards"), std::string::npos);
}

TEST_F(People, PhoneStates) {
  node.add("甲", {"13893000001"});
  node.add("乙", {"13893000002", "13893000001"});
  node.add("丙", {});
  node.add("丁", {"13893000002"});
  const UtcTime entered = node.clock.at;
  const auto state = [&](int64_t id, UtcTime at) { return node.live->read()->phone_state(PersonId{id}, at); };
  EXPECT_EQ(state(1, entered), PhoneState::shared) << "乙 has it too, though second";
  EXPECT_EQ(state(2, entered), PhoneState::shared);
  EXPECT_EQ(state(3, entered), PhoneState::none);
  PersonPatch other;
  other.phones = {"13893000009"};
  node.run([&](Reader& r) { return change_person(r, {2}, other); });
  node.expect_views_agree();
  EXPECT_EQ(state(1, entered), PhoneState::ok);
  EXPECT_EQ(state(4, entered), PhoneState::ok);
  const UtcTime later = entered + hours(24 * 200);
  EXPECT_EQ(state(1, later), PhoneState::stale);
  node.run([&](Reader&) -> Result<Decision> {
    return Decision{{fact(PhoneConfirmed{{{{1}, "13893000001", entered + hours(24 * 100)}}})}, "{}"};
  });
  EXPECT_EQ(state(1, later), PhoneState::ok);
  EXPECT_EQ(node.live->read()->person({1})->confirmed_at, (entered + hours(24 * 100)).ms);
}

TEST_F(People, ChainOfResponsibility) {
  for (const auto* name : {"村", "副", "镇", "县", "值班"}) node.add(name, {});
  node.add("village_head", kTestVillage, 1);          // 1
  node.add("village_head", kTestVillage, 2, "副主任");  // 2
  node.add("town_head", kTestTown, 0);                // 3, vacant
  node.add("county_head", kTestCounty, 4);            // 4
  node.add("duty_room", kTestCounty, 5);              // 5
  node.add("duty_room", kTestTown, 0);                // 6, vacant
  PostPatch links;
  links.deputy_post = PostId{2};
  links.superior_post = PostId{3};
  node.change(1, links);
  PostPatch up;
  up.superior_post = PostId{4};
  node.change(3, up);
  const UtcTime now = node.clock.at;
  {
    const auto d = node.live->read();
    EXPECT_EQ(d->deputy_of({1}, "rainstorm", now), (Holding{{2}, {2}}));
    EXPECT_EQ(d->deputy_of({2}, "rainstorm", now), std::nullopt);
    EXPECT_EQ(d->superior_of({1}, "rainstorm", now), (Holding{{4}, {4}})) << "the vacant town head is passed over";
    EXPECT_EQ(d->duty_above({1}, "rainstorm", now, kTestCounty), (Holding{{5}, {5}})) << "nobody in the town's duty room";
    EXPECT_EQ(d->duty_above({4}, "rainstorm", now, kTestCounty), (Holding{{5}, {5}})) << "at the top: the duty room there";
    EXPECT_EQ(d->duty_above({5}, "rainstorm", now, kTestCounty), std::nullopt);
    EXPECT_EQ(d->duty_above({1}, "rainstorm", now, kTestTown), (Holding{{6}, {}}));
  }
  PostPatch ended;
  ended.valid_until = std::optional(now);
  node.change(2, ended);
  PostPatch fire;
  fire.hazards = {"forest_fire"};
  node.change(4, fire);
  const auto d = node.live->read();
  EXPECT_EQ(d->deputy_of({1}, "rainstorm", now), (Holding{{2}, {}})) << "no longer valid";
  EXPECT_EQ(d->deputy_of({1}, "rainstorm", now - seconds(1)), (Holding{{2}, {2}}));
  EXPECT_EQ(d->superior_of({1}, "rainstorm", now), (Holding{{3}, {}})) << "the county head answers for fire only";
  EXPECT_EQ(d->superior_of({1}, "forest_fire", now), (Holding{{4}, {4}}));
}

TEST_F(People, AreFoundByNamePinyinNumberAndTitle) {
  node.add("马国强", {"13893001234"});
  node.add("马国", {"13893005678"});
  node.add("王马", {});
  node.add("village_head", kTestVillage, 1);
  node.add("grid_worker", kTestEastGate, 2, "东门网格员");
  const auto d = node.live->read();
  const auto find = [&](std::string_view q, PlaceCode place = {}) {
    std::vector<int64_t> out;
    for (const auto id : find_people(*d, {place, q, "", "", {}, 0, 10}, node.clock.at).items) out.push_back(id.value);
    return out;
  };
  EXPECT_EQ(find(""), (std::vector<int64_t>{2, 1, 3})) << "by place, then people without post";
  EXPECT_EQ(find("马国"), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(find("马"), (std::vector<int64_t>{2, 1, 3}));
  EXPECT_EQ(find("mgq"), (std::vector<int64_t>{1}));
  EXPECT_EQ(find("maguo"), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(find("1234"), (std::vector<int64_t>{1}));
  EXPECT_EQ(find("网格"), (std::vector<int64_t>{2}));
  EXPECT_EQ(find("马", kTestTown), (std::vector<int64_t>{1}));
  PeopleFilter gap;
  gap.gap = PhoneState::none;
  EXPECT_EQ(find_people(*d, gap, node.clock.at).items, std::vector<PersonId>{{3}});
  PostFilter posts;
  posts.rank = "grid_worker";
  EXPECT_EQ(find_posts(*d, posts).items, std::vector<PostId>{{2}});
  posts.rank = "";
  posts.vacant = true;
  EXPECT_EQ(find_posts(*d, posts).total, 0u);
}

TEST_F(People, ManyChangesAtOnceAndOneByOneAgree) {
  uint64_t random = 7;
  const auto next = [&](uint64_t n) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % n;
  };
  const std::array<PlaceCode, 6> places{kTestCounty, kTestTown, kTestOtherTown, kTestVillage, kTestNeighbour, kTestEastGate};
  for (int round = 0; round < 12; ++round) {
    const int n = round % 3 == 2 ? 150 : 20;  // every third commit is sorted anew
    for (int i = 0; i < n; ++i) {
      const auto what = next(10);
      const auto decide = [what, next, places](Reader& r, UtcTime) mutable -> Result<Decision> {
        const int64_t persons = peek_id(r, "person"), posts = peek_id(r, "post");
        PersonPatch person;
        person.name = "人" + std::to_string(next(50));
        if (next(4)) person.phones = {std::to_string(13893000000 + next(40)), std::to_string(13893000000 + next(40))};
        PostPatch post;
        post.kind = next(2) ? "village_head" : "geohazard_watcher";
        post.place = places[next(places.size())];
        post.holder = PersonId{static_cast<int64_t>(next(static_cast<uint64_t>(persons)))};
        post.title = "岗" + std::to_string(next(1000));
        if (what < 3) return add_person(r, person);
        if (what < 4) return change_person(r, {static_cast<int64_t>(next(static_cast<uint64_t>(persons)))}, person);
        if (what < 5) return remove_person(r, {static_cast<int64_t>(next(static_cast<uint64_t>(persons)))});
        if (what < 8) return add_post(r, people_pack(), test_places(), post);
        if (what < 9) return change_post(r, people_pack(), test_places(), {static_cast<int64_t>(next(static_cast<uint64_t>(posts)))}, post);
        return remove_post(r, {static_cast<int64_t>(next(static_cast<uint64_t>(posts)))});
      };
      next(3);
      node.writer->submit({"account:1", "", "", decide, {}, {}});
    }
    node.writer->run_batch();
    node.clock.at = node.clock.at + hours(1);
    node.expect_views_agree();
    if (HasFailure()) return;
  }
  EXPECT_GT(node.live->read()->active_posts(), 20u);
}

}  // namespace
}  // namespace anlan
