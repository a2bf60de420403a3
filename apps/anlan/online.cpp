// user and import: small changes through a node's writer while no server runs.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "anlan/commands.h"
#include "base/real_ports.h"
#include "loop/node.h"
#include "registry/boundaries.h"
#include "registry/place_files.h"
#include "registry/place_layout.h"
#include "logistics/commands.h"
#include "earthquakes/commands.h"
#include "earthquakes/stock.h"
#include "roads/graph_file_read.h"
#include "roads/index_file.h"
#include "roads/osm_graph.h"

namespace anlan {
namespace {

struct Offline {
  SystemClock clock;
  SystemRandom random;
  SystemDisk disk;
  Pack pack;
  std::unique_ptr<Node> node;

  explicit Offline(const std::string& data) : disk(data) {}

  // Runs one command and gives its answer.
  Result<Answer> run(Command command) {
    std::optional<Result<Answer>> answer;
    command.done = [&](const Result<Answer>& a) { answer.emplace(a); };
    node->writer().submit(std::move(command));
    while (!answer) node->writer().run_batch();
    return *answer;
  }
};

Result<std::unique_ptr<Offline>> open_offline(const Config& config) {
  auto o = std::make_unique<Offline>(config.data);
  TRY(pack, load_pack(config.pack));
  o->pack = std::move(pack);
  TRY(store, open_store(store_of(config)));
  NodeSettings settings;
  settings.place = PlaceCode::parse(config.place).value_or(PlaceCode());
  TRY(node, Node::open(settings, o->pack, std::move(store), o->disk, o->clock, o->random));
  o->node = std::move(node);
  return o;
}

Result<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error(ErrorCode::kNotFound, {{"what", file}});
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string made_up_password(Random& random) {
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";
  uint8_t bytes[14];
  random.fill(bytes);
  std::string password;
  for (const auto b : bytes) password += kLetters[b % kLetters.size()];
  return password;
}

}  // namespace

Result<void> set_user(const Config& config, const UserCommand& c) {
  TRY(offline, open_offline(config));
  const auto place = PlaceCode::parse(c.place);
  if (!c.place.empty() && !place) return Error(ErrorCode::kInvalidField, {{"field", "--place"}, {"why", c.place}});
  Sessions sessions(offline->clock, offline->random);
  TRY(reader, offline->node->store().connect());
  sessions.load(*reader);
  const std::string password = c.password.empty() ? made_up_password(offline->random) : c.password;
  const std::string hash = Sessions::hash_password(password);
  const auto existing = sessions.find(c.account);
  Account account = existing ? *existing : Account{};
  account.account = c.account;
  if (!c.name.empty() || account.name.empty()) account.name = c.name.empty() ? c.account : c.name;
  account.enabled = true;
  account.must_change_password = c.password.empty();
  if (!existing) account.roles = {{c.role, place.value_or(PlaceCode())}};
  auto id = std::make_shared<AccountId>(account.id);
  TRY(answer, offline->run({"node", "", "",
                            [&](Reader& r, UtcTime) -> Result<Decision> {
                              if (existing) return change_account(r, account, true);
                              *id = AccountId{peek_id(r, "account")};
                              return add_account(r, account);
                            },
                            {}, [&](Tables& t) { Sessions::store_password(t, *id, hash); }}));
  (void)answer;
  if (c.password.empty()) std::printf("account %s, password %s\n", c.account.c_str(), password.c_str());
  else std::printf("account %s is ready\n", c.account.c_str());
  return {};
}

Result<void> import_place_files(const Config& config, const PlacesCommand& c) {
  TRY(offline, open_offline(config));
  auto& node = *offline->node;
  const Datum datum = c.datum == "gcj02" ? Datum::kGcj02 : c.datum == "bd09" ? Datum::kBd09 : Datum::kWgs84;
  const auto before = node.places().get();
  PlaceTable table = before->places();
  std::vector<Boundary> boundaries = before->boundaries().all();
  PlaceSetKind kind = PlaceSetKind::positions;
  std::string note;
  if (!c.divisions.empty()) {
    kind = PlaceSetKind::divisions;
    std::string texts[5];
    const char* names[5] = {"provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv"};
    for (int i = 0; i < 5; ++i) {
      TRY(text, read_file(c.divisions + "/" + names[i]));
      texts[i] = std::move(text);
    }
    TRY(read, read_divisions({texts[0], texts[1], texts[2], texts[3], texts[4]}));
    table = std::move(read);
    boundaries.clear();
    note += std::to_string(table.size()) + " divisions; ";
  }
  if (!c.positions.empty()) {
    TRY(text, read_file(c.positions));
    TRY(join, apply_positions(table, text, datum));
    note += std::to_string(join.joined()) + " of " + std::to_string(join.rows) + " positions joined; ";
    for (const auto& row : join.unjoined_rows) std::printf("not joined: %s\n", row.c_str());
  }
  for (const auto& file : c.boundaries) {
    if (kind == PlaceSetKind::positions && c.positions.empty()) kind = PlaceSetKind::boundaries;
    TRY(text, read_file(file));
    TRY(read, read_boundaries(text, datum, table, PlaceCode::parse(c.within).value_or(PlaceCode())));
    apply_seats(table, read);
    note += std::to_string(read.boundaries.size()) + " boundaries; ";
    for (auto& b : read.boundaries) boundaries.push_back(std::move(b));
    for (const auto& row : read.join.unjoined_rows) std::printf("not joined: %s\n", row.c_str());
  }
  Boundaries all(std::move(boundaries));
  const auto laid = lay_out(table, all, c.seed);
  note += std::to_string(laid.towns + laid.villages) + " positions approximate";
  const auto index = PlaceIndex::build(std::move(table), std::move(all), node.pinyin());
  TRY(attachment, node.attachments().put(index->write()));
  node.places().expect(attachment, index);
  const std::string based_on = node.places().attachment();
  TRY(answer, offline->run({"node", "", "", [&](Reader& r, UtcTime) { return import_places(r, kind, attachment, based_on, note); }, {}, {}}));
  (void)answer;
  std::printf("%s\n", note.c_str());
  return {};
}

// --- roads

namespace {

void say(const char* zh, const char* en) {
  std::printf("%s / %s\n", zh, en);
  std::fflush(stdout);
}

json::object figures_json(const roads::NetworkFigures& f) {
  return {{"roads", f.roads}, {"nodes", f.nodes}, {"arcs", f.arcs}, {"km", f.road_km}, {"motor_nodes", f.motor_nodes}, {"island_nodes", f.island_nodes}};
}

// What was left out, printed and for the report.
json::object dropped_json(const std::array<uint64_t, roads::kDroppedReasons>& dropped, const std::map<std::string, uint64_t>& classes) {
  json::object out, unknown;
  for (int i = 1; i < roads::kDroppedReasons; ++i) {
    const auto reason = static_cast<roads::Dropped>(i);
    if (dropped[static_cast<size_t>(i)] == 0) continue;
    const auto text = roads::text_of(reason);
    std::printf("  %8llu  %.*s / %.*s\n", static_cast<unsigned long long>(dropped[static_cast<size_t>(i)]), static_cast<int>(text.zh.size()), text.zh.data(), static_cast<int>(text.en.size()), text.en.data());
    out[roads::name_of(reason)] = dropped[static_cast<size_t>(i)];
  }
  for (const auto& [name, n] : classes) unknown[name.empty() ? "other" : name] = n;
  return {{"dropped", std::move(out)}, {"unknown_classes", std::move(unknown)}};
}

struct ReadNetwork {
  roads::Graph graph;
  roads::NetworkFigures figures;
  json::object report;
};

Result<ReadNetwork> read_network(const RoadsCommand& c) {
  const std::string& file = c.files.front();
  const Datum datum = c.datum == "gcj02" ? Datum::kGcj02 : c.datum == "bd09" ? Datum::kBd09 : Datum::kWgs84;
  const auto keep = [&](auto&& read, const char* kind, json::object more) {
    ReadNetwork out{std::move(read.graph), read.report, {{"source", kind}, {"file", std::filesystem::path(file).filename().string()}}};
    say("未采用的内容", "left out");
    for (auto& m : dropped_json(read.report.dropped, read.report.unknown_classes)) out.report[m.key()] = m.value();
    for (auto& m : more) out.report[m.key()] = m.value();
    out.report["figures"] = figures_json(read.report);
    return out;
  };
  if (file.ends_with(".pbf")) {
    TRY(read, roads::read_osm_file(file));
    const auto& r = read.report;
    json::object more{{"ways_highway", r.ways_highway}, {"ways_kept", r.ways_kept}, {"ways_cut", r.ways_cut}, {"turn_rules", r.rules}, {"turn_rules_kept", r.rules_kept}, {"barriers", r.barriers}};
    std::printf("  道路 %llu 条，采用 %llu 条；转向限制 %llu 条，采用 %llu 条 / %llu ways, %llu kept; %llu turn rules, %llu kept\n", static_cast<unsigned long long>(r.ways_highway),
                static_cast<unsigned long long>(r.ways_kept), static_cast<unsigned long long>(r.rules), static_cast<unsigned long long>(r.rules_kept), static_cast<unsigned long long>(r.ways_highway),
                static_cast<unsigned long long>(r.ways_kept), static_cast<unsigned long long>(r.rules), static_cast<unsigned long long>(r.rules_kept));
    return keep(std::move(read), "osm", std::move(more));
  }
  TRY(text, read_file(file));
  if (file.ends_with(".json") || file.ends_with(".geojson")) {
    TRY(read, roads::read_geojson_roads(text, datum));
    return keep(std::move(read), "geojson", {{"lines", read.report.read}, {"no_lines", read.report.passed}});
  }
  if (c.nodes.empty())
    return Error(ErrorCode::kInvalidField, {{"field", "--nodes"}, {"why", "CSV 路网需用 --nodes 给出节点表；其他格式为 .osm.pbf 和 .geojson / a CSV of arcs wants --nodes; other files are .osm.pbf and .geojson"}});
  TRY(nodes, read_file(c.nodes));
  TRY(read, roads::read_csv_roads(nodes, text, datum));
  return keep(std::move(read), "csv", {{"rows", read.report.read}});
}

}  // namespace

Result<void> import_road_files(const Config& config, const RoadsCommand& c) {
  if (c.files.size() != 1) return Error(ErrorCode::kInvalidField, {{"field", "files"}, {"why", "一次导入一个路网文件 / one network at a time"}});
  auto opened = open_offline(config);
  if (!opened) {
    if (opened.error().code == ErrorCode::kConflict || opened.error().code == ErrorCode::kStoreUnavailable)
      say("数据库无法打开；如果服务正在运行，请先停止服务再导入", "the store cannot be opened; if the server is running, stop it first");
    return opened.error();
  }
  auto& offline = **opened;
  say("一、读取路网", "1. reading the network");
  TRY(read, read_network(c));
  std::printf("  %llu 条路段，%llu 个路口，%.0f 公里；%llu 个路口不与主体连通 / %llu roads, %llu junctions, %.0f km; %llu junctions not joined to the main part\n",
              static_cast<unsigned long long>(read.figures.roads), static_cast<unsigned long long>(read.figures.nodes), read.figures.road_km, static_cast<unsigned long long>(read.figures.island_nodes),
              static_cast<unsigned long long>(read.figures.roads), static_cast<unsigned long long>(read.figures.nodes), read.figures.road_km, static_cast<unsigned long long>(read.figures.island_nodes));
  if (read.figures.arcs == 0) return Error(ErrorCode::kInvalidFile, {{"why", "文件中没有可用的道路 / there is no road in the file"}});
  say("二、建立索引", "2. building the index");
  TRY(index, roads::build_index(std::move(read.graph)));
  RoadsImported fact;
  fact.name = c.name.empty() ? std::filesystem::path(c.files.front()).filename().string() : c.name;
  fact.nodes = static_cast<int64_t>(index.graph.nodes());
  fact.arcs = static_cast<int64_t>(index.graph.arcs());
  fact.roads = static_cast<int64_t>(index.graph.roads.size());
  fact.report = json::serialize(read.report);
  say("三、写入", "3. storing it");
  TRY(hash, offline.node->attachments().put(roads::write_index(index)));
  fact.file = hash;
  TRY(answer, offline.run({"node", "", "", [fact](Reader&, UtcTime) { return import_roads(fact); }, {}, {}}));
  (void)answer;
  std::printf("完成：%s / done: %s\n", fact.name.c_str(), fact.name.c_str());
  return {};
}

// --- buildings and people

Result<void> import_exposure_file(const Config& config, const ExposureCommand& c) {
  auto opened = open_offline(config);
  if (!opened) {
    if (opened.error().code == ErrorCode::kConflict || opened.error().code == ErrorCode::kStoreUnavailable)
      say("数据库无法打开；如果服务正在运行，请先停止服务再导入", "the store cannot be opened; if the server is running, stop it first");
    return opened.error();
  }
  auto& offline = **opened;
  auto& node = *offline.node;
  say("一、读取建筑数据", "1. reading the buildings");
  TRY(bytes, read_file(c.file));
  const auto name = c.name.empty() ? std::filesystem::path(c.file).filename().string() : c.name;
  TRY(stock, read_stock(c.census ? StockKind::census : StockKind::buildings, name, bytes, node.pack(), *node.places().get()));
  std::printf("  %zu 行，拒绝 %zu 行；%lld 栋建筑，%.0f 人 / %zu rows, %zu refused; %lld buildings, %.0f people\n", stock->rows, stock->rows_refused,
              static_cast<long long>(stock->loaded.buildings), stock->loaded.people, stock->rows, stock->rows_refused, static_cast<long long>(stock->loaded.buildings), stock->loaded.people);
  for (const auto& why : stock->refused) std::printf("  %s\n", why.c_str());
  say("二、写入", "2. storing it");
  auto loaded = stock->loaded;
  TRY(hash, node.attachments().put(bytes));
  loaded.file = hash;
  TRY(answer, offline.run({"node", "", "", [loaded](Reader&, UtcTime) { return load_exposure(loaded); }, {}, {}}));
  (void)answer;
  std::printf("完成：%s / done: %s\n", name.c_str(), name.c_str());
  return {};
}

}  // namespace anlan
