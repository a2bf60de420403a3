// Relief plans: asked for, made by a job, accepted, withdrawn, fetched as a table.
#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

#include "logistics/commands.h"
#include "logistics/relief_jobs.h"
#include "web/dispatch_routes.h"
#include "web/road_json.h"
#include "web/routes_json.h"
#include "web/table_answer.h"

namespace anlan {
namespace {

constexpr size_t kIdsMax = 20'000;
constexpr int64_t kPlansListed = 500;
constexpr size_t kBodyBytesMax = size_t{4} << 20;

using JobsPtr = std::shared_ptr<ReliefJobs>;

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }
Error no_job() { return Error(ErrorCode::kNotFound, {{"what", "这次计算（只保留一小时，重启后也不再保留） / this job; it is kept for an hour, and not over a restart"}}); }
Error no_plan() { return Error(ErrorCode::kNotFound, {{"what", "这个方案 / plan"}}); }

// The place whose stores and vehicles are planned with: the one asked for, else the widest that this account has on duty.
std::optional<PlaceCode> planning_place(const CallPtr& call, const json::object& body) {
  Members members(body);
  const auto asked = members.place("place");
  if (const auto read = members.result(); !read) {
    call->fail(read.error());
    return std::nullopt;
  }
  const auto mine = places_of(*call, Need::duty);
  if (asked && !asked->empty()) return require(call, Need::duty, *asked) ? asked : std::nullopt;
  const PlaceCode top = call->node().settings().place;
  for (const auto p : mine)
    if (p.contains(top)) return top;
  const auto widest = std::min_element(mine.begin(), mine.end(), [](PlaceCode a, PlaceCode b) { return a.digits() < b.digits(); });
  if (widest != mine.end()) return *widest;
  call->fail(Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内"}}));
  return std::nullopt;
}

Result<int64_t> whole(const json::value* v, const char* field, int64_t least, int64_t most) {
  if (v && v->is_number()) {
    const double d = v->to_number<double>();
    if (d >= static_cast<double>(least) && d <= static_cast<double>(most) && d == std::floor(d)) return static_cast<int64_t>(d);
  }
  return bad(field, "应为 " + std::to_string(least) + " 至 " + std::to_string(most) + " 的整数 / a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<ReliefDemand> read_demand(const CallPtr& call, const json::value& item) {
  const auto* object = item.if_object();
  if (!object) return bad("demands", "应为对象列表 / a list of objects");
  Members members(*object);
  ReliefDemand d;
  d.name = members.text("name").value_or("");
  d.latest = members.time("latest").value_or(std::nullopt);
  if (const auto place = members.place("place")) d.place = *place;
  if (d.name.size() > 200) members.refuse("name", "过长", "is too long");
  TRY_VOID(members.result());
  TRY(position, read_position(call, item, "demands"));
  d.position = position.at;
  if (d.name.empty()) d.name = position.name.empty() ? "地图上的位置" : position.name;
  if (const auto* priority = object->if_contains("priority")) {
    TRY(p, whole(priority, "priority", 1, 3));
    d.priority = static_cast<int>(p);
  }
  const auto* goods = object->if_contains("goods");
  const auto* list = goods ? goods->if_array() : nullptr;
  if (!list || list->size() > 200) return bad("goods", "应为列表 / a list");
  for (const auto& g : *list) {
    const auto* good = g.is_object() ? g.get_object().if_contains("good") : nullptr;
    if (!good || !good->is_string()) return bad("good", "请写明物资 / which good");
    TRY(amount, whole(g.get_object().if_contains("amount"), "amount", 1, 1'000'000'000));
    d.goods.push_back({std::string(good->get_string()), amount});
  }
  return d;
}

// The records named, or all of these types; of the place, and nothing else.
Result<std::vector<RecordState>> read_records(Node& node, const json::object& body, const char* member, const std::vector<std::string>& types, PlaceCode place) {
  std::vector<RecordState> out;
  const auto* named = body.if_contains(member);
  if (!named || named->is_null()) {
    for (const auto& type : types)
      for (auto& r : node.records().within(type, place)) out.push_back(std::move(r));
    return out;
  }
  const auto* ids = named->if_array();
  if (!ids || ids->size() > kIdsMax) return bad(member, "应为编号列表 / a list of ids");
  std::set<int64_t> once;
  for (const auto& id : *ids) {
    if (!id.is_int64()) return bad(member, "应为编号列表 / a list of ids");
    if (!once.insert(id.get_int64()).second) continue;
    auto r = node.records().find(RecordId{id.get_int64()});
    if (!r || std::find(types.begin(), types.end(), r->type) == types.end()) return bad(member, "没有这个对象 / no such record: " + std::to_string(id.get_int64()));
    if (!place.contains(r->place)) return Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内 / outside your places: " + r->name}});
    out.push_back(std::move(*r));
  }
  return out;
}

Result<ReliefOrder> read_order(const CallPtr& call, const json::object& body, PlaceCode place) {
  Node& node = call->node();
  Members members(body);
  ReliefRequest request;
  request.place = place;
  request.name = members.text("name").value_or("");
  request.keep_share = members.number("keep_share").value_or(std::nullopt).value_or(0);
  TRY_VOID(members.result());
  if (const auto* seconds = body.if_contains("seconds")) {
    TRY(s, whole(seconds, "seconds", 1, 60));
    request.limit_s = static_cast<int>(s);
  }
  const auto* demands = body.if_contains("demands");
  const auto* list = demands ? demands->if_array() : nullptr;
  if (!list) return bad("demands", "应为列表 / a list");
  if (list->size() > kReliefDemandsMax) return Error(ErrorCode::kTooLarge, {{"what", "需求点 / places"}, {"limit", "1,000"}});
  for (const auto& item : *list) {
    TRY(demand, read_demand(call, item));
    request.demands.push_back(std::move(demand));
  }
  TRY(stores, read_records(node, body, "warehouses", types_with_goods(node.pack()), place));
  TRY(vehicles, read_records(node, body, "vehicles", {"vehicle"}, place));
  return relief_order(node.pack(), std::move(request), stores, vehicles, times_of(node.roads()), node.clock().now());
}

void start(const CallPtr& call, const JobsPtr& jobs) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto place = planning_place(call, *body);
  if (!place) return;
  std::string key = call->key();
  if (key.empty()) return;
  key += "|" + call->digest();
  const auto known = jobs->known(key);
  if (!known) return call->fail(known.error());
  if (*known) return call->ok(json::object{{"job", *known}}, 202);
  auto order = read_order(call, *body, *place);
  if (!order) return call->fail(order.error());
  const auto job = jobs->start(key, std::move(*order));
  if (!job) return call->fail(job.error());
  call->ok(json::object{{"job", *job}}, 202);
}

// The job of the path, at a place where the need is fulfilled. Answers otherwise.
std::optional<ReliefJobView> asked_job(const CallPtr& call, const JobsPtr& jobs, Need need) {
  auto job = jobs->find(call->id());
  if (!job) {
    call->fail(no_job());
    return std::nullopt;
  }
  if (!require(call, need, job->place)) return std::nullopt;
  return job;
}

void get_job(const CallPtr& call, const JobsPtr& jobs) {
  const auto job = asked_job(call, jobs, Need::session);
  if (!job) return;
  json::object o{{"job", job->id}, {"name", job->name}, {"state", json::value_from(job->state)}, {"seconds_left", one_decimal(job->seconds_left)},
                 {"best_minutes", null_or(job->best_minutes)}, {"bound_minutes", null_or(job->bound_minutes)}};
  if (job->plan) o["plan"] = *job->plan;
  if (job->fault) o["fault"] = error_body(*job->fault, call->language).at("error").at("message");
  call->ok(std::move(o));
}

void stop(const CallPtr& call, const JobsPtr& jobs) {
  const auto job = asked_job(call, jobs, Need::duty);
  if (!job) return;
  jobs->stop(job->id);
  call->ok(json::object{{"job", job->id}});
}

// --- plans

// "7.csv" asks for the table of plan 7.
struct AskedPlan {
  ReliefPlanRow row;
  json::object plan;
  bool as_table = false;
};

std::optional<AskedPlan> asked_plan(const CallPtr& call, Need need) {
  std::string typed = call->path.find("id")->second;
  AskedPlan asked;
  if (typed.ends_with(".csv")) {
    asked.as_table = true;
    call->path["id"] = typed.substr(0, typed.size() - 4);
  }
  struct Found {
    bool read = false;
    std::optional<ReliefPlanRow> row;
  };
  const ReliefPlanId id{call->id()};
  const auto found = call->read([&](Reader& reader) { return Found{true, read_relief_plan(reader, id)}; });
  if (!found.read) return std::nullopt;
  if (!found.row) {
    call->fail(no_plan());
    return std::nullopt;
  }
  if (!require(call, need, found.row->place)) return std::nullopt;
  asked.row = *found.row;
  const auto bytes = call->node().attachments().get(asked.row.file);
  const auto value = bytes ? parse_json(**bytes) : Result<json::value>(bytes.error());
  if (!value || !value->is_object()) {
    call->fail(value ? Error(ErrorCode::kCorrupt, {{"what", "方案 / plan"}, {"why", "JSON"}}) : value.error());
    return std::nullopt;
  }
  asked.plan = value->get_object();
  return asked;
}

json::object row_json(const CallPtr& call, const ReliefPlanRow& row) {
  json::object o{{"id", row.id.value}, {"name", row.name}, {"place", row.place.text()}, {"trips", row.trips}, {"unmet_percent", row.unmet_percent},
                 {"accepted_at", row.accepted_at.ms}, {"withdrawn_at", null_or(row.withdrawn_at)}};
  o["accepted_by"] = actor_name(call->node(), call->api().sessions(), row.accepted_by);
  json::array may;
  if (!row.withdrawn_at && call->may(Need::duty, row.place)) may.push_back("withdraw");
  o["may"] = std::move(may);
  return o;
}

void accept(const CallPtr& call, const JobsPtr& jobs) {
  const auto job = asked_job(call, jobs, Need::duty);
  if (!job) return;
  if (!job->plan) return call->fail(Error(ErrorCode::kConflict, {{"why", "方案还没有算完，可以先停止 / the plan is not ready, stop it first"}}));
  auto hash = call->node().attachments().put(json::serialize(*job->plan));
  if (!hash) return call->fail(hash.error());
  ReliefPlanAccepted plan;
  plan.name = job->name;
  plan.file = *hash;
  plan.trips = static_cast<int64_t>(job->plan->at("trips").as_array().size());
  plan.unmet_percent = job->plan->at("unmet_percent").to_number<double>();
  call->change([plan, place = job->place](Reader& reader, UtcTime) { return accept_relief_plan(reader, plan, place); }, [call](const Answer& answer) { call->ok_text(answer.response, 201); });
}

void list_plans(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto rows = call->read([&](Reader& reader) { return relief_plans(reader, kPlansListed); });
  json::array items;
  for (const auto& row : rows)
    if (place->contains(row.place)) items.push_back(row_json(call, row));
  call->ok(json::object{{"items", std::move(items)}});
}

void get_plan(CallPtr call) {
  auto asked = asked_plan(call, Need::session);
  if (!asked) return;
  Node& node = call->node();
  if (asked->as_table) {
    auto rows = plan_rows(node.pack(), asked->plan, node.settings().utc_offset_minutes);
    Table table;
    table.columns = std::move(rows.front());
    table.rows.assign(std::make_move_iterator(rows.begin() + 1), std::make_move_iterator(rows.end()));
    return answer_table(call, table, "csv", "物资调拨方案_" + asked->row.name);
  }
  auto o = row_json(call, asked->row);
  o["plan"] = std::move(asked->plan);
  call->ok(std::move(o));
}

void withdraw(CallPtr call) {
  const auto asked = asked_plan(call, Need::duty);
  if (!asked) return;
  call->change([id = asked->row.id, place = asked->row.place](Reader& reader, UtcTime) { return withdraw_relief_plan(reader, id, place); });
}

}  // namespace

void add_relief_routes(Api& api) {
  const int threads = std::thread::hardware_concurrency() >= 4 ? 2 : 1;  // the desks come first
  const auto jobs = std::make_shared<ReliefJobs>(api.node().pack(), api.node().clock(), threads);
  api.add({"POST", "/dispatch/relief", Need::duty, [jobs](CallPtr call) { start(call, jobs); }, Run::worker, kBodyBytesMax});
  api.add({"GET", "/dispatch/relief/{id}", Need::session, [jobs](CallPtr call) { get_job(call, jobs); }});
  api.add({"POST", "/dispatch/relief/{id}/stop", Need::duty, [jobs](CallPtr call) { stop(call, jobs); }});
  api.add({"POST", "/dispatch/relief/{id}/accept", Need::duty, [jobs](CallPtr call) { accept(call, jobs); }});
  api.add({"GET", "/relief-plans", Need::session, list_plans});
  api.add({"GET", "/relief-plans/{id}", Need::session, get_plan});
  api.add({"POST", "/relief-plans/{id}/withdraw", Need::duty, withdraw});
}

}  // namespace anlan
