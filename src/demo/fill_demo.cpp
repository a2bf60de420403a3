#include <fmt/format.h>

#include "demo/demo.h"
#include "demo/demo_county.h"
#include "demo/demo_places.h"
#include "registry/people_import.h"
#include "registry/record_lines.h"

namespace anlan {
namespace {

constexpr const char* kPassword = "anlan-demo";

// Commands of one batch, which commits as a whole; the first refusal is kept.
class Batch {
 public:
  explicit Batch(Writer& writer) : writer_(writer) {}
  void add(std::function<Result<Decision>(Reader&, UtcTime)> decide, std::function<void(Tables&)> also = {}) {
    ++waiting_;
    writer_.submit({"node", "", "", std::move(decide), [this](const Result<Answer>& answer) {
                      --waiting_;
                      if (!answer && !refused_) refused_ = answer.error();
                    }, std::move(also)});
  }
  Result<void> run() {
    while (waiting_ > 0 && writer_.run_batch() > 0) {}
    CHECK(waiting_ == 0);
    if (refused_) return *refused_;
    return {};
  }

 private:
  Writer& writer_;
  int waiting_ = 0;
  std::optional<Error> refused_;
};

std::vector<Account> accounts(PlaceCode place, PersonId cadre, const std::string& cadre_name, PlaceCode cadre_place) {
  std::vector<Account> out;
  for (const auto& login : demo_logins()) {
    Account a;
    a.account = login.account;
    a.name = login.name;
    if (login.role == "cadre") {
      if (!cadre) continue;
      a.name = cadre_name;
      a.person = cadre;
      a.roles = {{"viewer", cadre_place}};
    } else {
      a.roles = {{login.role, place}};
      if (login.role == "approver") a.roles.push_back({"duty", place});
    }
    out.push_back(std::move(a));
  }
  return out;
}

}  // namespace

std::vector<DemoLogin> demo_logins() {
  return {{"duty", kPassword, "马丽（值班员）", "duty"},         {"approver", kPassword, "王建国（带班领导）", "approver"},
          {"registrar", kPassword, "信息管理员", "registrar"},   {"admin", kPassword, "系统管理员", "admin"},
          {"viewer", kPassword, "浏览用户", "viewer"},           {"village", kPassword, "村支书（手机页面）", "cadre"}};
}

Result<void> fill_demo(Node& node, Sessions& sessions, const DemoData& data, uint64_t seed) {
  if (sessions.find(demo_logins().front().account)) return {};

  TRY(made, read_demo_places(data, node.pinyin()));
  TRY(places_attachment, node.attachments().put(made.index->write()));

  DemoCountyStart start;
  start.now = node.clock().now();
  PeopleImportPlan plan;
  {
    TRY(reader, node.store().connect());
    reader->begin_read();
    plan.based_on = last_people_change(*reader);
    plan.first_person = start.first_person = peek_id(*reader, "person");
    plan.first_post = start.first_post = peek_id(*reader, "post");
    start.first_record = peek_id(*reader, "record");
    reader->rollback();
  }
  DemoCounty county = make_demo_county(made.index->places(), node.pack(), start, seed);

  Batch batch(node.writer());
  const std::string before = node.places().attachment();
  const std::string note = fmt::format("演示数据：甘肃、青海 {} 个地方；乡镇和村的位置为示意", made.index->places().size());
  node.places().expect(places_attachment, made.index);
  batch.add([&](Reader& reader, UtcTime) { return import_places(reader, PlaceSetKind::divisions, places_attachment, before, note); });

  for (const auto& [type, records] : county.records) {
    TRY(attachment, node.attachments().put(write_records(records)));
    const auto n = static_cast<int64_t>(records.size());
    batch.add([imported = RecordsImported{type, attachment, "演示数据", n, n, 0}](Reader&, UtcTime) -> Result<Decision> {
      return Decision{{fact(imported, "records:" + imported.type, kDemoCity)}, "{}"};
    });
  }

  TRY(people_attachment, node.attachments().put(write_people(county.persons, county.posts)));
  plan.rows = plan.created = static_cast<int64_t>(county.posts.size());
  plan.persons = std::move(county.persons);
  plan.posts = std::move(county.posts);
  batch.add([&](Reader& reader, UtcTime) { return import_people(reader, plan, people_attachment, "演示数据"); });

  // One hash for all: the password is public, and each would take a tenth of a second.
  const std::string hash = Sessions::hash_password(kPassword);
  if (hash.empty()) return Error(ErrorCode::kInternal, {{"why", "memory"}});
  PlaceCode cadre_place;
  std::string cadre_name;
  if (county.cadre) {
    cadre_name = plan.persons[static_cast<size_t>(county.cadre.value - start.first_person)].name;
    for (const auto& p : plan.posts)
      if (p.holder == county.cadre && cadre_place.empty()) cadre_place = p.place;
  }
  for (const auto& account : accounts(node.settings().place, county.cadre, cadre_name, cadre_place)) {
    auto id = std::make_shared<AccountId>();
    batch.add([account, id](Reader& reader, UtcTime) {
                *id = AccountId{peek_id(reader, "account")};
                return add_account(reader, account);
              }, [id, &hash](Tables& tables) { Sessions::store_password(tables, *id, hash); });
  }
  return batch.run();
}

}  // namespace anlan
