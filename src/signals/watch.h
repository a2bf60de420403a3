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
//
// New rules go live without a restart: a change of the node's own rules (own_rules.h) is noticed when it is committed and
// adopted by the next tick.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "history/history.h"
#include "journal/writer.h"
#include "registry/record_index.h"
#include "signals/chains.h"
#include "signals/commands.h"
#include "signals/own_rules.h"
#include "signals/queries.h"
#include "stream/area_rules.h"
#include "stream/engine.h"
#include "stream/neighbour_check.h"

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
  bool suspect = false;        // contradicts its neighbours
  LinkNumber readings_of = 0;  // its own number, or of the link that it follows
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
  using Later = std::function<void(std::function<void()>)>;

  // Compiles the rules: kInvalidFile names file, line and what is wrong. Without a history readings are judged and
  // not kept. The pack, the records and the history must outlive it.
  static Result<std::unique_ptr<Watch>> create(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit);
  ~Watch() override;

  // The node's own rules, links, their recent readings, the alarms that stand. After the records have been loaded.
  Result<void> load(Reader& reader, UtcTime now);
  // Who makes changed rules live; what it is handed may be run twice or never, and is then handed over again with the
  // next tick. Default: the tick itself, at once. Before the first tick.
  void adopt_on(Later later) { later_ = std::move(later); }
  // Makes these rules live. New engines are filled from the history beside the old ones, which go on; what arrives
  // meanwhile is read again from the history, and the last of it while readings wait, so none is lost and none counted
  // twice. An alarm stands on where its rule still exists: by the rule as it is now it holds, or falls after clear_after.
  // Alarms of rules that are gone clear. A condition that is being held for `hold` begins anew, as after a start; without
  // a history so do the windows. kInvalidFile, or what the history says: the rules before go on.
  // O(readings in the windows); readings wait for O(links that have just reported + alarms that stand).
  Result<void> adopt(RuleBook rules, UtcTime now);
  void on_committed(const std::vector<RecordedFact>& facts) override;

  // Readings from a site that may send for `scopes`; `from` and `frame` are kept as the last raw frame of each link.
  // An error keeps none of them.
  Result<Intake> take(std::span<const SiteReading> readings, std::span<const PlaceCode> scopes, std::string_view from,
                      const std::function<std::string_view(size_t item)>& frame, UtcTime now);
  // What judges outside the readings, such as fires seen by satellites, wants the tables to say. Goes to the writer
  // with the next tick or readings.
  void say(const AlarmWanted& wanted, UtcTime now);
  // What time alone changes: windows empty, links fall silent. Also sends again what the writer has refused.
  void tick(UtcTime now);

  std::optional<LinkRow> find(RecordId id) const;
  std::vector<LinkRule> rules_of(RecordId id) const;
  std::optional<LinkFrame> frame_of(RecordId id) const;
  std::vector<double> limits_of_link(RecordId id) const;
  // Every link, by id. O(links).
  void each(const std::function<void(const LinkRow&)>& f) const;
  // The links behind one, by id, until f returns false. O(log links + those that f sees).
  void each_after(RecordId id, const std::function<bool(const LinkRow&)>& f) const;
  size_t links() const;
  const History* history() const { return history_; }
  const Pack& pack() const { return pack_; }
  // The rules that hold now. A copy: it stays as it is.
  std::shared_ptr<const RuleBook> rules() const;
  // Own rules that do not run with this pack and were left out; with id "" why new rules could not go live.
  std::vector<RuleFault> rule_faults() const;
  // Readings taken since the start.
  uint64_t readings() const { return readings_; }

 private:
  struct Link;
  struct Shard;
  struct Compiled;
  Watch(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit);
  static Result<std::unique_ptr<Compiled>> compile(const Pack& pack, std::shared_ptr<const RuleBook> rules);
  void use(Compiled& made);
  // Adopts what own_ has become, if it has.
  void adopt_changed();
  Result<void> make_live(RuleBook rules, UtcTime now);  // under adopt_mutex_
  Result<void> fill(Compiled& made, UtcTime now);
  // What has arrived or changed since the last call. Under mutex_, held alone.
  std::pair<std::vector<LinkNumber>, std::set<RecordId>> arrived();
  Result<void> refill(Compiled& made, const std::vector<LinkNumber>& numbers, const std::set<RecordId>& records, bool locked, UtcTime now);
  // Under mutex_, held alone.
  void hand_over(Compiled& made, UtcTime now);
  void keep_levels(Compiled& made, std::vector<AlarmWanted>& changed, UtcTime now);
  void keep_chains(Compiled& made, std::vector<AlarmWanted>& changed, UtcTime now);
  void say_all_again(UtcTime now);
  std::vector<std::string> groups_of(const RecordState& record) const;
  // Makes the link what its record says now. Under mutex_, held alone.
  void sync(RecordId id, const RecordState* record, UtcTime now);
  void retarget(RecordId id, const RecordState* record, UtcTime now);
  // What is known of an earthquake changed; null: it was none.
  void shaken(int64_t id, const Earthquake* quake, UtcTime now);
  void forget_names(Link& link);
  // From when on readings of each link count, for the link itself and those that follow it. Under mutex_. O(links).
  std::unordered_map<LinkNumber, UtcTime> begins(const std::vector<Millis>& memory, UtcTime now) const;
  // What the history and the tables say. Part of load().
  Result<void> restore(Reader& reader, UtcTime now);
  LinkRow row(const Link& link) const;
  // What the engine said becomes what the tables should say.
  bool note(Shard& shard, UtcTime now);  // true: something that rules over places count has changed
  void judge_areas(UtcTime now);
  // Finds the neighbours of the links of each type that is checked by them. Under mutex_, held alone.
  void group_neighbours();
  void judge_neighbours(UtcTime now);  // at most once a minute
  void note_areas();  // under areas_mutex_
  // Keeps it until the tables say so, and what follows from it.
  void want(AlarmWanted wanted, const AlarmSource& source, UtcTime now);
  void want(const std::vector<AlarmWanted>& wanted);
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
  std::vector<Millis> memory_;            // how far back the rules of each type look

  mutable std::shared_mutex mutex_;  // of links_ and codes_; taken before a shard's
  std::map<RecordId, std::unique_ptr<Link>> links_;
  std::unordered_map<std::string_view, Link*> codes_;  // the first link that has a code
  std::unordered_map<std::string, std::vector<Link*>> followers_;  // by the code they follow
  std::vector<std::unique_ptr<Shard>> shards_;

  std::mutex areas_mutex_;  // taken after a shard's
  std::optional<stream::AreaRules> areas_;
  std::vector<AlarmSource> groups_;  // what is counted, by group number
  using AreaKey = std::tuple<RecordId, PlaceCode, std::string>;  // a record or a place, and a rule
  static AreaKey key_of(const AlarmSource& group, const std::string& rule) { return {group.record, group.record ? PlaceCode() : group.place, rule}; }
  std::map<AreaKey, std::pair<stream::Level, AlarmSource>> area_levels_;  // that stand
  std::vector<stream::AreaChange> area_changes_;
  std::atomic<bool> regroup_{false};

  struct Neighbours {
    uint16_t type = 0;
    std::vector<Link*> links;
    std::unordered_map<LinkNumber, uint32_t> place;  // in links
    std::optional<stream::NeighbourCheck> check;
    std::vector<double> values;
    std::vector<uint8_t> fresh;
    std::vector<stream::NeighbourVerdict> verdicts;
  };
  std::vector<Neighbours> neighbours_;  // changed by the tick alone
  UtcTime next_neighbours_;

  mutable std::mutex rules_mutex_;
  std::shared_ptr<const RuleBook> rules_;
  std::vector<std::string> group_fields_;  // the `by` fields of area rules; Link::groups holds their values
  OwnRules own_;                           // under rules_mutex_: what the journal says
  std::vector<RuleFault> rule_faults_;     // under rules_mutex_
  Later later_ = [](const std::function<void()>& work) { work(); };
  std::mutex adopt_mutex_;                 // taken before all others
  std::atomic<bool> rules_changed_{false};
  std::atomic<int64_t> adopt_again_ms_{0};  // not before, after a failure
  bool noting_ = false;                     // under mutex_: what arrives is noted, because new engines are being filled
  std::set<RecordId> changed_records_;      // under mutex_, held alone
  std::atomic<int64_t> heard_ms_{0};        // the latest time of what arrives while noting_

  std::mutex chains_mutex_;  // taken after all those above
  std::optional<Chains> chains_;
  std::vector<Earthquake> quakes_;  // of the last 30 days
  std::map<std::tuple<RecordId, std::string, PlaceCode>, std::pair<AlarmWanted, AlarmSource>> said_;  // what stands of what was said from outside

  using AlarmKey = std::tuple<RecordId, std::string, PlaceCode>;  // the place of an area's alarm only
  static AlarmKey key_of(const AlarmWanted& w) { return {w.link, w.rule, w.link ? PlaceCode() : w.place}; }
  std::mutex wanted_mutex_;  // taken last
  std::map<AlarmKey, AlarmWanted> wanted_;  // until committed
  bool sending_ = false;
  std::atomic<int64_t> now_ms_{0};
  std::atomic<uint64_t> readings_{0};
};

}  // namespace anlan
