// Bodies from outside into every route that takes one, on a whole node with a signed-in duty officer, without the
// transport. The first byte chooses the operation, the second the things its path names; the rest is the body.
//
// Whatever comes: no crash, no 5xx, and whoever is refused is told why by an error object.
//
// The node lives in memory (a folder of /dev/shm). It is what the inputs before have made of it, and is made anew every
// kInputsPerNode, so an input that fails is tried alone first and then with those before it.
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <random>
#include <thread>

#include "base/hash.h"
#include "base/real_ports.h"
#include "demo/demo.h"
#include "registry/place_files.h"
#include "web/api.h"
#include "web/live_hub.h"
#include "web/routes_demo.h"

// A real password hash takes a tenth of a second, which is its purpose. Here it takes none.
extern "C" int crypto_pwhash_str_alg(char out[crypto_pwhash_STRBYTES], const char* password, unsigned long long size, unsigned long long, size_t, int) {
  std::snprintf(out, crypto_pwhash_STRBYTES, "%zu", std::hash<std::string_view>{}({password, size}));
  return 0;
}
extern "C" int crypto_pwhash_str_verify(const char* hash, const char* password, unsigned long long size) {
  return std::to_string(std::hash<std::string_view>{}({password, size})) == hash ? 0 : -1;
}
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace anlan {

// The API asks a server for its figures when it has one.
ServerStats HttpServer::stats() const { return {}; }

namespace {

constexpr int kInputsPerNode = 400;
constexpr int64_t kCounty = 622927, kTown = 622927101, kVillage = 622927101201;

// Bodies that are accepted, so that mutations begin behind the first check. Others begin with {}.
const std::map<std::string, std::vector<std::string>>& seeds() {
  static const std::string warning =
      R"({"hazard":"rainstorm","level":"orange","places":["622927"],"area_label":"积石山县","headline":"暴雨橙色预警","description":"d","instruction":"i","message":"m","onset":1763700000000,"expires":1763743200000,"comment":"c"})";
  static const std::string drawn =
      R"({"hazard":"geohazard","level":"blue","geometry":{"type":"Polygon","coordinates":[[[102.7,35.8],[102.8,35.8],[102.8,35.9],[102.7,35.9],[102.7,35.8]]]},"headline":"h"})";
  static const std::string comment = R"({"comment":"同意"})";
  static const std::string answer = R"({"meaning":"moved","number":31,"text":"已转移","lon":102.75,"lat":35.85,"accuracy_m":12.5,"photos":[],"pressed_at":1763700000000})";
  static const std::map<std::string, std::vector<std::string>> all = {
      {"POST /session", {R"({"account":"duty","password":"correct horse"})"}},
      {"POST /session/password", {R"({"old":"correct horse","new":"battery staple"})"}},
      {"POST /accounts", {R"({"account":"zhao","name":"赵敏","password":"long enough","person":1,"roles":[{"role":"approver","place":"622927"}],"enabled":true})"}},
      {"PATCH /accounts/{id}", {R"({"name":"钱","roles":[{"role":"duty","place":"622927101"}],"enabled":false})"}},
      {"POST /areas/normalise",
       {R"({"geometry":{"type":"Polygon","coordinates":[[[102.7,35.8],[102.8,35.9],[102.8,35.8],[102.7,35.9],[102.7,35.8]]]},"datum":"gcj02"})",
        R"({"geometry":{"type":"MultiPolygon","coordinates":[[[[179,10],[-179,10],[-179,11],[179,11],[179,10]]]]}})", R"({"circle":{"lon":102.8,"lat":35.8,"radius_km":20}})",
        R"({"places":["622927101","622927100001"]})"}},
      {"POST /warnings", {warning, drawn}},
      {"POST /warnings/text", {warning}},
      {"PATCH /warnings/{id}", {drawn, warning}},
      {"POST /warnings/{id}/change", {warning, drawn}},
      {"POST /warnings/{id}/approve", {comment}},
      {"POST /warnings/{id}/return", {comment}},
      {"POST /warnings/{id}/cancel", {comment}},
      {"POST /warnings/{id}/extend", {R"({"expires":1763790000000})"}},
      {"POST /warnings/import-cap",
       {R"(<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a</identifier><sender>s</sender><sent>2025-11-21T12:40:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>暴雨</event><urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty><area><areaDesc>x</areaDesc><circle>35.8,102.8 10</circle></area></info></alert>)"}},
      {"POST /cap-sources", {R"({"url":"https://example.org/feed.atom","interval_s":60})"}},
      {"POST /rounds/{id}/calls/{seq}/answer", {answer}},
      {"POST /rounds/{id}/again", {R"({"place":"622927101"})"}},
      {"POST /rounds/{id}/stop", {comment}},
      {"POST /answer/{token}", {answer, R"({"meaning":"received"})"}},
      {"POST /answer/{token}/photos", {"\xFF\xD8\xFF\xE0photo"}},
      {"POST /people", {R"({"name":"马忠孝","phones":["13800131234"],"note":"n"})"}},
      {"PATCH /people/{id}", {R"({"name":"马","phones":["138 0013 1234","13900131234"]})"}},
      {"POST /people/import", {"姓名,手机,岗位,区划代码\n马忠孝,13800131234,村主任,622927101201\n"}},
      {"POST /posts", {R"({"kind":"village_head","title":"主任","place":"622927101201","hazards":["rainstorm"],"holder":1,"deputy_post":1,"superior_post":2,"valid_from":1763700000000,"valid_until":null})"}},
      {"PATCH /posts/{id}", {R"({"holder":2,"deputy_post":null,"place":"622927101202"})"}},
      {"POST /records/{type}", {R"({"name":"大河家小学","place":"622927101","lon":102.75,"lat":35.85,"fields":{"kind":"primary","pupils":320,"playground":10.5,"shelter":true,"keeper":"马","keeper_phone":"13900001234"}})"}},
      {"PATCH /records/{type}/{id}", {R"({"lon":null,"lat":null,"fields":{"pupils":330}})"}},
      {"POST /records/{type}/import", {"名称,区划代码,学段,学生人数(人)\n中学,622927101,初中,900\n"}},
      {"POST /places/import", {"code,lon,lat\n622927101201,102.76,35.86\n"}},
      {"POST /readings", {R"({"readings":[{"link":"Z1","at":1763700000000,"value":10.5},{"link":"Z1","at":"2025-11-21T12:40:00+08:00","value":-1e308}]})", R"([["Z1",1763700060000,11],["Z1",1763700120000,12]])"}},
      {"POST /readings/line-protocol", {"Z1 value=10.5 1763700000000000000\nZ1,a=b level=1i,text=\"x\" 1763700060000000000\n"}},
      {"POST /rules/check", {R"({"yaml":"alarm_rules:\n  - { id: mine, zh: a, en: b, type: river_gauge, hazard: flood, steps: [{ level: red, when: value > limit.warning }], hold: 2 min, source: s, effective_from: 2026-11-22 }\n"})"}},
      {"PUT /rules/{id}", {R"({"yaml":"alarm_rules:\n  - { id: mine, zh: a, en: b, type: river_gauge, hazard: flood, steps: [{ level: red, when: value > limit.warning }], hold: 2 min, source: s, effective_from: 2026-11-22 }\n"})"}},
      {"POST /rules/{id}/switch", {R"({"on":false})"}},
      {"POST /rules/backtest", {R"({"type":"river_gauge","steps":[{"level":"yellow","when":"value >= limit.warning"},{"level":"red","when":"value + rate(1h) * 2 > 12 and not sum(1h) < 3"}],"from":1763690000000,"until":1763790000000,"hold_s":60,"reports":2,"margin":0.1,"peaks":{"link":2,"above":10,"gap_h":6}})"}},
      {"POST /demo", {R"({"start":true,"answering":0.5,"dead":0})"}},
  };
  return all;
}

// Members of several routes at their ends; tried on all.
constexpr const char* kExtremes[] = {
    R"({"hazard":"rainstorm","places":["622927"],"headline":"h","level":"blue","onset":9223372036854775807})",
    R"({"hazard":"rainstorm","places":["622927"],"headline":"h","level":"blue","onset":-9223372036854775808})",
    R"({"expires":-9223372036854775808})",
    R"({"meaning":"moved","number":9223372036854775807,"pressed_at":-9223372036854775808,"lon":1e308,"lat":-1e308,"accuracy_m":1e308})",
    R"({"kind":"village_head","place":"622927101201","valid_from":-9223372036854775808,"valid_until":9223372036854775807})",
    R"({"circle":{"lon":180,"lat":90,"radius_km":5000}})",
    R"({"geometry":{"type":"Polygon","coordinates":[[[1e308,1],[2,-1e308],[3,3],[1e308,1]]]}})",
    R"({"name":"a","place":"622927101","lon":1e308,"lat":1e308,"fields":{"kind":"primary","pupils":1e308,"playground":1e308}})",
};

class FuzzClock final : public Clock {
 public:
  UtcTime now() const override { return {ms}; }
  Millis monotonic() const override { return {ms}; }
  std::atomic<int64_t> ms{1'763'700'000'000};
};

class FuzzRandom final : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override {
    std::scoped_lock guard(mutex_);
    for (auto& b : bytes) b = static_cast<uint8_t>(numbers_());
  }

 private:
  std::mutex mutex_;
  std::mt19937 numbers_{1};
};

class SilentChannel final : public Channel {
 public:
  explicit SilentChannel(std::string id) : id_(std::move(id)) {}
  std::string_view id() const override { return id_; }
  void place(std::vector<Attempt>, const std::string&) override {}

 private:
  std::string id_;
};

class FuzzedNode {
 public:
  explicit FuzzedNode(const Pack& pack) {
    NodeSettings settings;
    settings.place = PlaceCode(kCounty);
    settings.demo = true;
    history_ = History::open(folder_ + "/history").value();
    node_ = Node::open(settings, pack, open_sqlite(folder_ + "/anlan.db").value(), disk_, clock_, random_, {}, history_.get()).value();
    for (const char* id : {"voice", "sms", "app"}) node_->caller().add_channel(std::make_shared<SilentChannel>(id));
    phones_ = std::make_unique<SimulatedPhones>(1, PhoneHabits{}, node_->caller());
    demo_ = std::make_unique<Demo>(*node_, *phones_, 1);
    ApiOptions options;
    options.workers = 1;
    options.log = [this](std::string_view line) { log_ += std::string(line) + "\n"; };
    api_ = std::make_unique<Api>(*node_, sessions_, options);
    add_all_routes(*api_);
    add_demo_routes(*api_, demo_.get());
    node_->start();
    writer_ = std::thread([this] {
      while (node_->writer().wait()) node_->writer().run_batch();
    });
    fill(pack);
  }
  ~FuzzedNode() {
    node_->writer().stop();
    writer_.join();
    api_.reset();
    demo_.reset();
    phones_.reset();
    node_.reset();
    history_.reset();
    std::filesystem::remove_all(folder_);
  }

  // "POST /warnings" … of every route that may take a body.
  std::vector<std::string> operations() const {
    std::vector<std::string> all;
    for (const auto& r : api_->routes())
      if (r.method == "POST" || r.method == "PUT" || r.method == "PATCH") all.push_back(r.method + " " + r.path);
    return all;
  }

  void take(const std::string& operation, uint8_t which, std::string body) {
    HttpRequest r;
    r.method = operation.substr(0, operation.find(' '));
    std::string path = operation.substr(r.method.size() + 1);
    const auto put = [&](const std::string& name, const std::string& value) {
      if (const size_t at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    };
    const int64_t number = 1 + which % 8;
    // Not an account that is signed in: a role given up would end the session's use.
    put("/accounts/{id}", "/accounts/" + std::to_string(number + 2));
    put("/rounds/{id}", "/rounds/" + std::to_string(which % 16 == 15 ? 2 : 1));
    put("{token}", which % 16 == 15 ? "1-1-wrong" : node_->links().token({RoundId{1}, number}));
    put("{seq}", std::to_string(number));
    put("{id}", std::to_string(number));
    const auto& types = node_->pack().record_types;
    put("{type}", which & 0x80 ? types[(which / 8) % types.size()].id : "school");
    if (path.ends_with("/import")) path += which & 1 ? "?dry_run=false&kind=positions" : which & 2 ? "?kind=boundaries" : "?kind=positions&filename=a.csv";
    r.target = "/api/v1" + path;
    CHECK(read_target(r.target, r.path, r.query).ok());
    r.body = std::move(body);
    r.peer_address = "192.0.2.7";
    r.headers.add("Host", "node.example");
    r.headers.add("Cookie", "anlan_session=" + tokens_[which & 0x40 ? 1 : 0]);
    r.headers.add("Idempotency-Key", "key-" + std::to_string(++keys_));
    check(ask(std::move(r)), operation);
    clock_.ms += 2'000;
    node_->tick();
  }

 private:
  HttpResponse ask(HttpRequest request) {
    const auto answer = std::make_shared<std::promise<HttpResponse>>();
    const auto first = std::make_shared<std::atomic<bool>>(true);
    api_->handle(std::move(request), [=](HttpResponse response) {
      if (first->exchange(false)) answer->set_value(std::move(response));
    });
    return answer->get_future().get();
  }

  void check(const HttpResponse& response, const std::string& operation) {
    const std::string body(response.body_text());
    const std::string shown = operation + " → " + std::to_string(response.status) + " " + body + "\n" + log_;
    CHECK_MSG(response.status >= 200 && response.status < 500, shown);
    if (response.status == 204) return;
    const auto value = parse_json(body);
    CHECK_MSG(value.ok() && value->is_object(), shown);
    if (response.status < 400) return;
    const auto* error = value->as_object().if_contains("error");
    CHECK_MSG(error && error->is_object(), shown);
    for (const char* member : {"code", "message"}) {
      const auto* text = error->as_object().if_contains(member);
      CHECK_MSG(text && text->is_string() && !text->as_string().empty(), shown);
    }
  }

  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide, std::function<void(Tables&)> also = {}, const std::string& actor = "account:1") {
    const auto answer = std::make_shared<std::promise<Result<Answer>>>();
    node_->writer().submit({actor, {}, {}, std::move(decide), [=](const Result<Answer>& a) { answer->set_value(a); }, std::move(also)});
    return answer->get_future().get();
  }

  // Accounts, a small county with people, warnings in every state, a round.
  void fill(const Pack& pack) {
    int64_t n = 0;
    for (const char* name : {"duty", "other", "third"}) {
      const AccountId id{++n};
      Account a;
      a.account = a.name = name;
      for (const char* role : {"duty", "approver", "registrar", "site"}) a.roles.push_back({role, PlaceCode(kCounty)});
      if (n == 1) a.roles.push_back({"admin", {}});
      run([a](Reader& r, UtcTime) { return add_account(r, a); }, [id](Tables& t) { Sessions::store_password(t, id, Sessions::hash_password("correct horse")); }).value();
    }
    for (int64_t i = 1; i <= 2; ++i) {  // the officer, and a colleague who may approve
      const auto token = sessions_.new_token();
      run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }, [&](Tables& t) { Sessions::store_session(t, token, AccountId{i}, clock_.now()); }).value();
      sessions_.keep(token, AccountId{i});
      tokens_.push_back(token);
    }

    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n", "code,name\n622927101,大河家镇\n622927100,吹麻滩镇\n",
                                  "code,name\n622927101201,大河村\n622927101202,周家村\n622927100001,东门社区\n"}).value();
    for (const int64_t code : {kCounty, kTown, kVillage}) places.set_position(places.index_of(PlaceCode(code)), {102.76, 35.84}, false);
    const auto index = PlaceIndex::build(std::move(places), {}, node_->pinyin());
    const auto hash = node_->attachments().put(index->write()).value();
    node_->places().expect(hash, index);
    run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "fuzz"); }).value();
    for (int64_t i = 1; i <= 4; ++i) {
      PersonPatch person;
      person.name = "人员" + std::to_string(i);
      person.phones = std::vector<std::string>{std::to_string(13800000000 + i)};
      run([&](Reader& r, UtcTime) { return add_person(r, person); }).value();
      PostPatch post;
      post.kind = i == 1 ? "town_head" : "village_head";
      post.place = PlaceCode(i == 1 ? kTown : kVillage + (i - 2) % 2);
      if (i < 4) post.holder = PersonId{i};
      if (i > 1) post.superior_post = PostId{1};
      run([&](Reader& r, UtcTime) { return add_post(r, pack, index->places(), post); }).value();
    }
    RecordPatch school;
    school.name = "大河家小学";
    school.place = PlaceCode(kVillage);
    school.fields = json::object{{"kind", "primary"}, {"pupils", 320}};
    run([&](Reader& r, UtcTime) { return add_record(r, pack, index->places(), "school", school); }).value();
    RecordPatch gauge;
    gauge.name = "水位站";
    gauge.place = PlaceCode(kVillage);
    gauge.position = LonLat{102.76, 35.84};
    gauge.fields = json::object{{"code", "Z1"}, {"warning", 10.0}};
    run([&](Reader& r, UtcTime) { return add_record(r, pack, index->places(), "river_gauge", gauge); }).value();
    for (int i = 0; i < 3; ++i) {
      const SiteReading high{"Z1", clock_.now() - minutes(10 - 5 * i), 10.5, 0};
      const PlaceCode county(kCounty);
      (void)node_->watch().take(std::span(&high, 1), std::span(&county, 1), "", [](size_t) { return std::string_view(); }, clock_.now());
    }
    for (int64_t i = 1; i <= 4; ++i) {
      WarningContent c;
      c.hazard = "rainstorm";
      c.level = WarningLevel::red;
      c.places = {PlaceCode(kCounty)};
      c.headline = c.message = c.area_label = "暴雨";
      c.onset = clock_.now();
      c.expires = c.onset + hours(12);
      run([&](Reader& r, UtcTime now) { return draft_warning(r, pack, WarningSource::drawn, c, {}, now); }).value();
      const WarningId id{i};
      if (i <= 2) run([&](Reader& r, UtcTime now) { return submit_warning(r, pack, id, false, "anlan", now); }).value();
      if (i == 1) run([&](Reader& r, UtcTime now) { return approve_warning(r, pack, id, "account:2", "", "anlan", now); }, {}, "account:2").value();
      if (i == 4) run([&](Reader& r, UtcTime) { return discard_warning(r, id); }).value();
    }
    for (int i = 0; i < 6; ++i) {
      node_->tick();
      run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }).value();
    }
    CHECK(!node_->caller().open_rounds().empty());
  }

  static std::string new_folder() {
    std::string pattern = std::filesystem::is_directory("/dev/shm") ? "/dev/shm/anlan-fuzz-XXXXXX" : "/tmp/anlan-fuzz-XXXXXX";
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }

  const std::string folder_ = new_folder();
  FuzzClock clock_;
  FuzzRandom random_;
  SystemDisk disk_{folder_};
  std::string log_;
  std::unique_ptr<History> history_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<SimulatedPhones> phones_;
  std::unique_ptr<Demo> demo_;
  Sessions sessions_{clock_, random_};
  std::unique_ptr<Api> api_;
  std::thread writer_;
  std::vector<std::string> tokens_;
  int keys_ = 0;
};

std::unique_ptr<FuzzedNode>& node() {
  // Before the node, so that they outlive it and its threads at exit: the pack, and OpenSSL, which tidies up after threads.
  [[maybe_unused]] static const auto crypto_first = sha256("");
  static const Pack pack = load_pack("packs/cn").value();
  static std::unique_ptr<FuzzedNode> made;
  static int inputs = 0;
  if (!made || ++inputs % kInputsPerNode == 0) {
    made.reset();
    made = std::make_unique<FuzzedNode>(pack);
    // Ends before what its making has made: the history's store tidies up after itself at exit, too.
    std::atexit([] { made.reset(); });
  }
  return made;
}
const std::vector<std::string>& operations() {
  static const auto all = node()->operations();
  return all;
}

// --- Mutations that keep the JSON well-formed

json::value odd_value(std::mt19937& random) {
  static const char* odd[] = {"null", "true", "0", "-1", "1", "1e308", "-1e-320", "0.1", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "\"\"", "\"x\"", "\"\\u0000\"",
                              "\"622927\"", "\"62292710120\"", "\"13800000001\"", "\"red\"", "\"积石山\"", "[]", "[[]]", "{}", "{\"\":null}", "1763743200000", "4102444800000", "180.0000001", "-90"};
  if (random() % 12 == 0) return json::string(static_cast<size_t>(1) << random() % 14, random() % 2 ? 'a' : '\n');
  return parse_json(odd[random() % std::size(odd)]).value();
}

void collect(json::value& v, std::vector<json::value*>& out) {
  out.push_back(&v);
  if (auto* o = v.if_object())
    for (auto& member : *o) collect(member.value(), out);
  if (auto* a = v.if_array())
    for (auto& item : *a) collect(item, out);
}

// Every member name of every seed.
const std::vector<std::string>& names() {
  static const auto all = [] {
    std::vector<std::string> out;
    for (const auto& [operation, bodies] : seeds())
      for (const auto& body : bodies)
        if (auto value = parse_json(body)) {
          std::vector<json::value*> values;
          collect(*value, values);
          for (const auto* v : values)
            if (const auto* o = v->if_object())
              for (const auto& member : *o) out.emplace_back(member.key());
        }
    return out;
  }();
  return all;
}

void change(json::value& whole, std::mt19937& random) {
  std::vector<json::value*> all;
  collect(whole, all);
  auto& v = *all[random() % all.size()];
  auto* o = v.if_object();
  auto* a = v.if_array();
  switch (random() % 5) {
    case 3:
      if (o) {
        o->insert_or_assign(names()[random() % names().size()], odd_value(random));
        return;
      }
      break;
    case 0:
      if (o && !o->empty()) {
        o->erase(std::next(o->begin(), static_cast<long>(random() % o->size())));
        return;
      }
      break;
    case 1:
      if (a && !a->empty()) {
        const json::value item = (*a)[random() % a->size()];
        a->insert(a->begin(), random() % 40, item);
        return;
      }
      break;
    case 2: {
      const json::value other = *all[random() % all.size()];
      v = other;
      return;
    }
  }
  if (&v != &whole || random() % 8 == 0) v = odd_value(random);
}

std::vector<uint8_t> seed(std::mt19937& random) {
  const auto& all = operations();
  const size_t op = random() % all.size();
  const auto it = seeds().find(all[op]);
  const std::string body = random() % 8 == 0 ? kExtremes[random() % std::size(kExtremes)] : it == seeds().end() ? "{}" : it->second[random() % it->second.size()];
  std::vector<uint8_t> out{static_cast<uint8_t>(op), static_cast<uint8_t>(random())};
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

}  // namespace
}  // namespace anlan

using namespace anlan;

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int number) {
  std::mt19937 random(number);
  std::vector<uint8_t> input(data, data + size);
  if (size < 3 || random() % 4 == 0) input = seed(random);
  const std::string_view body(reinterpret_cast<const char*>(input.data()) + 2, input.size() - 2);
  if (random() % 16 == 0) input[1] = static_cast<uint8_t>(random());
  if (auto value = parse_json(body); value && random() % 8 != 0) {
    for (size_t i = random() % 4; i > 0; --i) change(*value, random);
    const auto text = json::serialize(*value);
    input.resize(2);
    input.insert(input.end(), text.begin(), text.end());
  } else {
    input.resize(std::max(input.size(), std::min(max_size, input.size() + 64)));
    const size_t used = LLVMFuzzerMutate(input.data() + 2, body.size(), input.size() - 2);
    input.resize(2 + used);
  }
  if (input.size() > max_size) input.resize(max_size);
  std::copy(input.begin(), input.end(), data);
  return input.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto& all = operations();
  node()->take(all[data[0] % all.size()], data[1], std::string(reinterpret_cast<const char*>(data) + 2, size - 2));
  return 0;
}
