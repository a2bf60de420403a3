// The subcommands of `anlan`.
#pragma once

#include <string>
#include <vector>

#include "anlan/config.h"

namespace anlan {

struct HowToServe {
  bool demo = false;
  std::string demo_data = "ui/node_modules";  // the npm packages that name and outline places
  bool look = false, take_over = false;       // what to do with a copy; kConflict when neither is said
};
Result<void> serve(const Config& config, const HowToServe& how);

Result<void> verify(const Config& config, bool tables);
Result<void> replay_store(const Config& config, const std::string& until, const std::string& into);
Result<void> backup(const Config& config, const std::string& folder);
Result<void> restore(const Config& config, const std::string& folder);

struct UserCommand {
  std::string account, name, role = "admin", place, password;
};
Result<void> set_user(const Config& config, const UserCommand& command);

struct PlacesCommand {
  std::string divisions, positions;
  std::vector<std::string> boundaries;
  std::string datum = "wgs84", within;
  uint64_t seed = 1;
};
Result<void> import_place_files(const Config& config, const PlacesCommand& command);

struct RoadsCommand {
  std::vector<std::string> files;  // one .osm.pbf, one .geojson, or one CSV of arcs with `nodes`
  std::string nodes, name, datum = "wgs84";
};
// Prints each stage, and what was dropped and why.
Result<void> import_road_files(const Config& config, const RoadsCommand& command);

struct ExposureCommand {
  std::string file, name;
  bool census = false;  // one row for each town, type, code and use, instead of one for each building
};
Result<void> import_exposure_file(const Config& config, const ExposureCommand& command);

struct SimulateCommand {
  std::string protocol = "sl651", to, scenario = "steady", codes, prefix, begin, password, topic = "anlan/simulated";
  size_t links = 100;
  double rate = 10, seconds = 60, base = 1, rise = 5;
  uint64_t seed = 1;
  bool list = false;  // only print the codes
};
// Prints what was sent, answered and refused. kUnavailable when the server could not be reached or went away.
Result<void> simulate_devices(const SimulateCommand& command);

struct ReplayReadingsCommand {
  std::string file, to, token_file;
  double speed = 1;
  bool as_is = false;
};
// Prints progress and what was stored and refused. kUnavailable when the node cannot be reached after five tries.
Result<void> replay_readings(const ReplayReadingsCommand& command);

// "" in the configuration means SQLite in the data folder.
std::string store_of(const Config& config);

}  // namespace anlan
