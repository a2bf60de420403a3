#include "roads/index_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

#include "base/hash.h"
#include "roads/order.h"

namespace anlan::roads {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "ANLANRD1";
constexpr uint32_t kVersion = 1;
constexpr size_t kAlign = 64;
constexpr size_t kHeader = 64;  // magic 8, version 4, sections 4, length 8, SHA-256 32, padding

enum Section : uint32_t {
  kFirst, kHead, kAlong, kTurnBanned, kAt, kRoads, kShapeFirst, kShape, kNameEnds, kNameText,
  kRankOf, kNodeOf, kParent, kDepth, kSubtree, kUp, kUpHead, kHeadDepth, kDown, kDownTail, kDownArc, kSlot, kInput, kInputs, kHeight, kSections
};

struct Entry {
  uint32_t id = 0, element = 0;
  uint64_t offset = 0, count = 0;
};
static_assert(sizeof(Entry) == 24 && std::is_trivially_copyable_v<Road> && std::is_trivially_copyable_v<LonLat>);

// A road as it lies in the file: every byte is set.
struct FiledRoad {
  int64_t source_id;
  uint32_t max_weight_kg, length_dm, fixed_ms, name, ref;
  uint16_t flags, max_height_cm, max_width_cm;
  uint8_t road_class, limit_kmh, layer, padding[11];
};
static_assert(sizeof(FiledRoad) == 48 && offsetof(FiledRoad, padding) + 11 == 48);

Error corrupt(const char* why) { return Error(ErrorCode::kCorrupt, {{"what", "road index"}, {"why", why}}); }

class FileWriter {
 public:
  FileWriter() : out_(kHeader + kSections * sizeof(Entry), '\0') {}
  template <class T>
  void add(Section id, std::span<const T> column) {
    out_.resize((out_.size() + kAlign - 1) / kAlign * kAlign);
    const Entry entry{id, sizeof(T), out_.size(), column.size()};
    std::memcpy(out_.data() + kHeader + id * sizeof(Entry), &entry, sizeof entry);
    out_.append(reinterpret_cast<const char*>(column.data()), column.size_bytes());
  }
  std::string finish() {
    const uint32_t sections = kSections;
    const uint64_t length = out_.size();
    std::memcpy(out_.data(), kMagic.data(), 8);
    std::memcpy(out_.data() + 8, &kVersion, 4);
    std::memcpy(out_.data() + 12, &sections, 4);
    std::memcpy(out_.data() + 16, &length, 8);
    const auto digest = sha256(std::string_view(out_).substr(kHeader));
    std::memcpy(out_.data() + 24, digest.data(), 32);
    return std::move(out_);
  }

 private:
  std::string out_;
};

class FileReader {
 public:
  explicit FileReader(std::string_view bytes) : bytes_(bytes) {}

  Result<void> open() {
    if (bytes_.size() < kHeader + kSections * sizeof(Entry) || bytes_.substr(0, 8) != kMagic) return corrupt("it is no road index");
    uint32_t version, sections;
    uint64_t length;
    std::memcpy(&version, bytes_.data() + 8, 4);
    std::memcpy(&sections, bytes_.data() + 12, 4);
    std::memcpy(&length, bytes_.data() + 16, 8);
    if (version != kVersion) return Error(ErrorCode::kInvalidFile, {{"why", "路网索引版本不同，请重新导入 / a road index of another version, import the roads again"}});
    if (sections != kSections) return corrupt("number of sections");
    if (length != bytes_.size()) return corrupt("it is cut short");
    if (reinterpret_cast<uintptr_t>(bytes_.data()) % 8 != 0) return corrupt("not aligned");
    const auto digest = sha256(bytes_.substr(kHeader));
    if (std::memcmp(digest.data(), bytes_.data() + 24, 32) != 0) return corrupt("the checksum does not match");
    std::memcpy(entries_.data(), bytes_.data() + kHeader, kSections * sizeof(Entry));
    return {};
  }

  template <class T>
  Result<std::span<const T>> get(Section id) const {
    const Entry& e = entries_[id];
    if (e.id != id || e.element != sizeof(T) || e.offset % kAlign != 0 || e.offset > bytes_.size() || e.count > (bytes_.size() - e.offset) / sizeof(T))
      return corrupt("a section lies outside");
    return std::span(reinterpret_cast<const T*>(bytes_.data() + e.offset), e.count);
  }

 private:
  std::string_view bytes_;
  std::array<Entry, kSections> entries_;
};

// 0 = first[0] <= first[1] <= ... = last
bool is_index(std::span<const uint32_t> first, size_t items, size_t last) {
  if (first.size() != items + 1 || first.front() != 0 || first.back() != last) return false;
  for (size_t i = 0; i < items; ++i)
    if (first[i] > first[i + 1]) return false;
  return true;
}

template <class T>
bool below(std::span<const T> values, uint64_t limit, bool none_allowed = false) {
  for (const T v : values)
    if (v >= limit && !(none_allowed && v == static_cast<T>(kNone))) return false;
  return true;
}

Result<void> check(const Graph& g) {
  const size_t arcs = g.head.size(), roads = g.roads.size();
  if (g.first.empty() || !is_index(g.first, g.first.size() - 1, arcs) || g.along.size() != arcs || g.turn_banned.size() != arcs) return corrupt("arcs");
  if (g.at.size() != g.nodes() || !below<uint32_t>(g.head, g.nodes()) || !below<uint32_t>(g.along, roads * 2)) return corrupt("heads");
  if (!is_index(g.shape_first, roads, g.shape.size())) return corrupt("shapes");
  for (const Road& r : g.roads)
    if (r.name >= g.names.size() || r.ref >= g.names.size() || static_cast<int>(r.road_class) >= kRoadClasses) return corrupt("roads");
  for (size_t r = 0; r < roads; ++r)
    if (g.shape_first[r + 1] - g.shape_first[r] < 2) return corrupt("a road without a shape");
  for (const auto* list : {&g.at, &g.shape})
    for (const LonLat p : *list)
      if (!is_valid(p)) return corrupt("positions");
  return {};
}

// Every index that a search follows, and the order that makes it end.
Result<void> check(const Hierarchy& h, size_t arcs) {
  const size_t n = h.node_of.size(), m = h.head.size();
  if (h.rank_of.size() != n || h.parent.size() != n || h.depth.size() != n || h.subtree.size() != n || h.head_depth.size() != m || h.down_tail.size() != m ||
      h.down_arc.size() != m || h.slot.size() != arcs || h.input.size() != m * 2 + 1)
    return corrupt("columns of unequal length");
  if (!is_index(h.up.all(), n, m) || !is_index(h.down.all(), n, m) || !is_index(h.input.all(), m * 2, h.inputs.size())) return corrupt("lists");
  if (!below(h.rank_of.all(), n) || !below(h.node_of.all(), n) || !below(h.down_arc.all(), m) || !below(h.inputs.all(), arcs) || !below(h.slot.all(), m * 2, true))
    return corrupt("indexes");
  uint32_t height = 0;
  for (Rank v = 0; v < n; ++v) {
    height = std::max(height, h.depth[v] + 1U);
    if (h.rank_of[h.node_of[v]] != v || h.subtree[v] == 0 || h.subtree[v] > v + 1) return corrupt("ranks");
    const Rank parent = h.parent[v];
    if (parent == kNone ? h.depth[v] != 0 || h.up[v] != h.up[v + 1] : parent <= v || parent >= n || h.depth[v] != h.depth[parent] + 1) return corrupt("tree");
    if (h.up[v] < h.up[v + 1] && h.head[h.up[v]] != parent) return corrupt("parents");
    for (UpArc a = h.up[v]; a < h.up[v + 1]; ++a) {
      if (h.head[a] >= n || h.head[a] <= v || (a > h.up[v] && h.head[a] <= h.head[a - 1])) return corrupt("heads");
      if (h.head_depth[a] != h.depth[h.head[a]] || h.head_depth[a] >= h.depth[v]) return corrupt("depths");
    }
    for (uint32_t i = h.down[v]; i < h.down[v + 1]; ++i) {
      const Rank z = h.down_tail[i];
      if (z >= v || h.down_arc[i] < h.up[z] || h.down_arc[i] >= h.up[z + 1] || h.head[h.down_arc[i]] != v) return corrupt("ways down");
    }
  }
  if (h.height != height) return corrupt("height");
  return {};
}

// That the heads of a node are heads of its parent, or the parent: what the triangles rest on. O(arcs).
Result<void> check_triangles(const Hierarchy& h) {
  for (Rank v = 0; v < h.nodes(); ++v) {
    if (h.parent[v] == kNone) continue;
    UpArc b = h.up[h.parent[v]];
    const UpArc end = h.up[h.parent[v] + 1];
    for (UpArc a = h.up[v] + 1; a < h.up[v + 1]; ++a) {
      while (b < end && h.head[b] < h.head[a]) ++b;
      if (b == end || h.head[b] != h.head[a]) return corrupt("triangles");
    }
  }
  return {};
}

}  // namespace

Result<RoadNetwork> build_index(Graph graph) {
  TRY(hierarchy, build_hierarchy(graph));
  RoadNetwork index;
  index.graph = std::move(graph);
  index.hierarchy = std::move(hierarchy);
  return index;
}

std::string write_index(const RoadNetwork& index) {
  const Graph& g = index.graph;
  const Hierarchy& h = index.hierarchy;
  FileWriter out;
  out.add<uint32_t>(kFirst, g.first);
  out.add<uint32_t>(kHead, g.head);
  out.add<uint32_t>(kAlong, g.along);
  out.add<uint8_t>(kTurnBanned, g.turn_banned);
  out.add<LonLat>(kAt, g.at);
  std::vector<FiledRoad> roads;
  roads.reserve(g.roads.size());
  for (const Road& r : g.roads)
    roads.push_back({r.source_id, r.max_weight_kg, r.length_dm, r.fixed_ms, r.name, r.ref, r.flags, r.max_height_cm, r.max_width_cm,
                     static_cast<uint8_t>(r.road_class), r.limit_kmh, r.layer, {}});
  out.add<FiledRoad>(kRoads, roads);
  out.add<uint32_t>(kShapeFirst, g.shape_first);
  out.add<LonLat>(kShape, g.shape);
  std::vector<uint32_t> ends;
  std::string text;
  for (const auto& name : g.names) {
    text += name;
    ends.push_back(static_cast<uint32_t>(text.size()));
  }
  out.add<uint32_t>(kNameEnds, ends);
  out.add<char>(kNameText, text);
  out.add(kRankOf, h.rank_of.all());
  out.add(kNodeOf, h.node_of.all());
  out.add(kParent, h.parent.all());
  out.add(kDepth, h.depth.all());
  out.add(kSubtree, h.subtree.all());
  out.add(kUp, h.up.all());
  out.add(kUpHead, h.head.all());
  out.add(kHeadDepth, h.head_depth.all());
  out.add(kDown, h.down.all());
  out.add(kDownTail, h.down_tail.all());
  out.add(kDownArc, h.down_arc.all());
  out.add(kSlot, h.slot.all());
  out.add(kInput, h.input.all());
  out.add(kInputs, h.inputs.all());
  out.add<uint32_t>(kHeight, {&h.height, 1});
  return out.finish();
}

Result<RoadNetwork> read_index(std::string_view bytes, std::shared_ptr<const void> keep) {
  FileReader in(bytes);
  TRY_VOID(in.open());
  RoadNetwork index;
  index.keep = std::move(keep);
  Graph& g = index.graph;
  const auto copy = [&]<class T>(Section id, std::vector<T>& out) -> Result<void> {
    TRY(column, in.get<T>(id));
    out.assign(column.begin(), column.end());
    return {};
  };
  TRY_VOID(copy(kFirst, g.first));
  TRY_VOID(copy(kHead, g.head));
  TRY_VOID(copy(kAlong, g.along));
  TRY_VOID(copy(kTurnBanned, g.turn_banned));
  TRY_VOID(copy(kAt, g.at));
  TRY_VOID(copy(kShapeFirst, g.shape_first));
  TRY_VOID(copy(kShape, g.shape));
  TRY(filed, in.get<FiledRoad>(kRoads));
  g.roads.reserve(filed.size());
  for (const auto& r : filed)
    g.roads.push_back({static_cast<RoadClass>(r.road_class), r.flags, r.limit_kmh, r.layer, r.max_height_cm, r.max_width_cm, r.max_weight_kg, r.length_dm, r.fixed_ms,
                       r.name, r.ref, r.source_id});
  TRY(ends, in.get<uint32_t>(kNameEnds));
  TRY(text, in.get<char>(kNameText));
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    if (end < begin || end > text.size()) return corrupt("names");
    g.names.emplace_back(text.data() + begin, end - begin);
    begin = end;
  }
  TRY_VOID(check(g));

  Hierarchy& h = index.hierarchy;
  const auto borrow = [&]<class T>(Section id, Column<T>& out) -> Result<void> {
    TRY(column, in.get<T>(id));
    out = Column<T>(column);
    return {};
  };
  TRY_VOID(borrow(kRankOf, h.rank_of));
  TRY_VOID(borrow(kNodeOf, h.node_of));
  TRY_VOID(borrow(kParent, h.parent));
  TRY_VOID(borrow(kDepth, h.depth));
  TRY_VOID(borrow(kSubtree, h.subtree));
  TRY_VOID(borrow(kUp, h.up));
  TRY_VOID(borrow(kUpHead, h.head));
  TRY_VOID(borrow(kHeadDepth, h.head_depth));
  TRY_VOID(borrow(kDown, h.down));
  TRY_VOID(borrow(kDownTail, h.down_tail));
  TRY_VOID(borrow(kDownArc, h.down_arc));
  TRY_VOID(borrow(kSlot, h.slot));
  TRY_VOID(borrow(kInput, h.input));
  TRY_VOID(borrow(kInputs, h.inputs));
  TRY(height, in.get<uint32_t>(kHeight));
  if (height.size() != 1) return corrupt("height");
  h.height = height[0];
  if (h.nodes() != g.nodes()) return corrupt("another network");
  TRY_VOID(check(h, g.arcs()));
  TRY_VOID(check_triangles(h));
  return index;
}

Result<RoadNetwork> map_index(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Error(ErrorCode::kNotFound, {{"what", path}});
  struct stat status {};
  const bool sized = ::fstat(file, &status) == 0 && status.st_size > 0;
  const auto size = sized ? static_cast<size_t>(status.st_size) : 0;
  void* at = sized ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
  ::close(file);
  if (at == MAP_FAILED) return corrupt("it cannot be mapped");
  const std::shared_ptr<const void> keep(at, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return read_index({static_cast<const char*>(at), size}, keep);
}

}  // namespace anlan::roads
