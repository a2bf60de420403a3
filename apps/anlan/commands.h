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

// "" in the configuration means SQLite in the data folder.
std::string store_of(const Config& config);

}  // namespace anlan
