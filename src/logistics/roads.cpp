#include "logistics/roads.h"

#include <algorithm>

#include "journal/attachments.h"
#include "logistics/roads_state.h"

namespace anlan {
namespace {

// A longer line is put on the roads elsewhere.
constexpr double kAtOnceKm = 30;

double length_km(const RoadNetwork& network, const std::vector<roads::RoadIndex>& hit) {
  double metres = 0;
  for (const auto road : hit) metres += network.length_of(road);
  return metres / 1000;
}

std::shared_ptr<const RoadShape> shape_of(const RoadState& state) {
  auto read = read_road_shape(state.shape);
  return read ? std::make_shared<const RoadShape>(std::move(*read)) : nullptr;
}

}  // namespace

Roads::Roads(const Pack& pack, const Attachments& attachments, Clock& clock, int utc_offset_minutes)
    : state_(std::make_shared<State>(pack, attachments, clock, utc_offset_minutes)) {}
Roads::~Roads() = default;

void Roads::work_on(Later later) { state_->later = std::move(later); }

Result<void> Roads::load(Reader& reader) {
  State& s = *state_;
  const auto network = current_road_network(reader);
  const auto states = road_states(reader, s.clock.now());
  if (network) {
    auto opened = s.open(*network);
    std::scoped_lock lock(s.mutex);
    s.row = *network;
    if (opened) s.metrics = std::move(*opened);
    else s.fault = opened.error();
  }
  for (const auto& row : states) s.set(row);
  return {};
}

void Roads::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    if (const auto* n = f.as<RoadsImported>()) state_->add({RoadNetworkRow{n->file, n->name, n->report, n->nodes, n->arcs, n->roads, f.header.at}, {}, {}});
    else if (const auto* set = f.as<RoadStateSet>()) state_->add({{}, RoadStateRow{set->state, f.header.actor, {}, f.header.at, {}}, {}});
    else if (const auto* lifted = f.as<RoadStateLifted>()) state_->add({{}, {}, lifted->state});
  }
}

void Roads::tick(UtcTime now) {
  State& s = *state_;
  if (now.ms < s.next_until.load()) return;
  std::vector<RoadStateId> over;
  {
    std::scoped_lock lock(s.mutex);
    for (const auto& [id, held] : s.held)
      if (held.state.row.state.until && *held.state.row.state.until <= now) over.push_back(held.state.row.state.id);
    s.next_until = INT64_MAX;  // set again when they are gone
  }
  for (const auto id : over) s.add({{}, {}, id});
  if (over.empty()) {
    std::scoped_lock lock(s.mutex);
    s.note_until();
  }
}

bool Roads::settle(Millis at_most) const {
  state_->work_off();
  std::unique_lock lock(state_->queue_mutex);
  return state_->settled.wait_for(lock, std::chrono::milliseconds(at_most.count), [&] { return state_->queue.empty() && !state_->running; });
}

// --- changes, one after another

void Roads::State::add(Change change) {
  const bool at_once = small(change);
  bool first = false;
  {
    std::scoped_lock lock(queue_mutex);
    first = queue.empty() && !running;
    queue.push_back(std::move(change));
  }
  // In order, so at once only when nothing waits.
  if (first && at_once) work_off();
  else later([self = shared_from_this()] { self->work_off(); });
}

void Roads::State::work_off() {
  {
    std::scoped_lock lock(queue_mutex);
    if (running) return;
    running = true;
  }
  for (;;) {
    Change change;
    {
      std::scoped_lock lock(queue_mutex);
      if (queue.empty()) {
        running = false;
        settled.notify_all();
        return;
      }
      change = std::move(queue.front());
      queue.pop_front();
    }
    carry_out(change);
  }
}

bool Roads::State::small(const Change& change) const {
  if (change.network) return false;
  std::shared_ptr<RoadMetrics> now;
  std::vector<roads::RoadIndex> hit;
  {
    std::scoped_lock lock(mutex);
    now = metrics;
    if (const auto found = held.find(change.lift.value); found != held.end()) hit = found->second.state.roads;
  }
  if (!now) return true;
  if (!change.set) return now->cost(hit) <= kAtOnceArcs;
  const auto shape = shape_of(change.set->state);
  if (!shape) return true;
  double km = 0;
  for (const auto& line : shape->lines)
    for (size_t i = 1; i < line.size(); ++i) km += distance_m(line[i - 1], line[i]) / 1000;
  if (km > kAtOnceKm) return false;
  if (!shape->area) return true;
  // As if the roads were spread evenly over a fifth of the network's extent.
  const auto box = *bounding_box(*shape->area);
  const auto& b = now->network().bounds;
  const double width = std::min(box.east, b.east) - std::max(box.west, b.west), height = std::min(box.north, b.north) - std::max(box.south, b.south);
  if (width <= 0 || height <= 0) return true;
  const double share = 5 * width * height / std::max(1e-12, (b.east - b.west) * (b.north - b.south));
  return share * static_cast<double>(now->network().graph().arcs() * std::max<size_t>(1, now->count())) <= kAtOnceArcs;
}

void Roads::State::carry_out(const Change& change) {
  if (change.network) take_network(*change.network);
  else if (change.set) set(*change.set);
  else lift_state(change.lift);
}

Result<std::shared_ptr<RoadMetrics>> Roads::State::open(const RoadNetworkRow& network) const {
  TRY(bytes, attachments.get(network.file));
  TRY(opened, RoadNetwork::open(network.file, std::move(bytes)));
  return std::make_shared<RoadMetrics>(std::move(opened), pack.roads, later);
}

void Roads::State::take_network(const RoadNetworkRow& network) {
  auto opened = open(network);
  if (!opened) {  // the old network stays
    std::scoped_lock lock(mutex);
    fault = opened.error();
    return;
  }
  auto fresh = std::move(*opened);
  std::map<int64_t, Held> again;
  {
    std::scoped_lock lock(mutex);
    again = held;
  }
  for (auto& [id, h] : again) {
    h.state.roads = h.shape ? roads_hit(fresh->network(), *h.shape) : std::vector<roads::RoadIndex>{};
    h.state.length_km = length_km(fresh->network(), h.state.roads);
    fresh->set(h.state.row.state, h.state.roads);
  }
  std::scoped_lock lock(mutex);
  metrics = std::move(fresh);
  row = network;
  fault.reset();
  held = std::move(again);
  ++version;
}

void Roads::State::set(const RoadStateRow& r) {
  std::shared_ptr<RoadMetrics> now;
  {
    std::scoped_lock lock(mutex);
    now = metrics;
  }
  Held h{{r, {}, 0}, shape_of(r.state)};
  if (now && h.shape) {
    h.state.roads = roads_hit(now->network(), *h.shape);
    h.state.length_km = length_km(now->network(), h.state.roads);
    now->set(r.state, h.state.roads);
  }
  std::scoped_lock lock(mutex);
  held.insert_or_assign(r.state.id.value, std::move(h));
  note_until();
  ++version;
}

void Roads::State::lift_state(RoadStateId id) {
  std::shared_ptr<RoadMetrics> now;
  std::vector<roads::RoadIndex> hit;
  {
    std::scoped_lock lock(mutex);
    now = metrics;
    const auto found = held.find(id.value);
    if (found == held.end()) return note_until();
    hit = std::move(found->second.state.roads);
    held.erase(found);
    note_until();
  }
  if (now) now->lift(id, hit);
  ++version;
}

void Roads::State::note_until() {
  int64_t next = INT64_MAX;
  for (const auto& [id, h] : held)
    if (h.state.row.state.until) next = std::min(next, h.state.row.state.until->ms);
  next_until = next;
}

// --- what is asked

Result<Roads::State::Asked> Roads::State::asked(const TravelQuestion& how) const {
  TRY(profile, profile_index(pack.roads, how.profile));
  Asked out{nullptr, profile, -1};
  {
    std::scoped_lock lock(mutex);
    out.metrics = metrics;
  }
  if (out.metrics) out.period = period_of(out.metrics->profile(profile), how.depart.value_or(clock.now()), utc_offset_minutes);
  return out;
}

bool Roads::loaded() const {
  std::scoped_lock lock(state_->mutex);
  return state_->metrics != nullptr;
}

std::shared_ptr<const RoadNetwork> Roads::network() const {
  std::scoped_lock lock(state_->mutex);
  return state_->metrics ? state_->metrics->shared_network() : nullptr;
}

std::shared_ptr<RoadMetrics> Roads::metrics() const {
  std::scoped_lock lock(state_->mutex);
  return state_->metrics;
}

std::optional<RoadNetworkRow> Roads::network_row() const {
  std::scoped_lock lock(state_->mutex);
  return state_->row;
}

std::optional<Error> Roads::fault() const {
  std::scoped_lock lock(state_->mutex);
  return state_->fault;
}

std::vector<RoadStateInForce> Roads::in_force() const {
  std::vector<RoadStateInForce> out;
  std::scoped_lock lock(state_->mutex);
  for (auto it = state_->held.rbegin(); it != state_->held.rend(); ++it) out.push_back(it->second.state);
  return out;
}

uint64_t Roads::version() const { return state_->version; }
const Pack& Roads::pack() const { return state_->pack; }
Clock& Roads::clock() const { return state_->clock; }
int Roads::utc_offset_minutes() const { return state_->utc_offset_minutes; }

}  // namespace anlan
