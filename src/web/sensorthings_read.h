// Answers SensorThings queries from the watch, the records and the history, for what one account may see.
//
// Costs, with n links, k entities shown, r readings looked at:
//   a collection of links       O(n log k): one walk over all links, whatever is filtered, ordered or expanded
//   what is expanded            O(k log n) for links and types; a Sensor's Datastreams share one walk over all links
//   Observations of one link    newest or oldest first: O(k + what the condition drops), a little at a time;
//                               by another order, or counted: O(r) of the span that the condition leaves
//   the newest Observation ($top=1, newest first) of each Datastream costs nothing beyond the link itself
// Bounds of one request: kStaEntitiesMax shown, kStaReadingsMax looked at, where a reading counts once more for every
// eight parts of the condition that it is held against; kTooLarge beyond.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "web/odata_query.h"
#include "web/sensorthings_model.h"

namespace anlan {

constexpr size_t kStaEntitiesMax = 20'000;
constexpr uint64_t kStaReadingsMax = 5'000'000;

// A query whose names have been found good for a kind.
struct StaPlan {
  struct Order {
    StaField field;
    bool descending;
  };
  struct Expand;

  StaKind kind;
  const ODataQuery* query;
  std::vector<StaField> filter;  // by path of the query's filter
  std::vector<Order> order;
  std::vector<bool> is_time;     // of the filter's paths: the reading's own time
  std::vector<Expand> expand;

  bool shows(std::string_view name) const;
  // Readings ordered by time alone; nothing when by something else as well.
  std::optional<bool> newest_first() const;
};
struct StaPlan::Expand {
  const StaNav* nav;
  StaPlan plan;
};
// The query must outlive the plan.
Result<StaPlan> plan_sta(StaKind kind, const ODataQuery& query, int depth = 0);

struct StaPage {
  std::vector<StaSubject> items;
  std::optional<int64_t> total;  // when it was asked for
  bool more = false;
  std::optional<int64_t> after;  // where the next page begins, when it does not begin by number
};

class StaReader {
 public:
  StaReader(Node& node, std::vector<PlaceCode> scopes, std::string base) : node_(node), scopes_(std::move(scopes)), model_(node, std::move(base)) {}

  // One entity by its id as it stands in an address; nothing when there is none for this account.
  Result<std::optional<StaSubject>> find(StaKind kind, std::string_view id);
  // What a plan asks of all entities of its kind, and of those that belong to one entity.
  StaPage all(const StaPlan& plan);
  Result<StaPage> related(const StaPlan& plan, StaKind from, const StaSubject& subject);
  // The one entity at the other end of a relation to one.
  static StaSubject one(StaKind to, const StaSubject& subject);

  Result<json::object> entity(const StaPlan& plan, const StaSubject& subject);
  // {"value": […], …}; `address` is that of the collection.
  Result<json::object> collection(const StaPlan& plan, const StaPage& page, const std::string& address);
  const StaModel& model() const { return model_; }

 private:
  class Collector;
  bool visible(const LinkRow& link) const;
  StaPage few(const StaPlan& plan, std::vector<StaSubject> subjects);
  // All links behind one, by id, until false comes back.
  void walk(int64_t after, const std::function<bool(const LinkRow&)>& take) const;
  StaPage links(const StaPlan& plan, std::optional<uint16_t> type);
  // The Datastreams of several types in one walk.
  std::map<uint16_t, StaPage> links_by_type(const StaPlan& plan, const std::vector<StaSubject>& types);
  Result<StaPage> observations(const StaPlan& plan, const StaSubject& subject);
  Result<void> observations_by_time(Collector& collector, const StaSubject& subject, UtcTime from, UtcTime until, bool newest_first, int64_t wanted);
  // Hands on the readings of a span that the plan's condition holds for, until false comes back.
  Result<void> readings(const StaPlan& plan, const StaSubject& subject, UtcTime from, UtcTime until, const std::function<bool(const Sample&)>& each);
  bool matches(const StaPlan& plan, const StaView& view) const;
  std::vector<StaSubject> types() const;
  std::string next_address(const StaPlan& plan, const StaPage& page, const std::string& address) const;

  Node& node_;
  const std::vector<PlaceCode> scopes_;
  StaModel model_;
  std::map<uint16_t, StaPage> by_type_;  // of the types on the page, when their Datastreams are expanded
  size_t entities_ = 0;
  uint64_t readings_ = 0;
};

}  // namespace anlan
