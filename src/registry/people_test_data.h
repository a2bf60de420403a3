// A small pack and a node with a store in a temporary folder, for tests of people.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/real_ports.h"
#include "registry/live_directory.h"
#include "registry/migrations.h"
#include "registry/people.h"
#include "registry/place_test_data.h"

namespace anlan {

inline constexpr PlaceCode kTestCounty(622927), kTestTown(622927101), kTestOtherTown(622927100), kTestVillage(622927101201),
    kTestNeighbour(622927101202), kTestEastGate(622927100001);

inline Pack people_pack() {
  Pack pack;
  const auto hazard = [&](const char* id, const char* zh) {
    Hazard h;
    h.id = id, h.zh = zh, h.en = id;
    pack.hazards.push_back(h);
  };
  hazard("rainstorm", "暴雨");
  hazard("geohazard", "地质灾害");
  hazard("forest_fire", "森林火灾");
  const auto rank = [&](const char* id, const char* zh, PlaceLevel level) {
    Rank r;
    r.id = id, r.zh = zh, r.en = id, r.place_level = level;
    pack.ranks.push_back(r);
  };
  rank("county_leader", "县领导", PlaceLevel::kCounty);
  rank("town_leader", "乡镇领导", PlaceLevel::kTown);
  rank("village_leader", "村领导", PlaceLevel::kVillage);
  rank("grid_worker", "网格员", PlaceLevel::kVillage);
  rank("duty", "值班室", PlaceLevel::kCounty);
  const auto kind = [&](const char* id, const char* zh, const char* of, std::vector<std::string> hazards, const char* record, bool duty) {
    PostKind k;
    k.id = id, k.zh = zh, k.en = id, k.rank = of, k.hazards = std::move(hazards), k.record_type = record, k.duty_room = duty;
    pack.post_kinds.push_back(k);
  };
  kind("county_head", "县长", "county_leader", {}, "", false);
  kind("town_head", "乡镇长", "town_leader", {}, "", false);
  kind("village_head", "村主任", "village_leader", {}, "", false);
  kind("geohazard_watcher", "地质灾害监测员", "village_leader", {"rainstorm", "geohazard"}, "", false);
  kind("grid_worker", "网格员", "grid_worker", {}, "", false);
  kind("forest_ranger", "护林员", "grid_worker", {"forest_fire"}, "", false);
  kind("reservoir_keeper", "水库责任人", "village_leader", {}, "reservoir", false);
  kind("duty_room", "值班室", "duty", {}, "", true);
  RecordType reservoir;
  reservoir.id = "reservoir", reservoir.zh = "水库", reservoir.en = "Reservoir";
  pack.record_types.push_back(reservoir);
  ChannelRule sms;
  sms.id = "sms", sms.zh = "短信", sms.en = "SMS", sms.rate_per_s = 10, sms.burst = 0;
  pack.channels.push_back(sms);
  for (const auto level : {WarningLevel::blue, WarningLevel::yellow, WarningLevel::orange, WarningLevel::red})
    for (const auto* of : {"county_leader", "town_leader", "village_leader", "grid_worker"}) {
      if (level < WarningLevel::orange && std::string_view(of) == "county_leader") continue;  // not for blue and yellow
      CallRule rule;
      rule.level = level, rule.rank = of, rule.answer_limit = minutes(5), rule.steps = {{"sms", 2, minutes(1)}};
      pack.call_rules.push_back(rule);
    }
  pack.phone_stale_after = hours(24 * 180);
  return pack;
}

class TestClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'795'287'600'000};  // 2026-11-21
};

class PeopleNode {
 public:
  PeopleNode() : pack(people_pack()), places(test_places()) {
    folder = (std::filesystem::temp_directory_path() / "anlan-test-XXXXXX").string();
    CHECK(::mkdtemp(folder.data()));
    disk = std::make_unique<SystemDisk>(folder);
    attachments = std::make_unique<Attachments>(*disk);
    store = open_sqlite(folder + "/live.db").value();
    auto connection = store->connect().value();
    auto all = journal_migrations();
    for (const auto& m : registry_migrations()) all.push_back(m);
    CHECK(migrate(*connection, all).ok());
    writer = Writer::open(std::move(connection), clock, *attachments).value();
    reader = store->connect().value();
    live = std::make_unique<LiveDirectory>(pack, pinyin, *attachments);
    live->load(*reader);
    writer->add_observer(live.get());
  }
  ~PeopleNode() {
    writer.reset();
    reader.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }

  // The response, or the error as text.
  std::string run(std::function<Result<Decision>(Reader&)> decide) {
    std::string said;
    writer->submit({"account:1", "", "", [&](Reader& r, UtcTime) { return decide(r); },
                    [&](const Result<Answer>& a) { said = a ? a->response : a.error().describe(); }, {}});
    writer->run_batch();
    clock.at = clock.at + seconds(1);
    return said;
  }
  std::string add(std::string name, std::vector<std::string> phones) {
    PersonPatch p;
    p.name = std::move(name);
    p.phones = std::move(phones);
    return run([&](Reader& r) { return add_person(r, p); });
  }
  std::string add(std::string kind, PlaceCode place, int64_t holder, std::string title = {}) {
    PostPatch p;
    p.kind = std::move(kind);
    p.place = place;
    p.holder = PersonId{holder};
    p.title = std::move(title);
    return run([&](Reader& r) { return add_post(r, pack, places, p); });
  }
  std::string change(int64_t post, const PostPatch& patch) {
    return run([&](Reader& r) { return change_post(r, pack, places, PostId{post}, patch); });
  }

  // The shared directory and one built anew from the tables say the same.
  void expect_views_agree() const {
    Directory fresh(pack, pinyin);
    fresh.load(*reader);
    const auto here = live->read();
    ASSERT_EQ(here->active_persons(), fresh.active_persons());
    ASSERT_EQ(here->active_posts(), fresh.active_posts());
    EXPECT_EQ(here->last_change(), fresh.last_change());
    for (uint32_t id = 1; id < fresh.person_slots(); ++id) {
      const auto *a = here->person({id}), *b = fresh.person({id});
      ASSERT_EQ(a != nullptr, b != nullptr) << id;
      if (!a) continue;
      EXPECT_EQ(here->state(PersonId{id}), fresh.state(PersonId{id}));
      EXPECT_EQ(a->shared, b->shared) << a->name;
      EXPECT_EQ(a->confirmed_at, b->confirmed_at);
      EXPECT_EQ(here->posts_of({id}), fresh.posts_of({id}));
      ASSERT_EQ(a->phones.size(), b->phones.size());
      for (size_t i = 0; i < a->phones.size(); ++i) {
        EXPECT_EQ(a->phones[i].entered_at, b->phones[i].entered_at);
        EXPECT_EQ(a->phones[i].confirmed_at, b->phones[i].confirmed_at);
      }
    }
    for (uint32_t id = 1; id < fresh.post_slots(); ++id) {
      ASSERT_EQ(here->post({id}) != nullptr, fresh.post({id}) != nullptr) << id;
      if (fresh.post({id})) {
        EXPECT_EQ(here->state(PostId{id}), fresh.state(PostId{id}));
      }
    }
    ASSERT_EQ(here->runs().size(), fresh.runs().size());
    for (size_t i = 0; i < fresh.runs().size(); ++i) {
      EXPECT_EQ(here->runs()[i].key, fresh.runs()[i].key);
      EXPECT_EQ(here->runs()[i].begin, fresh.runs()[i].begin);
    }
    for (size_t i = 0; i < fresh.placed().size(); ++i) {
      EXPECT_EQ(here->placed()[i].post, fresh.placed()[i].post);
      EXPECT_EQ(here->placed()[i].holder, fresh.placed()[i].holder);
      EXPECT_EQ(here->placed()[i].hazards, fresh.placed()[i].hazards);
    }
  }

  Pack pack;
  PlaceTable places;
  PinyinTable pinyin;
  TestClock clock;
  std::string folder;
  std::unique_ptr<SystemDisk> disk;
  std::unique_ptr<Attachments> attachments;
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Connection> reader;
  std::unique_ptr<LiveDirectory> live;
};

}  // namespace anlan
