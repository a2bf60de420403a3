#include "simulation/sim_county.h"

#include "registry/people_attachment.h"
#include "registry/place_files.h"

namespace anlan {
namespace {

void run(Node& node, const char* key, std::function<Result<Decision>(Reader&)> decide) {
  std::optional<Error> error;
  node.writer().submit({"account:1", key, key, [decide = std::move(decide)](Reader& reader, UtcTime) { return decide(reader); },
                        [&](const Result<Answer>& answer) { if (!answer) error = answer.error(); }, {}});
  while (node.writer().run_batch()) {
  }
  CHECK_MSG(!error, error->describe());
}

std::shared_ptr<const PlaceIndex> index_of(const std::string& villages, const PinyinTable& pinyin) {
  auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n",
                                "code,name\n622927,积石山保安族东乡族撒拉族自治县\n",
                                "code,name\n622927100,吹麻滩镇\n622927101,大河家镇\n", villages}).value();
  return PlaceIndex::build(std::move(places), {}, pinyin);
}

void import_index(Node& node, std::shared_ptr<const PlaceIndex> index) {
  const auto hash = node.attachments().put(index->write()).value();
  node.places().expect(hash, std::move(index));
  run(node, "", [&](Reader& reader) { return import_places(reader, PlaceSetKind::divisions, hash, "", "simulated"); });
}

PersonPatch person(int64_t number, bool with_phone, bool second_phone) {
  PersonPatch p;
  p.name = "人员" + std::to_string(number);
  std::vector<std::string> phones;
  if (with_phone) phones.push_back(std::to_string(13800000000 + number));
  if (with_phone && second_phone) phones.push_back(std::to_string(13900000000 + number));
  p.phones = phones;
  p.generated = true;
  return p;
}

PostPatch post(const std::string& kind, PlaceCode place, int64_t holder, int64_t deputy = 0, int64_t superior = 0) {
  PostPatch p;
  p.kind = kind;
  p.place = place;
  p.holder = PersonId{holder};
  p.deputy_post = PostId{deputy};
  p.superior_post = PostId{superior};
  p.generated = true;
  return p;
}

Named named(const std::string& id) { return {id, id, id}; }

}  // namespace

std::vector<PlaceCode> sim_villages() {
  std::vector<PlaceCode> all;
  for (const int64_t town : {622927100, 622927101})
    for (int64_t v = 201; v <= 203; ++v) all.push_back(PlaceCode(town * 1000 + v));
  return all;
}

Pack sim_pack(SimRandom& random) {
  Pack p;
  p.name = "simulated";
  p.version = "1";
  p.hazards.push_back({named("rainstorm"), "Met", "02", {}});
  for (const auto* level : {"blue", "yellow", "orange", "red"}) p.levels.push_back(named(level));
  const std::pair<const char*, PlaceLevel> ranks[] = {{"county_leader", PlaceLevel::kCounty}, {"town_leader", PlaceLevel::kTown},
                                                      {"village_leader", PlaceLevel::kVillage}, {"grid_worker", PlaceLevel::kVillage},
                                                      {"duty", PlaceLevel::kCounty}};
  for (const auto& [id, level] : ranks) p.ranks.push_back({named(id), level});
  const std::pair<const char*, const char*> kinds[] = {{"county_head", "county_leader"}, {"town_head", "town_leader"},
                                                       {"village_head", "village_leader"}, {"grid_worker", "grid_worker"},
                                                       {"duty_room", "duty"}};
  for (const auto& [id, rank] : kinds) p.post_kinds.push_back({named(id), rank, {}, "", std::string_view(id) == "duty_room"});
  // Wide lines take a whole list with one fact, narrow ones let people wait.
  const bool wide = random.chance(0.3);
  auto channel = [&](const char* id, ChannelKind kind, Millis timeout, Millis wait) {
    const int lines = wide ? 20'000 : static_cast<int>(random.between(2, 12));
    p.channels.push_back({named(id), kind, lines, wide ? 5'000.0 : static_cast<double>(random.between(1, 5)),
                          wide ? 20'000 : static_cast<int>(random.between(2, 10)), timeout, wait});
  };
  channel("app", ChannelKind::app, seconds(30), seconds(20));
  channel("voice", ChannelKind::voice, seconds(60), seconds(10));
  channel("sms", ChannelKind::sms, seconds(90), seconds(60));
  auto answer = [&](const char* id, int digit, const char* number, bool attention, bool passes_on) {
    p.answers.push_back({named(id), digit, number, attention, passes_on, digit == 1});
  };
  answer("received", 1, "", false, false);
  answer("on_post", 2, "", false, false);
  answer("moved", 3, "people_moved", false, false);
  answer("need_support", 4, "", true, false);
  answer("unable", 5, "", true, true);
  for (const auto level : {WarningLevel::blue, WarningLevel::yellow, WarningLevel::orange, WarningLevel::red})
    for (const auto& rank : p.ranks) {
      if (level == WarningLevel::blue && rank.id != "duty" && rank.id != "village_leader") continue;
      CallRule r;
      r.level = level;
      r.rank = rank.id;
      r.answer_limit = random.span(minutes(2), minutes(5));
      if (random.chance(0.7)) r.steps.push_back({"app", 1, {}});
      r.steps.push_back({"voice", static_cast<int>(random.between(1, 2)), random.span(seconds(20), seconds(60))});
      if (random.chance(0.7)) r.steps.push_back({"sms", 1, {}});
      if (random.chance(0.2)) std::swap(r.steps.front(), r.steps.back());
      for (const auto next : {NextStep::deputy, NextStep::superior, NextStep::duty_above})
        if (random.chance(0.85)) r.then.push_back(next);
      p.call_rules.push_back(std::move(r));
    }
  p.phone_stale_after = hours(24 * 180);
  p.second_person = {WarningLevel::orange, WarningLevel::red};
  return p;
}

void fill_county(Node& node, SimRandom& random) {
  std::string villages = "code,name\n";
  for (const auto v : sim_villages()) villages += v.text() + ",第" + v.text().substr(8) + "村\n";
  import_index(node, index_of(villages, node.pinyin()));
  auto add = [&](const PersonPatch& p) { node.writer().submit({"account:1", "", "", [p](Reader& r, UtcTime) { return add_person(r, p); }, {}, {}}); };
  for (int64_t i = 1; i <= 26; ++i) add(person(i, !random.chance(0.08), random.chance(0.3)));
  const auto places = node.places().get();
  auto put = [&](const PostPatch& p) {
    node.writer().submit({"account:1", "", "", [p, places, &node](Reader& r, UtcTime) { return add_post(r, node.pack(), places->places(), p); }, {}, {}});
  };
  auto holder = [&](int64_t usual) { return random.chance(0.1) ? 0 : random.chance(0.15) ? random.between(1, 26) : usual; };
  put(post("county_head", kSimCounty, holder(2)));             // post 1: the deputy
  put(post("county_head", kSimCounty, holder(1), 1));          // post 2
  put(post("duty_room", kSimCounty, 3));                       // post 3
  int64_t next_post = 4, next_person = 4;
  for (const int64_t town : {622927100, 622927101}) {
    const int64_t deputy = next_post++, head = next_post++;
    put(post("town_head", PlaceCode(town), holder(next_person++)));
    put(post("town_head", PlaceCode(town), holder(next_person++), deputy, 2));
    put(post("duty_room", PlaceCode(town), holder(next_person++)));
    ++next_post;
    for (int64_t v = 201; v <= 203; ++v) {
      const PlaceCode village(town * 1000 + v);
      put(post("village_head", village, holder(next_person++), 0, head));
      const int64_t village_head = next_post++;
      put(post("village_head", village, holder(next_person++), village_head, head));
      put(post("grid_worker", village, holder(next_person++ % 26 + 1), village_head, head));
      next_post += 2;
    }
  }
  for (int64_t i = 1; i <= 26; ++i)
    if (random.chance(0.3)) {
      Account a;
      a.account = "user" + std::to_string(i);
      a.name = a.account;
      a.person = PersonId{i};
      node.writer().submit({"account:1", "", "", [a](Reader& r, UtcTime) { return add_account(r, a); }, {}, {}});
    }
  while (node.writer().run_batch()) {
  }
}

void fill_town(Node& node, int people) {
  constexpr int kVillages = 900;
  std::string text = "code,name\n";
  for (int v = 0; v < kVillages; ++v) text += std::to_string(622927101001 + v) + ",村" + std::to_string(v) + "\n";
  import_index(node, index_of(text, node.pinyin()));
  std::vector<ImportedPerson> persons;
  std::vector<ImportedPost> posts;
  for (int i = 1; i <= people; ++i) {
    ImportedPerson person;
    person.person = PersonId{i};
    person.name = "人员" + std::to_string(i);
    person.phones = {std::to_string(13800000000 + i)};
    person.generated = true;
    persons.push_back(std::move(person));
    ImportedPost post;
    post.post = PostId{i};
    post.kind = "village_head";
    post.place = PlaceCode(622927101001 + i % kVillages);
    post.holder = PersonId{i};
    post.generated = true;
    posts.push_back(std::move(post));
  }
  PeopleImported imported;
  imported.attachment = node.attachments().put(write_people(persons, posts)).value();
  imported.rows = imported.created = people;
  run(node, "", [&](Reader&) -> Result<Decision> { return Decision{{fact(imported)}, "{}"}; });
}

WarningContent sim_warning(SimRandom& random, const std::string& headline, UtcTime now) {
  WarningContent c;
  c.hazard = "rainstorm";
  c.level = static_cast<WarningLevel>(random.between(0, 3));
  if (random.chance(0.4)) c.places = {kSimCounty};
  else if (random.chance(0.5)) c.places = {PlaceCode(random.between(622927100, 622927101))};
  else {
    auto villages = sim_villages();
    c.places = {random.pick(villages)};
  }
  c.headline = headline;
  c.message = headline;
  c.onset = now;
  c.expires = now + random.span(minutes(20), hours(3));
  return c;
}

}  // namespace anlan
