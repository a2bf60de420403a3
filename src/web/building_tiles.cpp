#include "web/building_tiles.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <span>
#include <unordered_map>

#include "base/check.h"
#include "base/hash.h"
#include "web/tile_geometry.h"

namespace anlan {
namespace {

constexpr int kCellLevels = 6;  // a tile is 64 cells wide
constexpr int kBadGrade = 3;
// What only damage gives comes last.
constexpr std::array<std::string_view, 5> kBuildingKeys{"i", "type", "storeys", "people", "grade"};
constexpr std::array<std::string_view, 4> kCellKeys{"n", "people", "grade", "bad"};

// The bits of v at the even places.
uint64_t spread(uint64_t v) {
  v = (v | v << 16) & 0x0000FFFF0000FFFF;
  v = (v | v << 8) & 0x00FF00FF00FF00FF;
  v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F;
  v = (v | v << 2) & 0x3333333333333333;
  return (v | v << 1) & 0x5555555555555555;
}
uint64_t gathered(uint64_t v) {
  v &= 0x5555555555555555;
  v = (v | v >> 1) & 0x3333333333333333;
  v = (v | v >> 2) & 0x0F0F0F0F0F0F0F0F;
  v = (v | v >> 4) & 0x00FF00FF00FF00FF;
  v = (v | v >> 8) & 0x0000FFFF0000FFFF;
  return (v | v >> 16) & 0x00000000FFFFFFFF;
}
uint64_t key_of(uint64_t x, uint64_t y) { return spread(x) | spread(y) << 1; }

// --- protocol buffers. Tens of thousands of features make a tile, so they are written straight into one text.

void put(std::string& out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) out.push_back(static_cast<char>(v | 0x80));
  out.push_back(static_cast<char>(v));
}
void put_text(std::string& out, uint32_t field, std::string_view text) {
  put(out, field << 3 | 2);
  put(out, text.size());
  out.append(text);
}
constexpr uint32_t zigzag(int32_t v) { return static_cast<uint32_t>(v) << 1 ^ static_cast<uint32_t>(v >> 31); }

// One layer whose features have the same keys in the same order.
class Layer {
 public:
  Layer(std::string_view name, std::span<const std::string_view> keys, size_t features) {
    put_text(head_, 1, name);
    for (const auto key : keys) put_text(tail_, 3, key);
    features_.reserve(features * 32);
  }
  uint32_t text(std::string_view v) {
    std::string value;
    put_text(value, 1, v);
    return add(value);
  }
  uint32_t number(double v) {
    std::string value(1, '\x19');
    const auto bits = std::bit_cast<uint64_t>(v);
    for (int i = 0; i < 8; ++i) value.push_back(static_cast<char>(bits >> (8 * i)));
    return add(value);
  }
  uint32_t whole(uint64_t v) {
    std::string value(1, '\x20');
    put(value, v);
    return add(value);
  }
  // values[k]: of the k-th key.
  void feature(uint64_t id, int shape, std::span<const uint32_t> values, std::span<const uint32_t> geometry) {
    tags_.clear();
    for (uint32_t k = 0; k < values.size(); ++k) put(tags_, k), put(tags_, values[k]);
    lines_.clear();
    for (const auto v : geometry) put(lines_, v);
    one_.clear();
    put(one_, 1 << 3), put(one_, id);
    put_text(one_, 2, tags_);
    put(one_, 3 << 3), put(one_, static_cast<uint64_t>(shape));
    put_text(one_, 4, lines_);
    put_text(features_, 2, one_);
  }
  std::string tile() && {
    std::string layer;
    layer.reserve(head_.size() + features_.size() + tail_.size() + values_.size() + 16);
    put(layer, 15 << 3), put(layer, 2);
    layer += head_;
    layer += features_;
    layer += tail_;
    layer += values_;
    put(layer, 5 << 3), put(layer, kTileExtent);
    std::string out;
    put_text(out, 3, layer);
    return out;
  }

 private:
  uint32_t add(std::string_view value) {
    put_text(values_, 4, value);
    return count_++;
  }
  std::string head_, features_, tail_, values_;
  std::string one_, tags_, lines_;
  uint32_t count_ = 0;
};

// Values that many features share, written once.
class Shared {
 public:
  template <class Write>
  uint32_t operator()(uint64_t v, const Write& write) {
    const auto [at, fresh] = known_.try_emplace(v, 0);
    if (fresh) at->second = write();
    return at->second;
  }

 private:
  std::unordered_map<uint64_t, uint32_t> known_;
};

double decimals(double v, double scale) { return std::round(v * scale) / scale; }

std::string print_of(const void* bytes, size_t size) { return to_hex(sha256(std::string_view(static_cast<const char*>(bytes), size))).substr(0, 16); }

}  // namespace

BuildingIndex::BuildingIndex(std::shared_ptr<const Stock> stock) : stock_(std::move(stock)) {
  const auto& b = stock_->buildings;
  const size_t n = b.size();
  struct Keyed {
    uint64_t key;
    uint32_t row;
  };
  std::vector<Keyed> order(n);
  constexpr double kSide = static_cast<double>(int64_t{1} << kBits);
  const auto held = [](double v) { return static_cast<uint64_t>(std::clamp(v * kSide, 0.0, kSide - 1)); };
  for (size_t i = 0; i < n; ++i) {
    const WorldPoint p = to_world(b.at[i]);
    order[i] = {key_of(held(p.x), held(p.y)), static_cast<uint32_t>(i)};
  }
  std::sort(order.begin(), order.end(), [](const Keyed& a, const Keyed& c) { return a.key != c.key ? a.key < c.key : a.row < c.row; });
  keys_.resize(n);
  rows_.resize(n);
  shapes_.resize(n);
  people_.resize(n + 1);
  for (size_t i = 0; i < n; ++i) {
    const auto row = order[i].row;
    keys_[i] = order[i].key;
    rows_[i] = row;
    shapes_[i] = {b.type[row], b.storeys[row]};
    people_[i + 1] = people_[i] + static_cast<double>(b.people[row]);
  }
  print_ = print_of(b.at.data(), n * sizeof(LonLat));
}

bool BuildingIndex::fits(const Stock& other) const { return &other == stock_.get() || other.buildings.at == stock_->buildings.at; }

size_t BuildingIndex::seek(size_t from, uint64_t key) const {
  size_t step = 1, low = from;
  while (low + step < keys_.size() && keys_[low + step] < key) {
    low += step;
    step *= 2;
  }
  const auto begin = keys_.begin();
  return static_cast<size_t>(std::lower_bound(begin + static_cast<ptrdiff_t>(low), begin + static_cast<ptrdiff_t>(std::min(low + step, keys_.size())), key) - begin);
}

BuildingTiles::BuildingTiles(std::shared_ptr<const BuildingIndex> index, const std::vector<uint8_t>& grades, std::vector<std::string> types, std::shared_ptr<Cache> cache)
    : index_(std::move(index)), types_(std::move(types)), cache_(std::move(cache)) {
  static std::atomic<uint64_t> next{0};
  number_ = ++next;
  tag_ = index_->print_;
  if (grades.empty()) return;
  const size_t n = index_->rows_.size();
  CHECK(grades.size() == n);
  grades_.resize(n);
  grade_sum_.resize(n + 1);
  bad_.resize(n + 1);
  for (size_t i = 0; i < n; ++i) {
    const uint8_t grade = grades[index_->rows_[i]];
    grades_[i] = grade;
    grade_sum_[i + 1] = grade_sum_[i] + grade;
    bad_[i + 1] = bad_[i] + (grade >= kBadGrade ? 1 : 0);
  }
  tag_ += "-" + print_of(grades.data(), n);
}

std::shared_ptr<const std::string> BuildingTiles::tile(TileId id) const {
  CHECK(id.valid());
  return cache_->get({number_, id}, [&] { return make(id); });
}

std::string BuildingTiles::make(TileId id) const {
  const int below = 2 * (BuildingIndex::kBits - id.z);
  const uint64_t first = key_of(static_cast<uint64_t>(id.x), static_cast<uint64_t>(id.y));
  const size_t begin = index_->seek(0, first << below), end = index_->seek(begin, (first + 1) << below);
  if (begin == end) return {};
  return id.z < kBuildingZoom || end - begin > kTileBuildingsMax ? cells(id, begin, end) : buildings(id, begin, end);
}

std::string BuildingTiles::buildings(TileId id, size_t begin, size_t end) const {
  const size_t properties = grades_.empty() ? 4 : kBuildingKeys.size();
  Layer layer("buildings", std::span(kBuildingKeys).first(properties), end - begin);
  Shared types, storeys, people, grades;
  const int below = BuildingIndex::kBits - id.z - std::countr_zero(static_cast<unsigned>(kTileExtent));
  const auto left = static_cast<int64_t>(id.x) * kTileExtent, top = static_cast<int64_t>(id.y) * kTileExtent;
  std::array<uint32_t, kBuildingKeys.size()> values{};
  for (size_t i = begin; i < end; ++i) {
    const uint64_t key = index_->keys_[i];
    const auto shape = index_->shapes_[i];
    const double here = decimals(index_->people_[i + 1] - index_->people_[i], 10);
    const auto row = index_->rows_[i];
    values[0] = layer.whole(row);
    values[1] = types(shape.type, [&] { return layer.text(shape.type < types_.size() ? std::string_view(types_[shape.type]) : std::string_view()); });
    values[2] = storeys(shape.storeys, [&] { return layer.whole(shape.storeys); });
    values[3] = people(static_cast<uint64_t>(here * 10), [&] { return layer.number(here); });
    if (!grades_.empty()) values[4] = grades(grades_[i], [&] { return layer.whole(grades_[i]); });
    const auto x = static_cast<int32_t>(static_cast<int64_t>(gathered(key) >> below) - left), y = static_cast<int32_t>(static_cast<int64_t>(gathered(key >> 1) >> below) - top);
    const std::array<uint32_t, 3> point{1u << 3 | 1, zigzag(x), zigzag(y)};
    layer.feature(row, 1, std::span(values).first(properties), point);
  }
  return std::move(layer).tile();
}

std::string BuildingTiles::cells(TileId id, size_t begin, size_t end) const {
  const size_t properties = grades_.empty() ? 2 : kCellKeys.size();
  Layer layer("cells", std::span(kCellKeys).first(properties), std::min<size_t>(end - begin, 4096));
  Shared counts, people, means, shares;
  const int level = id.z + kCellLevels, below = 2 * (BuildingIndex::kBits - level);
  constexpr int32_t kSide = kTileExtent >> kCellLevels;
  const auto left = static_cast<int64_t>(id.x) << kCellLevels, top = static_cast<int64_t>(id.y) << kCellLevels;
  std::array<uint32_t, kCellKeys.size()> values{};
  for (size_t at = begin; at < end;) {
    const uint64_t cell = index_->keys_[at] >> below;
    const size_t next = index_->seek(at, (cell + 1) << below);
    const size_t n = next - at;
    const auto here = static_cast<uint64_t>(std::llround(index_->people_[next] - index_->people_[at]));
    values[0] = counts(n, [&] { return layer.whole(n); });
    values[1] = people(here, [&] { return layer.whole(here); });
    if (!grades_.empty()) {
      const double mean = decimals((grade_sum_[next] - grade_sum_[at]) / static_cast<double>(n), 100), bad = decimals((bad_[next] - bad_[at]) / static_cast<double>(n), 1000);
      values[2] = means(std::bit_cast<uint64_t>(mean), [&] { return layer.number(mean); });
      values[3] = shares(std::bit_cast<uint64_t>(bad), [&] { return layer.number(bad); });
    }
    const auto x = static_cast<int32_t>(static_cast<int64_t>(gathered(cell)) - left) * kSide, y = static_cast<int32_t>(static_cast<int64_t>(gathered(cell >> 1)) - top) * kSide;
    // Clockwise on a plane that runs downwards, as an outer ring must.
    const std::array<uint32_t, 11> ring{1u << 3 | 1, zigzag(x), zigzag(y), 3u << 3 | 2, zigzag(kSide), 0, 0, zigzag(kSide), zigzag(-kSide), 0, 1u << 3 | 7};
    layer.feature(cell, 3, std::span(values).first(properties), ring);
    at = next;
  }
  return std::move(layer).tile();
}

}  // namespace anlan
