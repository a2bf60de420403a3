// For tests: a whole node on either store with a small county, a clock that the test turns, and channels that note what
// they are handed.
#pragma once

#include "calls/channel.h"
#include "journal/scratch_store.h"
#include "base/real_ports.h"
#include "loop/node.h"
#include "registry/place_files.h"

namespace anlan {

class RigClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms + ahead}; }
  UtcTime at{1'763'700'000'000};
  std::atomic<int64_t> ahead{0};  // of the monotonic clock alone, for what waits on another thread
};

class NotedChannel final : public Channel {
 public:
  explicit NotedChannel(std::string id) : id_(std::move(id)) {}
  std::string_view id() const override { return id_; }
  void place(std::vector<Attempt> attempts, const std::string&) override { placed.insert(placed.end(), attempts.begin(), attempts.end()); }
  std::vector<Attempt> placed;

 private:
  std::string id_;
};

class NodeRig {
 public:
  static constexpr int64_t kCounty = 622927, kTown = 622927101;

  explicit NodeRig(const std::string& kind, bool keeps_readings = false) : place(kind), keeps_readings_(keeps_readings) { open(); }
  ~NodeRig() { close(); }

  void open() {
    static const Pack pack = load_pack("packs/cn").value();
    NodeSettings settings;
    settings.name = "积石山县应急管理局";
    settings.place = PlaceCode(kCounty);
    if (keeps_readings_) history = History::open(place.folder() + "/history").value();
    node = Node::open(settings, pack, place.open(), disk, clock, random, {}, history.get()).value();
    for (const char* id : {"voice", "sms", "app"}) node->caller().add_channel(channels[id] = std::make_shared<NotedChannel>(id));
    node->start();
  }
  void close() {
    node.reset();
    history.reset();
  }

  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide, const std::string& actor = "account:1", const std::string& key = {}) {
    std::optional<Result<Answer>> answer;
    node->writer().submit({actor, key, key, std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
    while (!answer) node->writer().run_batch();
    return *answer;
  }
  int64_t id_of(const Result<Answer>& answer, const char* name = "id") { return parse_json(answer.value().response).value().at(name).to_number<int64_t>(); }
  void settle() {
    for (int i = 0; i < 12; ++i) {
      node->tick();
      while (node->writer().run_batch()) {
      }
    }
  }
  void pass(Millis span) {
    for (const UtcTime end = clock.at + span; clock.at < end;) {
      clock.at = std::min(end, clock.at + seconds(5));
      settle();
    }
  }

  // Three villages; the first has a head, a deputy and a town head above, the second nobody, the third a head.
  void fill() {
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山保安族东乡族撒拉族自治县\n",
                                  "code,name\n622927101,大河家镇\n622927100,吹麻滩镇\n",
                                  "code,name\n622927101201,大河村村委会\n622927101202,周家村村委会\n622927100001,东门社区居委会\n"}).value();
    places.set_position(places.index_of(PlaceCode(kTown)), {102.76, 35.84}, false);
    const auto index = PlaceIndex::build(std::move(places), {}, node->pinyin());
    const auto hash = node->attachments().put(index->write()).value();
    node->places().expect(hash, index);
    run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).value();
    const auto person = [&](const char* name, const char* phone) {
      PersonPatch p;
      p.name = name;
      p.phones = std::vector<std::string>{phone};
      return PersonId{id_of(run([&](Reader& r, UtcTime) { return add_person(r, p); }))};
    };
    const auto post = [&](const char* kind, int64_t at, PersonId holder, PostId deputy = {}, PostId superior = {}) {
      PostPatch p;
      p.kind = kind;
      p.place = PlaceCode(at);
      p.holder = holder;
      p.deputy_post = deputy;
      p.superior_post = superior;
      return PostId{id_of(run([&](Reader& r, UtcTime) { return add_post(r, node->pack(), index->places(), p); }))};
    };
    const auto town_head = post("town_head", kTown, person("王五", "13800000004"));
    const auto deputy = post("grid_worker", 622927101201, person("张三", "13800000002"));
    post("village_head", 622927101201, person("马忠孝", "13800000001"), deputy, town_head);
    post("village_head", 622927101202, {}, {}, town_head);
    post("village_head", 622927100001, person("李四", "13800000003"));
    post("county_duty_room", kCounty, person("赵六", "13800000005"));
  }

  WarningContent content() const {
    WarningContent c;
    c.hazard = "rainstorm";
    c.level = WarningLevel::red;
    c.places = {PlaceCode(kCounty)};
    c.area_label = "积石山县";
    c.headline = "积石山县暴雨红色预警";
    c.message = "暴雨红色预警，请应答";
    c.onset = clock.at;
    c.expires = c.onset + hours(12);
    return c;
  }
  WarningId draft() {
    return WarningId{id_of(run([this](Reader& r, UtcTime now) { return draft_warning(r, node->pack(), WarningSource::drawn, content(), {}, now); }), "warning")};
  }
  // From the draft to the first calls.
  WarningId warn() {
    const auto id = draft();
    run([&](Reader& r, UtcTime now) { return submit_warning(r, node->pack(), id, false, "anlan", now); }).value();
    run([&](Reader& r, UtcTime now) { return approve_warning(r, node->pack(), id, "account:2", "", "anlan", now); }, "account:2").value();
    settle();
    return id;
  }

  ScratchStore place;
  RigClock clock;
  SystemRandom random;
  SystemDisk disk{place.folder()};
  std::map<std::string, std::shared_ptr<NotedChannel>> channels;
  std::unique_ptr<History> history;
  std::unique_ptr<Node> node;

 private:
  bool keeps_readings_;
};

}  // namespace anlan
