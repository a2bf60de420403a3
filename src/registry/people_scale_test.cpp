// What a province's register costs: planning, storing, loading and exporting it. ANLAN_SCALE=1 for the full size.
#include <chrono>
#include <cstdlib>

#include "registry/people_import.h"
#include "registry/people_test_data.h"

namespace anlan {
namespace {

template <class F>
void timed(const char* what, F run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  printf("  %s: %.2f s\n", what, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

TEST(PeopleScale, ImportOfAProvince) {
  const int towns = std::getenv("ANLAN_SCALE") ? 999 : 50;
  std::vector<PlaceRow> rows{{PlaceCode(62), "某省"}, {PlaceCode(6201), "某市"}, {PlaceCode(620101), "某县"}};
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(towns) * 28);
  const auto add = [&](int64_t code, std::string name) {
    names.push_back(std::move(name));
    rows.push_back({PlaceCode(code), names.back()});
  };
  Table table;
  table.columns = {"姓名", "手机", "岗位类别", "岗位名称", "行政区划", "上级"};
  int64_t phone = 13000000000;
  for (int t = 0; t < towns; ++t) {
    const int64_t town = 620101001 + t;
    add(town, std::to_string(t) + "镇");
    const std::string head = "镇长" + std::to_string(t);
    table.rows.push_back({head, std::to_string(++phone), "乡镇长", "", std::to_string(town), ""});
    for (int v = 0; v < 27; ++v) {
      const int64_t village = town * 1000 + 200 + v;
      add(village, std::to_string(v) + "村");
      for (int k = 0; k < 8; ++k)
        table.rows.push_back({"王建国" + std::to_string(k), std::to_string(++phone), k == 0 ? "村主任" : "网格员", k < 2 ? "" : std::to_string(k) + "片网格员",
                              std::to_string(village), k == 0 ? head : "王建国0"});
    }
  }
  for (size_t i = 0; i < table.rows.size(); ++i) table.row_lines.push_back(static_cast<int>(i) + 2);

  PeopleNode node;
  node.places = PlaceTable::create(rows).value();
  PeopleImportOptions options;
  const PlaceCode scope(62);
  options.scopes = {&scope, 1};
  PeopleImportPlan plan;
  printf("  %zu rows\n", table.rows.size());
  timed("plan", [&] { plan = plan_people_import(table, *node.live->read(), node.places, {}, options); });
  ASSERT_TRUE(plan.errors.empty()) << plan.errors.front().en;
  EXPECT_EQ(plan.created, static_cast<int64_t>(table.rows.size()));
  std::string lines, said;
  timed("write attachment", [&] { lines = write_people(plan.persons, plan.posts); });
  const auto hash = node.attachments->put(lines).value();
  timed("store and index", [&] { said = node.run([&](Reader& r) { return import_people(r, plan, hash, "all.csv"); }); });
  EXPECT_NE(said.find("created"), std::string::npos) << said;
  Directory fresh(node.pack, node.pinyin);
  timed("load from tables", [&] { fresh.load(*node.reader); });
  printf("  directory: %.1f MB, attachment %.1f MB\n", static_cast<double>(fresh.memory_bytes()) / 1e6, static_cast<double>(lines.size()) / 1e6);
  EXPECT_EQ(fresh.active_posts(), table.rows.size());
  EXPECT_EQ(node.live->read()->active_posts(), table.rows.size());
  Table back;
  timed("export", [&] { back = export_people(fresh, node.places, {}, {}); });
  timed("plan again", [&] { plan = plan_people_import(back, *node.live->read(), node.places, {}, options); });
  EXPECT_EQ(plan.unchanged, static_cast<int64_t>(table.rows.size())) << (plan.errors.empty() ? "" : plan.errors.front().en);
  timed("one change", [&] { node.add("village_head", PlaceCode(620101001), 1, "新岗"); });
}

}  // namespace
}  // namespace anlan
