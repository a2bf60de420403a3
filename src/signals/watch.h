// The live watch over all links: what a site sends is kept in the history, judged by the rules of the pack, and what
// the judgement wants the tables to say goes to the writer as one command.
//
// A link is a record of a type with a signal, and its number is that record's id, so history outlives a change of the
// record.
//
// Order on arrival: history first (durable), then the rules. After a crash load() reads back what the windows need and
// what the tables say, and judges once: an alarm whose reading was kept is not lost, and none is raised twice, because
// the tables decide (record_alarms).
//
// Any thread. Engines are sharded: batches for different shards are judged side by side.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "history/history.h"
#include "journal/writer.h"
#include "registry/record_index.h"
#include "signals/commands.h"
#include "signals/queries.h"
#include "stream/area_rules.h"
#include "stream/engine.h"

namespace anlan {

struct SiteReading {
  std::string_view link;  // its code
  UtcTime at;
  double value = 0;
  size_t item = 0;        // its number in the batch, for faults
};

struct Intake {
  int64_t stored = 0, duplicates = 0, refused = 0;
  struct Fault {
    size_t item;
    std::string why;  // "中文 / English"
  };
  std::vector<Fault> faults;  // the first kFaultsMax
  static constexpr size_t kFaultsMax = 100;
  void refuse(size_t item, std::string_view why) {
    ++refused;
    if (faults.size() < kFaultsMax) faults.push_back({item, std::string(why)});
  }
};

// One link as screens show it.
struct LinkRow {
  RecordId id;
  uint16_t type = 0;  // index in pack.record_types
  std::string code, name;
  PlaceCode place;
  std::optional<LonLat> position;
  stream::LinkState state = stream::LinkState::kUnknown;
  std::optional<WarningLevel> level;  // of its highest rule
  std::optional<Sample> last;
};

struct LinkRule {
  std::string rule;
  std::optional<WarningLevel> level;
  std::optional<UtcTime> since;
  std::vector<std::pair<std::string, std::optional<double>>> windows;  // "sum(1h)" → its value
};

struct LinkFrame {
  UtcTime at;
  std::string from, text;
};

class Watch final : public Observer {
 public:
  static constexpr size_t kShards = 2;
  static constexpr size_t kFrameBytesMax = 300;  // of the last raw frame of a link, cut beyond
  static constexpr size_t kWantedMax = 2'000;    // alarms of one command

  using Submit = std::function<void(Command)>;

  // Compiles the rules: kInvalidFile names file, line and what is wrong. Without a history readings are judged and
  // not kept. The pack, the records and the history must outlive it.
  static Result<std::unique_ptr<Watch>> create(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit);
  ~Watch() override;

  // Links, their recent readings, the alarms that stand. After the records have been loaded.
  Result<void> load(Reader& reader, UtcTime now);
  void on_committed(const std::vector<RecordedFact>& facts) override;

  // Readings from a site that may send for `scopes`; `from` and `frame` are kept as the last raw frame of each link.
  // An error keeps none of them.
  Result<Intake> take(std::span<const SiteReading> readings, std::span<const PlaceCode> scopes, std::string_view from,
                      const std::function<std::string_view(size_t item)>& frame, UtcTime now);
  // What time alone changes: windows empty, links fall silent. Also sends again what the writer has refused.
  void tick(UtcTime now);

  std::optional<LinkRow> find(RecordId id) const;
  std::vector<LinkRule> rules_of(RecordId id) const;
  std::optional<LinkFrame> frame_of(RecordId id) const;
  std::vector<double> limits_of_link(RecordId id) const;
  // Every link, by id. O(links).
  void each(const std::function<void(const LinkRow&)>& f) const;
  size_t links() const;
  const History* history() const { return history_; }
  const Pack& pack() const { return pack_; }
  // Readings taken since the start.
  uint64_t readings() const { return readings_; }

 private:
  struct Link;
  struct Shard;
  Watch(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit);
  Result<void> compile();
  // Makes the link what its record says now. Under mutex_, held alone.
  void sync(RecordId id, const RecordState* record, UtcTime now);
  LinkRow row(const Link& link) const;
  // What the engine said becomes what the tables should say.
  void note(Shard& shard, UtcTime now);
  void note_areas();  // under areas_mutex_
  // Counts all links anew, after links came or went. Under mutex_, held alone. O(links).
  void group_links(UtcTime now);
  void send();

  const Pack& pack_;
  const RecordIndex& records_;
  const Attachments& attachments_;
  History* history_;
  Submit submit_;
  std::vector<int> type_numbers_;       // of the engines, by index in pack.record_types; -1: no links
  std::vector<std::string> rule_names_;  // of the engines
  Millis memory_;                         // how far back the rules look

  mutable std::shared_mutex mutex_;  // of links_ and codes_; taken before a shard's
  std::map<RecordId, std::unique_ptr<Link>> links_;
  std::unordered_map<std::string_view, Link*> codes_;  // the first link that has a code
  std::vector<std::unique_ptr<Shard>> shards_;

  std::mutex areas_mutex_;  // taken after a shard's
  std::optional<stream::AreaRules> areas_;
  std::vector<PlaceCode> groups_;  // the places that are counted, by group number
  std::map<std::pair<PlaceCode, std::string>, stream::Level> area_levels_;  // that stand, by rule
  std::vector<stream::AreaChange> area_changes_;
  std::atomic<bool> regroup_{false};

  using AlarmKey = std::tuple<RecordId, std::string, PlaceCode>;  // the place of an area's alarm only
  static AlarmKey key_of(const AlarmWanted& w) { return {w.link, w.rule, w.link ? PlaceCode() : w.place}; }
  std::mutex wanted_mutex_;  // taken last
  std::map<AlarmKey, AlarmWanted> wanted_;  // until committed
  bool sending_ = false;
  std::atomic<int64_t> now_ms_{0};
  std::atomic<uint64_t> readings_{0};
};

}  // namespace anlan
