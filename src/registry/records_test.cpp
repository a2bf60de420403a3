// Commands, facts, tables and the index of records, on a real store in a temporary folder.
#include "registry/records.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/real_ports.h"
#include "documents/csv.h"
#include "journal/replay.h"
#include "registry/live_places.h"
#include "registry/migrations.h"
#include "registry/place_test_data.h"
#include "registry/record_export.h"
#include "registry/record_import.h"
#include "registry/record_index.h"

namespace anlan {
namespace {

constexpr PlaceCode kCounty(622927), kTown(622927101), kVillage(622927101201), kElsewhere(44);

constexpr const char* kPack = R"(pack: { name: test, version: "1", phone_stale_after: 180 d, second_person: [] }
levels: [{ id: red, zh: 红, en: R }, { id: orange, zh: 橙, en: O }, { id: yellow, zh: 黄, en: Y }, { id: blue, zh: 蓝, en: B }]
)";
constexpr const char* kReservoir = R"(record_types:
  - id: reservoir
    zh: 水库
    en: Reservoir
    version: 1
    source: test
    fields:
      - { id: capacity, zh: 总库容, en: Capacity, type: number, unit: 万m³, required: true, list: true, filter: true, min: 0 }
      - { id: scale, zh: 规模, en: Size, type: choice, list: true, filter: true, choices: [{ id: big, zh: 大型, en: Large }, { id: small, zh: 小型, en: Small }] }
      - { id: unsafe, zh: 病险, en: Unsafe, type: boolean, filter: true }
      - { id: built, zh: 建成日期, en: Built, type: date, list: true, filter: true }
      - { id: code, zh: 代码, en: Code, type: text, list: true, filter: true }
      - { id: keeper, zh: 责任人, en: Keeper, type: person }
)";

class FixedClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'000'000};
};

class Records : public testing::Test {
 protected:
  void SetUp() override {
    folder = (std::filesystem::temp_directory_path() / "anlan-test-XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(folder.data()));
    auto read = read_pack({{"pack.yaml", kPack}, {"reservoir.yaml", kReservoir}});
    ASSERT_TRUE(read.ok()) << read.error().describe();
    pack = std::move(*read);
    places = test_places();
    register_registry_facts(catalogue);
    all = journal_migrations();
    for (const auto& m : registry_migrations()) all.push_back(m);
    disk = std::make_unique<SystemDisk>(folder);
    attachments = std::make_unique<Attachments>(*disk);
    store = open_sqlite(folder + "/live.db").value();
    auto connection = store->connect().value();
    ASSERT_TRUE(migrate(*connection, all).ok());
    writer = Writer::open(std::move(connection), clock, *attachments).value();
    reader = store->connect().value();
    index = std::make_unique<RecordIndex>(pack, pinyin, *attachments);
    index->load(*reader);
    writer->add_observer(index.get());
  }
  void TearDown() override {
    // What facts left behind: an index built anew is the same, and so is a replayed store.
    if (writer) expect_views_agree();
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
  std::string add(const RecordPatch& patch, std::string_view type = "reservoir") {
    return run([&](Reader& r) { return add_record(r, pack, places, type, patch); });
  }
  RecordPatch some(std::string name, double capacity) {
    RecordPatch p;
    p.name = std::move(name);
    p.place = kVillage;
    p.position = LonLat{102.8, 35.8};
    p.fields = {{"capacity", capacity}};
    return p;
  }
  const RecordType& type() const { return *pack.record_type("reservoir"); }
  Result<RecordTable> table_of(const std::string& csv, Datum datum = Datum::kWgs84) {
    auto table = read_table(csv, "test.csv");
    if (!table) return table.error();
    return read_record_table(*table, type(), places, kCounty, datum);
  }
  std::string import(const std::string& csv, PlaceCode scope = kCounty) {
    auto table = table_of(csv);
    if (!table) return table.error().describe();
    return run([&](Reader& r) { return import_records(r, *attachments, type(), *table, std::vector{scope}, "test.csv", false); });
  }
  std::string names(const RecordQuery& query) {
    const auto page = index->list(query);
    if (!page) return page.error().describe();
    std::string out = std::to_string(page->total) + ":";
    for (const auto& r : page->items) out += " " + r.name;
    return out;
  }
  RecordQuery query() { return {.type = "reservoir"}; }

  void expect_views_agree() {
    RecordIndex fresh(pack, pinyin, *attachments);
    fresh.load(*reader);
    EXPECT_EQ(write_all(fresh), write_all(*index));
    auto other = open_sqlite(folder + "/replayed.db").value();
    auto to = other->connect().value();
    const auto count = replay(*reader, *to, catalogue, all, *attachments, kNever);
    ASSERT_TRUE(count.ok()) << count.error().describe();
    EXPECT_EQ(*count, writer->seq());
    EXPECT_EQ(compare_tables(*reader, *to, registry_tables()), "");
  }
  std::string write_all(const RecordIndex& from) {
    return record_geojson(type(), from.within("reservoir", PlaceCode()), places, true) + std::to_string(from.count("", PlaceCode()));
  }

  std::string folder;
  Pack pack;
  PlaceTable places;
  PinyinTable pinyin;
  FactCatalogue catalogue;
  std::vector<Migration> all;
  FixedClock clock;
  std::unique_ptr<SystemDisk> disk;
  std::unique_ptr<Attachments> attachments;
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Connection> reader;
  std::unique_ptr<RecordIndex> index;
};

TEST_F(Records, AddChangeRemoveRestore) {
  EXPECT_EQ(add(some("大河水库", 12.5)), R"({"id":1})");
  EXPECT_EQ(add(some("小河水库", 3)), R"({"id":2})");
  RecordPatch patch;
  patch.fields = {{"capacity", 20}, {"scale", "big"}};
  EXPECT_EQ(run([&](Reader& r) { return change_record(r, pack, places, {1}, patch); }), R"({"id":1})");
  const auto seq = writer->seq();
  run([&](Reader& r) { return change_record(r, pack, places, {1}, patch); });
  EXPECT_EQ(writer->seq(), seq) << "a change of nothing is no fact";
  const auto view = index->find({1});
  ASSERT_TRUE(view);
  EXPECT_EQ(json::serialize(view->fields), R"({"capacity":2E1,"scale":"big"})");
  EXPECT_EQ(view->place, kVillage);
  EXPECT_EQ(view->changed_at.ms, 1'002'000);

  EXPECT_EQ(run([&](Reader& r) { return remove_record(r, {1}); }), R"({"id":1})");
  EXPECT_FALSE(index->find({1}));
  EXPECT_EQ(index->name({1}), "大河水库");
  EXPECT_EQ(names(query()), "1: 小河水库");
  EXPECT_NE(run([&](Reader& r) { return remove_record(r, {1}); }).find("not_found"), std::string::npos);
  EXPECT_EQ(run([&](Reader& r) { return restore_record(r, {1}); }), R"({"id":1})");
  EXPECT_NE(run([&](Reader& r) { return restore_record(r, {1}); }).find("conflict"), std::string::npos);
  EXPECT_EQ(names(query()), "2: 大河水库 小河水库");
}

TEST_F(Records, WrongValuesAreRefusedByField) {
  auto p = some("", 1);
  EXPECT_NE(add(p).find("field=name"), std::string::npos);
  p = some("水库", -1);
  EXPECT_NE(add(p).find("fields.capacity: Capacity: -1 is outside 0"), std::string::npos);
  p = some("水库", 1);
  p.fields = {};
  EXPECT_NE(add(p).find("fields.capacity: Capacity: is required"), std::string::npos);
  p = some("水库", 1);
  p.fields["colour"] = "red";
  EXPECT_NE(add(p).find("fields.colour: no such field"), std::string::npos);
  p = some("水库", 1);
  p.place = PlaceCode(622927999);
  EXPECT_NE(add(p).find("no such place: 622927999"), std::string::npos);
  p = some("水库", 1);
  p.position = LonLat{35.8, 102.8};
  EXPECT_NE(add(p).find("out of range"), std::string::npos);
  EXPECT_NE(add(some("水库", 1), "castle").find("not_found what=castle"), std::string::npos);
  EXPECT_EQ(writer->seq(), 0);
}

TEST_F(Records, PositionsAreConverted) {
  auto p = some("水库", 1);
  const LonLat truth{102.8, 35.8};
  p.position = gcj02_from_wgs84(truth);
  p.datum = Datum::kGcj02;
  add(p);
  EXPECT_LT(distance_m(*index->find({1})->position, truth), 0.05);
  p.position = std::optional<LonLat>();
  run([&](Reader& r) { return change_record(r, pack, places, {1}, p); });
  EXPECT_FALSE(index->find({1})->position);
}

TEST_F(Records, ListFiltersSortsAndSearches) {
  auto p = some("大河水库", 10);
  p.fields["scale"] = "big";
  p.fields["built"] = "1975-05-01";
  p.fields["unsafe"] = true;
  add(p);
  p = some("小河水库", 2);
  p.fields["scale"] = "small";
  p.fields["code"] = "X-77";
  add(p);
  p = some("安集水库", 5);
  p.place = kTown;
  p.fields["built"] = "1999-01-31";
  add(p);

  EXPECT_EQ(names(query()), "3: 大河水库 小河水库 安集水库");
  auto q = query();
  q.place = kVillage;
  EXPECT_EQ(names(q), "2: 大河水库 小河水库");
  q = query();
  for (const auto& [text, found] : std::vector<std::pair<std::string, std::string>>{
           {"河水", "2: 大河水库 小河水库"}, {"anji", "1: 安集水库"}, {"dhsk", "1: 大河水库"}, {"X-7", "1: 小河水库"}, {"3", "1: 安集水库"}, {"无", "0:"}}) {
    q.q = text;
    EXPECT_EQ(names(q), found) << text;
  }
  q = query();
  for (const auto& [sort, found] : std::vector<std::pair<std::string, std::string>>{
           {"capacity", "3: 小河水库 安集水库 大河水库"}, {"-capacity", "3: 大河水库 安集水库 小河水库"}, {"name", "3: 安集水库 大河水库 小河水库"},
           {"built", "3: 大河水库 安集水库 小河水库"}, {"-built", "3: 安集水库 大河水库 小河水库"}, {"-id", "3: 安集水库 小河水库 大河水库"},
           {"place", "3: 安集水库 大河水库 小河水库"}, {"changed_at", "3: 大河水库 小河水库 安集水库"}}) {
    q.sort = sort;
    EXPECT_EQ(names(q), found) << sort;
  }
  q = query();
  for (const auto& [field, value, found] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"capacity", "5..", "2: 大河水库 安集水库"}, {"capacity", "..5", "2: 小河水库 安集水库"}, {"capacity", "2", "1: 小河水库"},
           {"scale", "big", "1: 大河水库"}, {"scale", "big,small", "2: 大河水库 小河水库"}, {"unsafe", "true", "1: 大河水库"},
           {"built", "1975..1980", "1: 大河水库"}, {"built", "1999-01-31", "1: 安集水库"}, {"code", "77", "1: 小河水库"}, {"code", "", "3: 大河水库 小河水库 安集水库"}}) {
    q.filters = {{field, value}};
    EXPECT_EQ(names(q), found) << field << "=" << value;
  }
  q.filters = {{"capacity", "x.."}};
  EXPECT_NE(names(q).find("invalid_field field=f.capacity"), std::string::npos);
  q.filters = {{"keeper", "马"}};
  EXPECT_NE(names(q).find("this field is no filter"), std::string::npos);
  q = query();
  q.sort = "keeper";
  EXPECT_NE(names(q).find("invalid_field field=sort"), std::string::npos);
  q = query();
  q.offset = 1;
  q.limit = 1;
  EXPECT_EQ(names(q), "3: 小河水库");
  q.offset = 9;
  EXPECT_EQ(names(q), "3:");
  const auto hits = index->search("河水库", kCounty, 10);
  EXPECT_EQ(hits.size(), 2u);
  EXPECT_TRUE(index->search("河水库", kElsewhere, 10).empty());
}

TEST_F(Records, FoundByPosition) {
  add(some("里", 1));
  auto p = some("外", 1);
  p.position = LonLat{103.5, 35.8};
  add(p);
  p.position = std::optional<LonLat>();
  add(p);
  const Ring ring{{102.7, 35.7}, {102.9, 35.7}, {102.9, 35.9}, {102.7, 35.9}, {102.7, 35.7}};
  const PreparedArea area(*normalise({{ring, {}}}));
  EXPECT_EQ(index->inside(area), (std::vector<RecordId>{{1}}));
  EXPECT_EQ(index->points("reservoir", {103, 35, 104, 36}, 10).size(), 1u);
  EXPECT_EQ(index->points("", {-180, -90, 180, 90}, 10).size(), 2u);
  EXPECT_EQ(index->points("", {-180, -90, 180, 90}, 1).size(), 1u);
  run([&](Reader& r) { return remove_record(r, {1}); });
  EXPECT_TRUE(index->inside(area).empty());
}

TEST_F(Records, ImportedChangedAndUnchanged) {
  const std::string csv =
      "名称,区划代码,经度,纬度,总库容(万m³),规模,病险,备注\n"
      "大河水库,622927101201,102.8,35.8,12.5,大型,是,x\n"
      "小河水库,622927101,,,3,小型,否,\n";
  EXPECT_EQ(import(csv), R"({"rows":2,"created":2,"changed":0,"unchanged":0})");
  EXPECT_EQ(names(query()), "2: 大河水库 小河水库");
  EXPECT_EQ(import(csv), R"({"rows":2,"created":0,"changed":0,"unchanged":2})");
  EXPECT_EQ(writer->seq(), 1);
  EXPECT_EQ(import("id,name,capacity\n1,大河一库,13\n"), R"({"rows":1,"created":0,"changed":1,"unchanged":0})");
  const auto view = *index->find({1});
  EXPECT_EQ(view.name, "大河一库");
  EXPECT_EQ(json::serialize(view.fields), R"({"capacity":1.3E1,"scale":"big","unsafe":true})") << "columns that are absent change nothing";
  EXPECT_TRUE(view.position);
  EXPECT_EQ(import("编号,规模\n1,\n"), R"({"rows":1,"created":0,"changed":1,"unchanged":0})");
  EXPECT_FALSE(index->find({1})->fields.contains("scale")) << "an empty cell takes the value away";
  const auto table = table_of(csv);
  ASSERT_EQ(table->remarks.size(), 1u);
  EXPECT_EQ(table->remarks[0].field, "备注");
  EXPECT_EQ(add(some("新水库", 1)), R"({"id":3})");
}

TEST_F(Records, ImportFaultsNameLineAndColumn) {
  const auto said = import(
      "名称,区划代码,经度,纬度,总库容(万m³),规模\n"
      ",622927101201,102.8,35.8,1,大型\n"
      "甲,622927999,102.8,35.8,1,大型\n"
      "乙,622927101201,35.8,102.8,1,大型\n"
      "丙,622927101201,102.8,,1,大型\n"
      "丁,622927101201,,,一,中型\n");
  for (const auto* part : {"line 2 名称: must not be empty", "line 3 区划代码: no such place: 622927999", "line 4 经度: the position 35.8, 102.8 is out of range",
                           "line 5 纬度: must be decimal degrees", "line 6 总库容(万m³): “一” must be a number", "line 6 规模: “中型” is not one of 大型、小型"})
    EXPECT_NE(said.find(part), said.npos) << part << "\n" << said;
  EXPECT_EQ(writer->seq(), 0) << "nothing is half imported";

  EXPECT_NE(import("规模\n大型\n").find("line 1 名称: the column 名称 (name) is missing"), std::string::npos);
  EXPECT_NE(import("名称,name\na,b\n").find("line 1 name: means the same as another column"), std::string::npos);
  EXPECT_NE(import("名称,区划代码\n甲,622927101\n").find("line 2 总库容: is required"), std::string::npos);
  EXPECT_NE(import("名称,区划代码,总库容\n甲,622927101,1\n甲,622927101,2\n").find("line 3 名称: has the same name and place as line 2"), std::string::npos);
  EXPECT_NE(import("名称,总库容\n甲,1\n").find("line 2 区划代码: a new record needs a name and a place"), std::string::npos);
  EXPECT_NE(import("编号,总库容\n9,1\n").find("line 2 编号: there is no Reservoir with the id 9"), std::string::npos);
  EXPECT_NE(import("名称,区划代码,总库容\n甲,622927101,1\n", kElsewhere).find("622927101 is outside your place"), std::string::npos);
  add(some("双", 1));
  add(some("双", 2));
  EXPECT_NE(import("名称,区划代码,总库容\n双,622927101201,1\n").find("there are several “双”"), std::string::npos);
  EXPECT_NE(import("编号,总库容\n1,1\n1,2\n").find("line 3 名称: is the same record as line 2"), std::string::npos);
  std::string many = "名称,区划代码\n";
  for (int i = 0; i < 300; ++i) many += "甲,000\n";
  EXPECT_EQ(table_of(many).error().details.size(), 100u);
}

TEST_F(Records, ExportedTablesAreImportedAgain) {
  auto p = some("大河水库", 12.25);
  p.fields["scale"] = "big";
  p.fields["unsafe"] = false;
  p.fields["built"] = "1975-05-01";
  p.fields["code"] = "=1+1";
  p.fields["keeper"] = "马忠孝";
  p.position = LonLat{102.8123456789, 35.7};
  add(p);
  const auto table = record_table(type(), index->within("reservoir", PlaceCode()), places, true);
  CsvWriter csv(table.columns);
  for (const auto& row : table.rows) csv.row(row);
  const auto text = csv.take();
  EXPECT_NE(text.find("1,大河水库,622927101201,"), text.npos) << text;
  EXPECT_EQ(import(text), R"({"rows":1,"created":0,"changed":0,"unchanged":1})");
  const auto open = record_table(type(), index->within("reservoir", PlaceCode()), places, false);
  EXPECT_EQ(std::count(open.columns.begin(), open.columns.end(), "责任人"), 0);
  EXPECT_EQ(record_geojson(type(), index->within("reservoir", PlaceCode()), places, false).find("马忠孝"), std::string::npos);
  const auto empty = record_template(type());
  EXPECT_EQ(empty.columns.size(), 12u);
  EXPECT_EQ(empty.columns[6], "总库容(万m³)");
}

TEST_F(Records, ATypeThatThePackNoLongerHasStaysInTheTable) {
  add(some("大河水库", 1));
  const auto bare = read_pack({{"pack.yaml", kPack}});
  ASSERT_TRUE(bare.ok());
  RecordIndex index(*bare, pinyin, *attachments);
  index.load(*reader);
  ASSERT_TRUE(index.find({1}));
  EXPECT_EQ(index.find({1})->type, "reservoir");
  EXPECT_FALSE(index.list(query()).ok());
  EXPECT_EQ(index.count("", kCounty), 1u);
}

TEST_F(Records, PlacesAreSharedAsOneFact) {
  Places shared(*attachments);
  writer->add_observer(&shared);
  EXPECT_EQ(shared.get()->places().size(), 0u);
  const auto made = PlaceIndex::build(test_places(), {}, pinyin);
  const auto hash = attachments->put(made->write()).value();
  shared.expect(hash, made);
  EXPECT_EQ(run([&](Reader& r) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }), "{}");
  EXPECT_EQ(shared.get(), made);
  EXPECT_NE(run([&](Reader& r) { return import_places(r, PlaceSetKind::positions, std::string(64, 'a'), "", "late"); }).find("conflict"), std::string::npos);

  Places fresh(*attachments);
  ASSERT_TRUE(fresh.load(*reader).ok());
  EXPECT_EQ(fresh.attachment(), hash);
  EXPECT_EQ(fresh.get()->places().size(), made->places().size());

  auto other = test_places();
  other.set_position(0, {100, 36}, false);
  const auto second = attachments->put(PlaceIndex::build(std::move(other), {}, pinyin)->write()).value();
  EXPECT_EQ(run([&](Reader& r) { return import_places(r, PlaceSetKind::positions, second, hash, "positions"); }), "{}");
  EXPECT_EQ(shared.attachment(), second);
  EXPECT_EQ(shared.get()->places().position(0)->lat, 36);
}

}  // namespace
}  // namespace anlan
