// ingest: readings on the wire until they are kept and judged, over HTTP, SL 651 and MQTT, on a whole node with the rules
// of packs/cn. Senders run in the same process: they only send bytes that were made before, and wait.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <mosquitto.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "benchmarks/node_rig.h"
#include "gateway/device_server.h"
#include "gateway/frame_log.h"
#include "gateway/mqtt_intake.h"
#include "protocols/sl651.h"
#include "protocols/sl651_elements.h"
#include "registry/record_lines.h"
#include "web/api.h"
#include "web/http_server.h"
#include "web/test_client.h"

namespace anlan::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int64_t kGauges = 100'000, kStations = 2'000;
constexpr PlaceCode kVillage(622927101201);
constexpr int kBodies = 400, kPerBody = 10'000, kSenders = 2;
constexpr int kMessages = 400'000;

std::string gauge_code(int64_t n) { return fmt::format("P{:06}", n); }
std::string station_code(int64_t n) { return fmt::format("{:010}", n); }

void add_links(NodeRig& rig) {
  std::vector<RecordState> gauges, stations;
  int64_t id = 0;
  for (int64_t n = 1; n <= kGauges; ++n)
    gauges.push_back({RecordId{++id}, "rain_gauge", "雨量站" + std::to_string(n), kVillage, LonLat{102.7, 35.8}, {{"code", gauge_code(n)}, {"ready_1h", 30}, {"move_1h", 45}}, true});
  for (int64_t n = 1; n <= kStations; ++n)
    stations.push_back({RecordId{++id}, "river_gauge", "水位站" + std::to_string(n), kVillage, LonLat{102.7, 35.8}, {{"code", station_code(n) + "/39"}, {"warning", 100}}, true});
  for (const auto* list : {&gauges, &stations}) {
    const auto attachment = rig.node->attachments().put(write_records(*list)).value();
    const auto n = static_cast<int64_t>(list->size());
    rig.run("node", [&](Reader&, UtcTime) -> Result<Decision> { return Decision{{fact(RecordsImported{list->front().type, attachment, "bench", n, n, 0})}, "{}"}; }).value();
  }
}

// One sender's connection: posts its share of the bodies one after the other. Returns the readings that were stored.
int64_t post_all(uint16_t port, const std::string& token, const std::vector<std::string>& bodies, size_t first) {
  asio::io_context io;
  tcp::socket s(io);
  s.connect({asio::ip::address_v4::loopback(), port});
  s.set_option(tcp::no_delay(true));
  int64_t stored = 0;
  std::string answer;
  for (size_t i = first; i < bodies.size(); i += kSenders) {
    const std::string head = fmt::format("POST /api/v1/readings HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", token, bodies[i].size());
    asio::write(s, std::array{asio::buffer(head), asio::buffer(bodies[i])});
    const size_t n = asio::read_until(s, asio::dynamic_buffer(answer), "\"faults\":[]}");
    if (const size_t at = answer.find("\"stored\":"); at != std::string::npos) stored += std::atoll(answer.c_str() + at + 9);
    answer.erase(0, n);
  }
  return stored;
}

// Raw frames are kept, as in the server.
FrameLog& frames_of(NodeRig& rig) {
  static std::map<std::string, std::unique_ptr<FrameLog>> logs;
  auto& log = logs[rig.folder.path()];
  if (!log) log = FrameLog::open({.folder = rig.folder.path() + "/frames"}).value();
  return *log;
}

// The node behind HTTP, with a site that may send.
struct Served {
  explicit Served(NodeRig& r) : rig(r), sessions(r.clock, r.random), api(*r.node, sessions, options(r)), server(api) {
    add_all_routes(api);
    site = account("site", "site");
    watcher = account("watcher", "duty");
    ServerOptions web;
    web.listen = {{"127.0.0.1:0", false}};
    server.start(web).value();
    live = &api;
  }
  ~Served() {
    live = nullptr;
    server.stop();
  }
  static ApiOptions options(NodeRig& rig) {
    ApiOptions o;
    o.frames = &frames_of(rig);
    o.log = [](std::string_view line) { progress(std::string(line)); };
    return o;
  }
  AccountId account(const std::string& name, const std::string& role) {
    AccountId id;
    rig.run("node", [&](Reader& reader, UtcTime) {
      id = AccountId{peek_id(reader, "account")};
      return add_account(reader, {{}, name, name, {}, {{role, PlaceCode()}}});
    }).value();
    return id;
  }
  std::string site_token() const { return rig.node->site_tokens().token(site); }
  std::string sign_in() {
    const std::string token = sessions.new_token();
    rig.run("node", [](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }, [&](Tables& tables) { Sessions::store_session(tables, token, watcher, rig.clock.now()); }).value();
    sessions.keep(token, watcher);
    return token;
  }

  NodeRig& rig;
  Sessions sessions;
  Api api;
  HttpServer server;
  AccountId site, watcher;
  static inline std::atomic<Api*> live = nullptr;  // for the timer of the rig
};

// Batches of readings of the gauges, a minute after another.
std::vector<std::string> make_bodies(int count, int64_t begin_ms) {
  Dice dice(1);
  std::vector<std::string> bodies;
  for (int b = 0; b < count; ++b) {
    std::string body = "[";
    for (int i = 0; i < kPerBody; ++i) {
      const int64_t n = static_cast<int64_t>(b) * kPerBody + i;
      body += fmt::format("{}[\"{}\",{},{:.1f}]", i ? "," : "", gauge_code(1 + n % kGauges), begin_ms + n / kGauges * 60'000, static_cast<double>(dice.below(4)) / 10);
    }
    bodies.push_back(body + "]");
  }
  return bodies;
}

bool http(NodeRig& rig) {
  Served served(rig);
  const auto bodies = make_bodies(kBodies, rig.clock.now().ms - 3'600'000);
  const Stopwatch watch;
  std::atomic<int64_t> stored{0};
  std::vector<std::thread> senders;
  for (size_t t = 0; t < kSenders; ++t) senders.emplace_back([&, t] { stored += post_all(served.server.port(), served.site_token(), bodies, t); });
  for (auto& t : senders) t.join();
  const double per_s = static_cast<double>(stored) / watch.seconds();
  report("ingest", "JSON batches of 10,000 readings over two keep-alive connections; 100,000 rain gauges with 2 rules; each batch fsynced before its answer", "http_readings_per_s", per_s, "1/s");
  return stored == static_cast<int64_t>(kBodies) * kPerBody;
}

bool sl651(NodeRig& rig) {
  constexpr int kRounds = 100;
  auto server = DeviceServer::open(*rig.node, {{DeviceProtocol::sl651, "127.0.0.1:0", {}, ""}}, [](std::string_view line) { progress(std::string(line)); }, {&frames_of(rig), nullptr}).value();
  std::thread running([&] { server->run(); });
  asio::io_context io;
  struct Station {
    explicit Station(asio::io_context& c) : socket(c) {}
    tcp::socket socket;
    std::string frame;
    std::array<char, 64> answer;
    int64_t number = 0;
    int sent = 0;
  };
  std::vector<std::unique_ptr<Station>> stations;
  const UtcTime now = rig.clock.now();
  const auto frame_of = [&](const Station& s) {
    Sl651Frame frame;
    frame.station = station_code(s.number);
    frame.function = 0x32;
    Sl651Writer writer(static_cast<uint16_t>(s.sent), now);
    frame.content = writer.station(frame.station).observed(now - hours(2) + minutes(s.sent)).element(0x39, 12.3 + s.sent % 10 * 0.01, 4, 3).content();
    return sl651_frame(frame);
  };
  for (int64_t n = 1; n <= kStations; ++n) {
    stations.push_back(std::make_unique<Station>(io));
    stations.back()->number = n;
    stations.back()->socket.connect({asio::ip::address_v4::loopback(), server->port(0)});
  }
  int64_t answered = 0;
  std::function<void(Station&)> next = [&](Station& s) {
    if (s.sent == kRounds) return;
    s.frame = frame_of(s);
    ++s.sent;
    asio::async_write(s.socket, asio::buffer(s.frame), [&](boost::system::error_code, size_t) {
      s.socket.async_read_some(asio::buffer(s.answer), [&](boost::system::error_code fault, size_t) {
        if (fault) return;
        ++answered;
        next(s);
      });
    });
  };
  const Stopwatch watch;
  for (auto& s : stations) next(*s);
  io.run();
  report("ingest", "2,000 stations on TCP (M2), each sends when it has been answered; one element a frame; fsynced before the answer", "sl651_frames_per_s", static_cast<double>(answered) / watch.seconds(), "1/s");
  for (auto& s : stations) s->socket.close();
  server->stop();
  running.join();
  return answered == kStations * kRounds;
}

uint16_t free_port() {
  asio::io_context io;
  tcp::acceptor a(io, {asio::ip::address_v4::loopback(), 0});
  return a.local_endpoint().port();
}

bool mqtt(NodeRig& rig) {
  constexpr const char* kBroker = "/usr/sbin/mosquitto";
  if (!std::filesystem::exists(kBroker)) {
    progress("ingest: no mosquitto on this machine; mqtt_readings_per_s is not measured");
    return true;
  }
  const auto port = free_port();
  const std::string config = rig.folder.path() + "/mosquitto.conf";
  std::ofstream(config) << "listener " << port << " 127.0.0.1\nallow_anonymous true\nuser root\nmax_queued_messages 0\nmax_inflight_messages 0\nlog_type none\n";
  const pid_t broker = ::fork();
  if (broker == 0) {
    ::execl(kBroker, kBroker, "-c", config.c_str(), nullptr);
    ::_exit(127);
  }
  MqttIntake intake(*rig.node, {"127.0.0.1", port, "anlan/#", {}, "", ""}, "bench", [](std::string_view line) { progress(std::string(line)); }, &frames_of(rig));
  std::thread running([&] { intake.run(); });
  while (!intake.connected()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const int64_t now = rig.clock.now().ms;
  const Stopwatch watch;
  const pid_t sender = ::fork();
  if (sender == 0) {
    auto* client = mosquitto_new(nullptr, true, nullptr);
    mosquitto_connect(client, "127.0.0.1", port, 30);
    for (int i = 0; i < kMessages; ++i) {
      const auto text = fmt::format("{} value=0.2 {}", gauge_code(1 + i % kGauges), now - 1'800'000 + i / kGauges * 60'000);
      mosquitto_publish(client, nullptr, "anlan/p", static_cast<int>(text.size()), text.data(), 0, false);
      if (i % 100 == 0) mosquitto_loop(client, 0, 1);
    }
    while (mosquitto_want_write(client)) mosquitto_loop(client, 1, 1);
    mosquitto_disconnect(client);
    ::_exit(0);
  }
  uint64_t seen = 0;
  double at = 0;
  for (const Stopwatch quiet; intake.readings() < kMessages && quiet.seconds() < 30;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (intake.readings() != seen) {
      seen = intake.readings();
      at = watch.seconds();
    }
  }
  report("ingest", "one reading a message, QoS 0, through mosquitto on the same two cores, sender in a process of its own", "mqtt_readings_per_s", static_cast<double>(seen) / at, "1/s");
  intake.stop();
  running.join();
  ::kill(broker, SIGKILL);
  ::waitpid(broker, nullptr, 0);
  ::waitpid(sender, nullptr, 0);
  return seen == kMessages;
}

}  // namespace

// A reading that is an alarm, sent alone, until the desk hears of it, while 300,000 readings a second come in besides.
bool run_alarm_latency() {
  constexpr int kAlarms = 200, kBatchesPerS = 30;
  NodeRig rig(load_pack("packs/cn").value(), true);
  std::atomic<int> ticks{0};
  rig.start([&] {
    if (Api* api = Served::live; api && ++ticks % 5 == 0) api->tick();
  });
  add_links(rig);
  Served served(rig);
  const auto bodies = make_bodies(kBatchesPerS * 25, rig.clock.now().ms - 3'600'000);
  std::atomic<bool> stopping{false};
  std::atomic<int64_t> sent{0};
  std::thread besides([&] {
    TestClient client(served.server.port());
    const Stopwatch watch;
    for (size_t i = 0; !stopping && i < bodies.size(); ++i) {
      std::this_thread::sleep_until(std::chrono::steady_clock::now() + std::chrono::duration<double>(std::max(0.0, static_cast<double>(i) / kBatchesPerS - watch.seconds())));
      if (!client.send_request("POST", "/api/v1/readings", bodies[i], {{"Authorization", "Bearer " + served.site_token()}}) || !client.read_response()) return;
      sent += kPerBody;
    }
  });
  TestClient desk(served.server.port()), site(served.server.port());
  const std::string token = served.sign_in();
  const auto upgraded = desk.upgrade("/api/v1/live", {{"Cookie", "anlan_session=" + token}, {"Origin", "http://localhost"}});
  bool good = upgraded && upgraded->status == 101 && desk.send_text(R"({"subscribe":["signals"]})");
  std::vector<double> waits;
  const Stopwatch all;
  for (int i = 0; good && i < kAlarms; ++i) {
    const std::string body = fmt::format("[[\"{}\",{},49]]", gauge_code(kGauges - i), rig.clock.now().ms);
    const Stopwatch watch;
    good = site.send_request("POST", "/api/v1/readings", body, {{"Authorization", "Bearer " + served.site_token()}});
    for (bool heard = false; good && !heard;) {
      const auto text = desk.read_text();
      good = text.has_value();
      heard = good && text->find("\"signals\"") != std::string::npos && text->find("\"level\"") != std::string::npos;
    }
    waits.push_back(watch.ms());
    good = good && site.read_response().has_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(60 + i % 41));
  }
  const double per_s = static_cast<double>(sent) / all.seconds();
  stopping = true;
  besides.join();
  if (!good) return false;
  const std::string workload = fmt::format("200 alarms, one at a time, {:.0f} readings a second behind them in batches of 10,000; whole node, API and HTTP server", per_s);
  report("alarm-latency", workload, "alarm_p50_ms", percentile(waits, 0.5), "ms");
  report("alarm-latency", workload, "alarm_p99_ms", percentile(waits, 0.99), "ms");
  return true;
}

bool run_ingest() {
  NodeRig rig(load_pack("packs/cn").value(), true);
  rig.start();
  add_links(rig);
  bool good = http(rig);
  good = sl651(rig) && good;
  good = mqtt(rig) && good;
  report("ingest", "all of the above", "peak_mb", peak_mb(), "MB");
  return good;
}

}  // namespace anlan::bench
