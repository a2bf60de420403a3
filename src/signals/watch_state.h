// What the watch keeps of each link, and of each shard. For the files of watch.h only.
#pragma once

#include "signals/watch.h"

namespace anlan {

struct Watch::Link {
  RecordId id;
  uint16_t type = 0;
  std::string code, name;
  PlaceCode place;
  std::optional<LonLat> position;
  std::vector<double> limits;
  std::string follows;              // the code of the link whose readings it takes
  std::vector<std::string> groups;  // what its fields name, by Watch::group_fields_
  // Under its shard's mutex.
  stream::LinkState state = stream::LinkState::kUnknown;
  std::optional<Sample> last;
  std::map<stream::RuleNumber, stream::Level> levels;  // rules that have one
  LinkFrame frame;
  bool suspect = false;
  bool arrived = false;  // while noting_: is in Shard::arrived

  AlarmSource source() const { return {id, place, position, code, name}; }
  LinkNumber number() const { return static_cast<LinkNumber>(id.value); }
};

struct Watch::Shard {
  std::mutex mutex;
  stream::Engine engine{{.links_max = kHistoryLinksMax}};
  stream::Output out;
  std::vector<LinkNumber> arrived;  // links with readings while noting_, each once
};

// A rule book, compiled; its engines are filled before they are used.
struct Watch::Compiled {
  std::shared_ptr<const RuleBook> rules;
  std::vector<std::unique_ptr<Shard>> shards;
  std::vector<int> type_numbers;
  std::vector<std::string> rule_names, group_fields;
  std::vector<Millis> memory;  // how far back the rules of each type look
  std::optional<Chains> chains;
  std::unordered_map<LinkNumber, stream::LinkState> states;

  stream::Engine& engine(LinkNumber link) { return shards[link % kShards]->engine; }
};

}  // namespace anlan
