#include "web/routes_demo.h"

#include "demo/demo.h"
#include "loop/reactions.h"

namespace anlan {
namespace {

json::object demo_json(const Demo* demo) {
  if (!demo) return {{"available", false}};
  const auto habits = demo->habits();
  const auto warning = demo->warning();
  return {{"available", true}, {"running", demo->running()}, {"shaking", demo->shaking()}, {"warning", warning ? json::value(warning.value) : json::value(nullptr)},
          {"answering", habits.answering}, {"dead", habits.dead}};
}

// A share between 0 and 1; absent leaves it as it is.
Result<void> take_share(const json::object& body, const char* name, double& into) {
  const auto* value = body.if_contains(name);
  if (!value) return {};
  const auto number = json::try_value_to<double>(*value);
  if (!number || !(*number >= 0 && *number <= 1)) return Error(ErrorCode::kInvalidField, {{"field", name}, {"why", "0 … 1"}});
  into = *number;
  return {};
}

void post_demo(const CallPtr& call, Demo* demo) {
  if (!demo) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "演示" : "demonstration"}}));
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  PhoneHabits habits = demo->habits();
  for (const auto& taken : {take_share(*body, "answering", habits.answering), take_share(*body, "dead", habits.dead)})
    if (!taken) return call->fail(taken.error());
  const auto* start = body->if_contains("start");
  if (start && !start->is_bool()) return call->fail(Error(ErrorCode::kInvalidField, {{"field", "start"}, {"why", "true, false"}}));
  const bool wanted = start && start->get_bool();
  const auto* scenario = body->if_contains("scenario");
  const bool quake = scenario && scenario->is_string() && scenario->get_string() == "earthquake";
  if (scenario && !quake && !(scenario->is_string() && scenario->get_string() == "rainstorm"))
    return call->fail(Error(ErrorCode::kInvalidField, {{"field", "scenario"}, {"why", "rainstorm, earthquake"}}));
  call->change(
      [demo, wanted, quake](Reader&, UtcTime) -> Result<Decision> {
        if (!wanted || (quake ? demo->shaking() : demo->running())) return Decision{};
        return Decision{{fact(DemoStarted{quake ? "earthquake" : "rainstorm"})}, "{}"};
      },
      [call, demo, wanted, quake, habits](const Answer& answer) {
        if (!answer.repeated) {
          demo->set_habits(habits);
          if (wanted && quake) demo->start_earthquake();
          else if (wanted) demo->start_rainstorm();
        }
        call->ok(demo_json(demo));
      });
}

}  // namespace

std::vector<DemoAccount> demo_accounts() {
  std::vector<DemoAccount> out;
  for (const auto& login : demo_logins()) out.push_back({login.account, login.password, login.name, login.role});
  return out;
}

void add_demo_routes(Api& api, Demo* demo) {
  api.add({"GET", "/demo", Need::session, [demo](const CallPtr& call) { call->ok(demo_json(demo)); }, Run::here});
  api.add({"POST", "/demo", Need::session, [demo](const CallPtr& call) { post_demo(call, demo); }, Run::worker, 16 * 1024});
}

}  // namespace anlan
