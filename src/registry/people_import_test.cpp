#include "registry/people_import.h"

#include "documents/csv.h"
#include "registry/people_test_data.h"

namespace anlan {
namespace {

class PeopleImport : public testing::Test {
 protected:
  void TearDown() override { node->expect_views_agree(); }

  PeopleImportPlan plan(const Table& table, PlaceCode scope = kTestCounty) {
    scope_ = scope;
    PeopleImportOptions options;
    options.scopes = {&scope_, 1};
    return plan_people_import(table, *node->live->read(), node->places, names, options);
  }
  PeopleImportPlan plan(const std::string& csv, PlaceCode scope = kTestCounty) { return plan(read_table(csv, "t.csv").value(), scope); }

  // "created/changed/unchanged", or the errors.
  std::string import(const Table& table) {
    const auto p = plan(table);
    remarks.clear();
    for (const auto& r : p.remarks) remarks += std::to_string(r.line) + " " + r.en + "\n";
    std::string out;
    for (const auto& e : p.errors) out += std::to_string(e.line) + " " + e.field + " " + e.en + "\n";
    if (!out.empty()) return out;
    const auto hash = node->attachments->put(write_people(p.persons, p.posts)).value();
    const auto said = node->run([&](Reader& r) { return import_people(r, p, hash, "t.csv"); });
    if (said.find("rows") == std::string::npos) return said;
    return std::to_string(p.created) + "/" + std::to_string(p.changed) + "/" + std::to_string(p.unchanged);
  }
  std::string import(const std::string& csv) { return import(read_table(csv, "t.csv").value()); }

  std::unique_ptr<PeopleNode> node = std::make_unique<PeopleNode>();
  RecordNames names{{{{1}, "reservoir", "红旗水库", kTestVillage}, {{2}, "reservoir", "红旗水库", kTestEastGate}}};
  std::string remarks;
  PlaceCode scope_;
};

const std::string kHead = "姓名,手机,手机2,岗位类别,岗位名称,行政区划,对象类别,对象名称,灾种,副职,上级,有效期起,有效期止,核实日期,备注\n";
const std::string kFour = kHead +
                          "马国强,138 9300 1234,0930-7721234,村主任,,622927101201,,,,马建军,赵镇长,,2026-12-31,2026-11-01,老支书\n"
                          "马建军,13893005678,,村主任,副主任,大河家镇 / 大河村,,,暴雨、地质灾害,,马国强,,,,\n"
                          "赵镇长,13893009999,,乡镇长,,大河家镇,,,,,,,,,\n"
                          ",,,护林员,,大河村,,,,,,,,,\n"
                          "马国强,13893001234,,水库责任人,,大河村,水库,红旗水库,,,,,,,\n";

TEST_F(PeopleImport, OneRowIsOnePersonInOnePost) {
  EXPECT_EQ(import(kFour), "5/0/0") << remarks;
  const auto d = node->live->read();
  EXPECT_EQ(d->active_persons(), 3u) << "马国强 holds two posts";
  ASSERT_EQ(d->active_posts(), 5u);
  EXPECT_EQ(d->phones({1}), (std::vector<std::string>{"13893001234", "09307721234"}));
  EXPECT_EQ(d->posts_of({1}), (std::vector<PostId>{{1}, {5}}));
  const auto first = d->state(PostId{1});
  EXPECT_EQ(first.place, kTestVillage);
  EXPECT_EQ(first.deputy_post, PostId{2});
  EXPECT_EQ(first.superior_post, PostId{3}) << "found at the town above";
  EXPECT_EQ(first.valid_until, parse_iso8601("2027-01-01T00:00:00+08:00")) << "the last day counts";
  EXPECT_EQ(d->state(PostId{2}).hazards, (std::vector<std::string>{"geohazard", "rainstorm"}));
  EXPECT_EQ(d->state(PostId{4}).holder, PersonId{});
  EXPECT_EQ(d->state(PostId{5}).record, RecordId{1}) << "of two reservoirs the one at the post's place";
  EXPECT_EQ(d->person({1})->confirmed_at, parse_iso8601("2026-11-01T00:00:00+08:00")->ms);
}

TEST_F(PeopleImport, TheSameAgainChangesNothing) {
  ASSERT_EQ(import(kFour), "5/0/0");
  const int64_t seq = node->writer->seq();
  EXPECT_EQ(import(kFour), "0/0/5");
  EXPECT_EQ(node->writer->seq(), seq);
}

TEST_F(PeopleImport, ExportComesBackUnchanged) {
  ASSERT_EQ(import(kFour), "5/0/0");
  node->add("无岗人", {"13893007777"});
  node->add("grid_worker", kTestEastGate, 4, "远处岗");
  PostPatch far;
  far.superior_post = PostId{1};  // not above it: told by number
  node->change(6, far);
  const auto table = export_people(*node->live->read(), node->places, names, {});
  EXPECT_EQ(table.rows.size(), 6u);
  EXPECT_EQ(import(table), "0/0/6") << remarks;
  // Through bytes as well, and into an empty node->
  node->expect_views_agree();
  node = std::make_unique<PeopleNode>();
  CsvWriter csv(table.columns);
  for (const auto& row : table.rows) csv.row(row);
  ASSERT_EQ(import(csv.take()), "6/0/0");
  EXPECT_EQ(export_people(*node->live->read(), node->places, names, {}).rows, table.rows);
}

TEST_F(PeopleImport, EveryFaultHasItsLineAndNothingIsImported) {
  const auto said = import(kHead +
                           "张三,12345,,村主任,,大河村,,,,,,,,,\n"
                           "李四,,,大官,,大河村,,,,,,,,,\n"
                           "王五,,,村主任,,没有的村,,,,,,,,,\n"
                           "赵六,,,村主任,,大河村,,,洪水,,,2026-02-30,,,\n"
                           ",13893001234,,村主任,,大河村,,,,,,,,,\n"
                           "孙七,,,,副主任,,,,,,,,,,\n"
                           "周八,,,水库责任人,,622927101202,,红旗水库,,,,,,,\n");
  for (const auto* part : {"2 手机", "3 岗位类别", "4 行政区划", "5 灾种", "5 有效期起", "6 姓名", "7 岗位类别", "8 对象名称"})
    EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
  EXPECT_EQ(node->writer->seq(), 0);
  EXPECT_NE(import("姓名,手机\n张三,\n").find("0 岗位类别"), std::string::npos);
  const auto outside = plan(kHead + "张三,,,村主任,,622927101201,,,,,,,,,\n", kTestOtherTown);
  ASSERT_EQ(outside.errors.size(), 1u);
  EXPECT_NE(outside.errors[0].en.find("outside"), std::string::npos);
}

TEST_F(PeopleImport, ReferencesThatFitNobodyOrSeveral) {
  const auto said = import(kHead +
                           "张三,,,村主任,,大河村,,,,无此人,,,,,\n"
                           "李四,13893000001,,网格员,一,大河村,,,,,,,,,\n"
                           "李四,13893000002,,网格员,二,大河村,,,,,,,,,\n"
                           "王五,,,网格员,三,大河村,,,,李四,,,,,\n"
                           "赵六,,,网格员,四,大河村,,,,李四 13893000002,,,,,\n");
  EXPECT_NE(said.find("2 副职"), std::string::npos) << said;
  EXPECT_NE(said.find("5 副职"), std::string::npos) << said;
  EXPECT_EQ(said.find("6 副职"), std::string::npos) << said;
  const auto circle = import(kHead + "张三,,,村主任,,大河村,,,,,李四,,,,\n李四,,,网格员,,大河村,,,,,张三,,,,\n");
  EXPECT_NE(circle.find("circle"), std::string::npos) << circle;
}

TEST_F(PeopleImport, WhoIsWho) {
  ASSERT_EQ(import(kHead + "张三,13893000001,,村主任,,大河村,,,,,,,,,\n李四,13893000002,,网格员,,大河村,,,,,,,,,\n"), "2/0/0");
  // The same post, the same name, another number.
  EXPECT_EQ(import("姓名,手机,岗位类别,行政区划\n张三,13893000003,村主任,大河村\n"), "0/1/0");
  EXPECT_NE(remarks.find("another one now"), std::string::npos);
  EXPECT_EQ(node->live->read()->phones({1}), std::vector<std::string>{"13893000003"});
  // No number given: nothing is taken away.
  EXPECT_EQ(import("姓名,手机,岗位类别,行政区划\n张三,,村主任,大河村\n"), "0/0/1");
  // Somebody else takes the post over.
  EXPECT_EQ(import("姓名,手机,岗位类别,行政区划\n王五,13893000004,村主任,大河村\n"), "0/1/0");
  EXPECT_NE(remarks.find("takes over from 张三"), std::string::npos) << remarks;
  EXPECT_EQ(node->live->read()->state(PostId{1}).holder, PersonId{3});
  // The same name elsewhere with another number is another person; two of one kind in a village are two posts.
  EXPECT_EQ(import("姓名,手机,岗位类别,行政区划\n李四,13893000002,网格员,大河村\n李四,13893000009,网格员,大河村\n赵六,,网格员,大河村\n"), "2/0/1");
  EXPECT_EQ(node->live->read()->active_posts(), 4u);
  // A number that two people have, and a row that says the same twice.
  EXPECT_EQ(import("姓名,手机,岗位类别,行政区划\n孙七,13893000002,护林员,大河村\n孙七,13893000002,护林员,大河村\n"), "1/0/1");
  EXPECT_NE(remarks.find("also the number of 李四"), std::string::npos) << remarks;
  EXPECT_NE(remarks.find("the same as line 2"), std::string::npos) << remarks;
}

TEST_F(PeopleImport, APlanThatIsOvertakenIsRefused) {
  const auto p = plan(kFour);
  node->add("先来的", {});
  const auto hash = node->attachments->put(write_people(p.persons, p.posts)).value();
  EXPECT_NE(node->run([&](Reader& r) { return import_people(r, p, hash, "t.csv"); }).find("conflict"), std::string::npos);
}

TEST_F(PeopleImport, TheTemplateCanBeImported) {
  const auto table = people_template(node->pack, node->places, kTestCounty);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(import(table), "2/0/0");
}

}  // namespace
}  // namespace anlan
