#include "roads/osm_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "roads/graph_build.h"
#include "roads/islands.h"
#include "roads/osm_rules.h"
#include "roads/utf8.h"
#include "roads/way_cut.h"

namespace anlan::roads {
namespace {

constexpr uint64_t kReferencesMax = std::numeric_limits<uint32_t>::max() / 2;
constexpr size_t kNameBytesMax = 250;

struct KeptWay {
  int64_t id = 0;
  Road road;
  uint32_t duration_ms = 0;
  uint32_t first = 0, count = 0;  // in the list of references
  bool twice = false;
};

struct Position {  // 1e-7 degree; absent: lat out of range
  int32_t lon = 0, lat = std::numeric_limits<int32_t>::max();
  bool absent() const { return lat == std::numeric_limits<int32_t>::max(); }
  LonLat degrees() const { return {lon * 1e-7, lat * 1e-7}; }
};

Error nothing(std::string_view zh, std::string_view en) {
  Error error(ErrorCode::kInvalidFile, {{"why", std::string(en)}});
  error.details.push_back({0, "", std::string(zh), std::string(en)});
  return error;
}

class Import {
 public:
  explicit Import(const OpenBytes& open) : open_(open) {}

  Result<ImportedRoads> run() {
    TRY_VOID(read_ways());
    number_nodes();
    TRY_VOID(read_nodes());
    for (uint32_t w = 0; w < ways_.size(); ++w) cut(w);
    add_rules();
    return finish();
  }

 private:
  uint64_t& dropped(Dropped why) { return out_.report.dropped[static_cast<size_t>(why)]; }

  Result<void> read_ways() {
    TRY(read, open_());
    bool too_many = false;
    const auto way = [&](const OsmWay& w) {
      const auto tags = read_way_tags(w.tags);
      if (!tags) return;
      ++(w.tags.has("highway") ? out_.report.ways_highway : out_.report.ways_ferry);
      if (tags->dropped != Dropped::kNone) {
        ++dropped(tags->dropped);
        if (tags->dropped == Dropped::kUnknownClass) count_unknown(w.tags["highway"]);
        return;
      }
      too_many |= references_.size() + w.nodes.size() > kReferencesMax;
      if (too_many) return;
      KeptWay kept{w.id, tags->road, tags->duration_ms, static_cast<uint32_t>(references_.size()), static_cast<uint32_t>(w.nodes.size())};
      kept.road.source_id = w.id;
      kept.road.name = draft_.names.index_of(valid_utf8(tags->name, kNameBytesMax));
      kept.road.ref = draft_.names.index_of(valid_utf8(tags->ref, kNameBytesMax));
      references_.insert(references_.end(), w.nodes.begin(), w.nodes.end());
      ways_.push_back(kept);
    };
    const auto relation = [&](const OsmRelation& r) {
      auto tags = read_rule(r);
      if (!tags) return;
      ++out_.report.rules;
      if (tags->dropped == Dropped::kNone) rules_.push_back(std::move(tags->rule));
      else ++dropped(tags->dropped);
    };
    TRY(file, read_osm_pbf(read, {{}, way, relation}));
    if (too_many) return Error(ErrorCode::kTooLarge, {{"what", "roads"}, {"limit", std::to_string(kReferencesMax)}});
    if (ways_.empty()) return nothing("文件中没有道路", "no road is in the file");
    out_.report.file = std::move(file);
    return {};
  }

  void count_unknown(std::string_view value) {
    constexpr size_t kValuesMax = 50, kBytesMax = 40;
    auto& counts = out_.report.unknown_classes;
    const std::string key(valid_utf8(value, kBytesMax));
    ++(counts.size() < kValuesMax || counts.contains(key) ? counts[key] : counts[""]);
  }

  // Ids to small numbers, and how often each node is used.
  void number_nodes() {
    by_id_.resize(ways_.size());
    for (uint32_t w = 0; w < ways_.size(); ++w) by_id_[w] = w;
    std::sort(by_id_.begin(), by_id_.end(), [&](uint32_t a, uint32_t b) { return std::pair(ways_[a].id, a) < std::pair(ways_[b].id, b); });
    for (size_t i = 1; i < by_id_.size(); ++i)
      if (ways_[by_id_[i]].id == ways_[by_id_[i - 1]].id) ways_[by_id_[i]].twice = true;

    ids_ = references_;
    std::sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    ids_.shrink_to_fit();
    nodes_.resize(references_.size());
    for (size_t i = 0; i < references_.size(); ++i)
      nodes_[i] = static_cast<uint32_t>(std::lower_bound(ids_.begin(), ids_.end(), references_[i]) - ids_.begin());
    std::vector<int64_t>().swap(references_);
    uses_.assign(ids_.size(), 0);
    positions_.assign(ids_.size(), {});
    barrier_at_.assign(ids_.size(), false);
    for (const KeptWay& way : ways_)
      if (!way.twice) count_uses(std::span<const uint32_t>(nodes_).subspan(way.first, way.count), uses_);
  }

  Result<void> read_nodes() {
    TRY(read, open_());
    size_t near = 0;
    const auto node = [&](const OsmNode& n) {
      near = find(n.id, near);
      if (near == ids_.size() || ids_[near] != n.id) return;
      positions_[near] = {static_cast<int32_t>(std::lround(n.at.lon * 1e7)), static_cast<int32_t>(std::lround(n.at.lat * 1e7))};
      if (const auto barrier = read_barrier_tags(n.tags); barrier && !barrier_at_[near]) {
        barrier_at_[near] = true;
        barriers_.emplace_back(static_cast<uint32_t>(near), *barrier);
      }
    };
    TRY_VOID(read_osm_pbf(read, {node, {}, {}}));
    std::sort(barriers_.begin(), barriers_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    out_.report.barriers = barriers_.size();
    return {};
  }

  // First id that is not less; quick when ids come in order, logarithmic otherwise.
  size_t find(int64_t id, size_t near) const {
    size_t low = near, step = 1;
    if ((near == ids_.size() || ids_[near] >= id) && (near == 0 || ids_[near - 1] < id)) return near;
    if (near == ids_.size() || ids_[near] > id) low = 0, step = ids_.size();
    size_t high = low;
    while (high < ids_.size() && ids_[high] < id) low = high, high = std::min(ids_.size(), high + step), step *= 2;
    return static_cast<size_t>(
        std::lower_bound(ids_.begin() + static_cast<ptrdiff_t>(low), ids_.begin() + static_cast<ptrdiff_t>(high), id) - ids_.begin());
  }

  Node new_junction(uint32_t node) {
    draft_.at.push_back(positions_[node].degrees());
    return static_cast<Node>(draft_.at.size() - 1);
  }

  // The junction where a piece of a way ends. Past a barrier each piece has its own.
  Node junction(uint32_t node, const Road& road) {
    if (junctions_[node] == kNone) return junctions_[node] = new_junction(node);
    if (!barrier_at_[node]) return junctions_[node];
    const Node own = new_junction(node);
    const auto at = std::lower_bound(barriers_.begin(), barriers_.end(), node, [](const auto& b, uint32_t n) { return b.first < n; });
    const BarrierTags& barrier = at->second;
    Road gate{.road_class = road.road_class, .flags = barrier.flags, .layer = road.layer};
    if (!(road.flags & (kMotorForward | kMotorBackward)))
      gate.flags &= static_cast<uint16_t>(~(kMotorForward | kMotorBackward | kEmergencyOnly | kPrivate));
    gate.max_height_cm = barrier.max_height_cm;
    gate.max_width_cm = barrier.max_width_cm;
    gate.max_weight_kg = barrier.max_weight_kg;
    gate.length_dm = 1;
    gate.name = road.name;
    gate.source_id = road.source_id;
    draft_.add(junctions_[node], own, gate, std::array{draft_.at[own], draft_.at[own]});
    return own;
  }

  void cut(uint32_t w) {
    const KeptWay& way = ways_[w];
    roads_of_way_.push_back(static_cast<RoadIndex>(draft_.roads.size()));
    if (junctions_.empty()) junctions_.assign(ids_.size(), kNone);
    if (way.twice) return void(++dropped(Dropped::kTwice));

    const auto all = std::span(nodes_).subspan(way.first, way.count);
    double metres = 0;
    uint32_t present = 0;
    std::vector<std::vector<uint32_t>>& runs = runs_;
    runs.clear();
    bool open = false;
    for (const uint32_t node : all) {
      if (positions_[node].absent()) {
        open = false;
        continue;
      }
      ++present;
      if (!open) runs.emplace_back();
      open = true;
      if (!runs.back().empty() && runs.back().back() == node) continue;
      if (!runs.back().empty()) metres += distance_m(positions_[runs.back().back()].degrees(), positions_[node].degrees());
      runs.back().push_back(node);
    }
    std::erase_if(runs, [](const auto& run) { return run.size() < 2; });
    if (runs.empty())
      return void(++dropped(present < 2 ? Dropped::kNodesMissing : present == way.count ? Dropped::kNoLength : Dropped::kNodesMissing));
    ++out_.report.ways_kept;
    if (present < way.count) ++out_.report.ways_cut;
    for (const auto& run : runs) cut_run(run, way, metres);
  }

  void cut_run(std::span<const uint32_t> run, const KeptWay& way, double way_metres) {
    const auto is_junction = [&](uint32_t node) { return uses_[node] >= 2 || barrier_at_[node]; };
    cut_line(run, is_junction, [&](std::span<const uint32_t> piece) { add_piece(piece, way, way_metres); });
  }

  void add_piece(std::span<const uint32_t> piece, const KeptWay& way, double way_metres) {
    points_.clear();
    for (const uint32_t node : piece) points_.push_back(positions_[node].degrees());
    const double metres = length_m(points_);
    Road road = way.road;
    road.length_dm = std::max<uint32_t>(1, static_cast<uint32_t>(std::lround(metres * 10)));
    if (way.duration_ms > 0 && way_metres > 0)
      road.fixed_ms = std::max<uint32_t>(1, static_cast<uint32_t>(way.duration_ms * std::min(1.0, metres / way_metres)));
    const Node tail = junction(piece.front(), road), head = junction(piece.back(), road);
    draft_.add(tail, head, road, points_);
  }

  void add_rules() {
    roads_of_way_.push_back(static_cast<RoadIndex>(draft_.roads.size()));
    std::vector<RoadIndex> all(draft_.roads.size());
    for (RoadIndex r = 0; r < all.size(); ++r) all[r] = r;
    const auto roads_of = [&](int64_t way) -> std::span<const RoadIndex> {
      const auto found = std::lower_bound(by_id_.begin(), by_id_.end(), way, [&](uint32_t w, int64_t id) { return ways_[w].id < id; });
      if (found == by_id_.end() || ways_[*found].id != way) return {};
      return std::span<const RoadIndex>(all).subspan(roads_of_way_[*found], roads_of_way_[*found + 1] - roads_of_way_[*found]);
    };
    for (const OsmRule& rule : rules_) {
      const size_t via = find(rule.via, 0);
      Dropped why = Dropped::kRuleMembers;
      if (via < ids_.size() && ids_[via] == rule.via && !positions_[via].absent())
        why = junctions_[via] == kNone || barrier_at_[via] ? Dropped::kRuleNotMeeting : apply_rule(rule, junctions_[via], roads_of, draft_);
      ++dropped(why);
      if (why == Dropped::kNone) out_.report.rules_excepting += rule.excepting;
    }
    out_.report.rules_kept = dropped(Dropped::kNone);
    dropped(Dropped::kNone) = 0;
  }

  Result<ImportedRoads> finish() {
    OsmReport& report = out_.report;
    report.junctions = draft_.at.size();
    if (draft_.roads.empty()) return nothing("文件中有道路但没有其节点", "the file has roads but not their nodes");
    out_.graph = build_graph(std::move(draft_));
    static_cast<NetworkFigures&>(report) = figures_of(out_.graph);
    return std::move(out_);
  }

  const OpenBytes& open_;
  ImportedRoads out_;
  Draft draft_;
  std::vector<KeptWay> ways_;
  std::vector<uint32_t> by_id_;             // ways, by id
  std::vector<OsmRule> rules_;
  std::vector<int64_t> references_;         // OSM ids, way by way
  std::vector<uint32_t> nodes_;             // the same as indices into what follows
  std::vector<int64_t> ids_;                // used nodes, ascending
  std::vector<uint8_t> uses_;               // 0, 1, 2 and more
  std::vector<Position> positions_;
  std::vector<bool> barrier_at_;
  std::vector<std::pair<uint32_t, BarrierTags>> barriers_;
  std::vector<Node> junctions_;
  std::vector<RoadIndex> roads_of_way_;     // first road of each way
  std::vector<std::vector<uint32_t>> runs_;
  std::vector<LonLat> points_;
};

}  // namespace

Result<ImportedRoads> read_osm(const OpenBytes& open) { return Import(open).run(); }
Result<ImportedRoads> read_osm_file(const std::string& path) {
  return read_osm([&] { return read_file(path); });
}

}  // namespace anlan::roads
