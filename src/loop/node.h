// One node, assembled: store, journal, registry, warnings, calls and the reactions that join them. The ports are chosen
// by whoever makes it: the server takes the machine's, the simulator its own.
//
// Nothing here starts a thread. The writer is run by its owner (run_batch), time passes by tick().
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/ports.h"
#include "calls/answer_link.h"
#include "calls/caller.h"
#include "earthquakes/early_warnings.h"
#include "earthquakes/estimates.h"
#include "journal/migrations.h"
#include "journal/writer.h"
#include "logistics/positions.h"
#include "logistics/roads.h"
#include "loop/contacts.h"
#include "registry/live_directory.h"
#include "registry/pack.h"
#include "registry/live_places.h"
#include "registry/accounts.h"
#include "registry/record_index.h"
#include "registry/site_token.h"
#include "registry/target_places.h"
#include "registry/targeting.h"
#include "signals/watch.h"
#include "warnings/commands.h"

namespace anlan {

class Reactions;

struct NodeSettings {
  std::string name = "安澜";
  PlaceCode place;                 // the node's top place; empty: the country
  std::string duty_phone;
  std::string sender = "anlan";    // CAP <sender>
  std::string public_url = "http://127.0.0.1:8080";  // links in messages begin with it
  int utc_offset_minutes = 480;
  bool demo = false;               // people and objects are generated
};

// Facts and schema of every module.
FactCatalogue fact_catalogue();
std::vector<Migration> node_migrations();
// Tables written by facts alone, for comparing a replay with the live store.
std::vector<std::string> fact_tables();

class Node {
 public:
  // Work that may take tens of milliseconds (resolving a list of 218,000) is handed to this; the default runs it at once.
  using Later = std::function<void(std::function<void()>)>;

  // Without a history readings are judged and not kept.
  static Result<std::unique_ptr<Node>> open(NodeSettings settings, const Pack& pack, std::unique_ptr<Store> store,
                                            Disk& disk, Clock& clock, Random& random, Later later = {}, History* history = nullptr);
  ~Node();

  // Reads the open rounds and goes on where the last run stopped. After the channels have been added.
  void start();
  // Does what is due: calls, expiry, reactions. O(what is due).
  void tick();
  // The next time tick has something to do.
  UtcTime next_due() const;

  const NodeSettings& settings() const { return settings_; }
  const Pack& pack() const { return pack_; }
  Store& store() { return *store_; }
  Writer& writer() { return *writer_; }
  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  Attachments& attachments() { return attachments_; }
  Disk& disk() { return disk_; }
  LiveDirectory& directory() { return *directory_; }
  RecordIndex& records() { return *records_; }
  Places& places() { return *places_; }
  Caller& caller() { return *caller_; }
  Watch& watch() { return *watch_; }
  Roads& roads() { return *roads_; }
  Positions& positions() { return positions_; }
  BuildingStock& stock() { return *stock_; }
  Estimates& estimates() { return *estimates_; }
  EarlyWarnings& early_warnings() { return *early_warnings_; }
  const SiteTokens& site_tokens() const { return *site_tokens_; }
  const AnswerLinks& links() const { return *links_; }
  const PinyinTable& pinyin() const { return *pinyin_; }

  // Runs f on the targets and the directory they refer to, under one reading lock.
  void with_targets(const WarningContent& content, const std::function<void(const Targets&, const Directory&, const PlaceTable&, const TargetQuery&)>& f);
  std::shared_ptr<const TargetPlaces> target_places();
  DirectoryContacts& contacts() { return *contacts_; }
  void later(std::function<void()> work) { later_(std::move(work)); }
  // Opens a call round for the warning as it stands: resolves, stores the list, submits the command.
  // done gets {"round":N,"opened":bool}.
  void open_round(const WarningRow& warning, RoundMode mode, const std::string& actor, const std::string& key,
                  std::function<void(const Result<Answer>&)> done);

 private:
  Node(NodeSettings settings, const Pack& pack, std::unique_ptr<Store> store, Disk& disk, Clock& clock, Random& random, Later later, History* history);
  Result<void> load();

  NodeSettings settings_;
  const Pack& pack_;
  std::unique_ptr<Store> store_;
  Disk& disk_;
  Clock& clock_;
  Random& random_;
  Later later_;
  History* history_;
  Attachments attachments_;
  std::unique_ptr<PinyinTable> pinyin_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<LiveDirectory> directory_;
  std::unique_ptr<RecordIndex> records_;
  std::unique_ptr<Places> places_;
  std::unique_ptr<DirectoryContacts> contacts_;
  std::unique_ptr<Caller> caller_;
  std::unique_ptr<Watch> watch_;
  std::unique_ptr<Roads> roads_;
  Positions positions_;
  std::unique_ptr<BuildingStock> stock_;
  std::unique_ptr<Estimates> estimates_;
  std::unique_ptr<EarlyWarnings> early_warnings_;
  std::unique_ptr<AnswerLinks> links_;
  std::unique_ptr<SiteTokens> site_tokens_;
  std::unique_ptr<Reactions> reactions_;

  std::mutex target_mutex_;
  std::shared_ptr<const PlaceIndex> target_index_;
  std::shared_ptr<const TargetPlaces> target_places_;
};

}  // namespace anlan
