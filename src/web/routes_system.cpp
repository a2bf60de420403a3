// How the node is doing, for people and for programs, and the contract itself.
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <filesystem>

#include "web/api.h"
#include "web/live_hub.h"

namespace anlan {
namespace {

constexpr Millis kStuckAfter = seconds(5);

// YAML's core schema for plain scalars; quoted ones are text.
json::value scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return json::value(text);
  if (text == "true") return true;
  if (text == "false") return false;
  int64_t whole = 0;
  double real = 0;
  if (YAML::convert<int64_t>::decode(node, whole)) return whole;
  if (YAML::convert<double>::decode(node, real) && std::isfinite(real)) return real;
  return json::value(text);
}

json::value to_json_value(const YAML::Node& node) {
  if (node.IsMap()) {
    json::object out;
    for (const auto& item : node) out[item.first.Scalar()] = to_json_value(item.second);
    return out;
  }
  if (node.IsSequence()) {
    json::array out;
    for (const auto& item : node) out.push_back(to_json_value(item));
    return out;
  }
  if (node.IsScalar()) return scalar(node);
  return nullptr;
}

std::shared_ptr<const std::string> read_contract(Api& api) {
  if (api.options().openapi_file.empty()) return nullptr;
  try {
    return std::make_shared<const std::string>(json::serialize(to_json_value(YAML::LoadFile(api.options().openapi_file))));
  } catch (const YAML::Exception& e) {
    api.log("openapi: " + std::string(e.what()));
    return nullptr;
  }
}

json::value free_mb(const std::string& folder) {
  std::error_code fault;
  const auto space = std::filesystem::space(folder.empty() ? "." : folder, fault);
  if (fault) return nullptr;
  return space.available / (1024 * 1024);
}

void get_system(const CallPtr& call) {
  Node& node = call->node();
  json::array channels;
  for (const auto& state : node.caller().channel_states()) {
    const auto* rule = node.pack().channel(state.id);
    const bool zh = call->language == Language::kZh;
    channels.push_back({{"id", state.id}, {"name", rule ? (zh ? rule->zh : rule->en) : state.id}, {"in_flight", state.in_flight}, {"waiting", state.waiting},
                        {"last_report_at", state.last_report.ms > 0 ? json::value(state.last_report.ms) : json::value(nullptr)}});
  }
  call->ok({{"version", call->api().options().version}, {"store", node.store().name()}, {"facts", node.writer().seq()},
            {"disk_free_mb", free_mb(call->api().options().data_folder)}, {"disk_full", node.writer().disk_full()}, {"writer_queue", node.writer().queued()},
            {"sockets", call->api().live().sockets()}, {"open_rounds", node.caller().open_rounds().size()}, {"channels", std::move(channels)}});
}

void health(const CallPtr& call) {
  if (call->node().writer().disk_full()) return call->respond(HttpResponse::text(503, "disk full\n"));
  if (call->api().writer_stuck() > kStuckAfter) return call->respond(HttpResponse::text(503, "the writer does not get on\n"));
  call->respond(HttpResponse::text(200, "ok\n"));
}

void metrics(const CallPtr& call) {
  Node& node = call->node();
  Api& api = call->api();
  std::string out;
  const auto put = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
    out.append("# HELP anlan_").append(name).append(" ").append(help).append("\n# TYPE anlan_").append(name).append(" ").append(type);
    out.append("\nanlan_").append(name).append(" ").append(std::to_string(value)).append("\n");
  };
  put("facts_total", "counter", "Facts in the journal.", node.writer().seq());
  put("batches_total", "counter", "Transactions of the writer since start.", node.writer().batches());
  put("writer_queue", "gauge", "Commands that wait for the writer.", node.writer().queued());
  put("writer_stuck_seconds", "gauge", "How long the writer has had work without finishing a batch.", static_cast<double>(api.writer_stuck().count) / 1000);
  put("disk_full", "gauge", "1 while commits fail for want of space.", node.writer().disk_full() ? 1 : 0);
  put("workers_waiting", "gauge", "Requests that wait for a worker thread.", api.workers().waiting());
  put("open_rounds", "gauge", "Call rounds that are not closed.", node.caller().open_rounds().size());
  put("live_sockets", "gauge", "Open live connections.", api.live().sockets());
  put("boards_composed_total", "counter", "Board messages composed.", api.live().boards_composed());
  if (const HttpServer* server = api.server()) {
    const ServerStats s = server->stats();
    put("sockets_dropped_total", "counter", "Live connections dropped because they did not read.", s.sockets_dropped);
    put("connections_open", "gauge", "Open HTTP connections.", s.connections_open);
    put("connections_refused_total", "counter", "Connections refused at a limit.", s.connections_refused);
    put("bytes_in_total", "counter", "Bytes received.", s.bytes_in);
    put("bytes_out_total", "counter", "Bytes sent.", s.bytes_out);
  }
  out += "# HELP anlan_requests_total Answers by status class.\n# TYPE anlan_requests_total counter\n";
  for (size_t i = 2; i < api.answers().size(); ++i)
    out += "anlan_requests_total{status=\"" + std::to_string(i) + "xx\"} " + std::to_string(api.answers()[i].load()) + "\n";
  const auto channels = node.caller().channel_states();
  out += "# HELP anlan_channel_in_flight Attempts under way.\n# TYPE anlan_channel_in_flight gauge\n";
  for (const auto& c : channels) out += "anlan_channel_in_flight{channel=\"" + c.id + "\"} " + std::to_string(c.in_flight) + "\n";
  out += "# HELP anlan_channel_waiting Calls that wait for a free line.\n# TYPE anlan_channel_waiting gauge\n";
  for (const auto& c : channels) out += "anlan_channel_waiting{channel=\"" + c.id + "\"} " + std::to_string(c.waiting) + "\n";
  if (api.options().more_metrics) out += api.options().more_metrics();
  HttpResponse response = HttpResponse::text(200, std::move(out));
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  call->respond(std::move(response));
}

}  // namespace

void add_system_routes(Api& api) {
  api.add({"GET", "/system", Need::session, get_system});
  api.add({"GET", "/openapi", Need::nothing, [contract = read_contract(api)](const CallPtr& call) {
             if (!contract) return call->fail(Error(ErrorCode::kNotFound, {{"what", "openapi"}}));
             call->ok_text(*contract);
           }, Run::here});
  // The upgrade itself goes through accept_socket; a plain request is told what is expected.
  api.add({"GET", "/live", Need::session, [](const CallPtr& call) {
             HttpResponse response = HttpResponse::text(426, "WebSocket expected\n");
             response.headers.set("Upgrade", "websocket");
             call->respond(std::move(response));
           }, Run::here});
  api.add_page("/healthz", health, Run::here);
  api.add_page("/metrics", metrics, Run::here);
}

}  // namespace anlan
