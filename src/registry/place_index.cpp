#include "registry/place_index.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "registry/place_entry.h"

namespace anlan {
namespace {

constexpr std::string_view kMagic("ANLANPL\x01", 8);
static_assert(std::endian::native == std::endian::little, "the stored form is the memory form");

}  // namespace

class PlaceIndexWriter {
 public:
  explicit PlaceIndexWriter(const PlaceIndex& index) {
    out_.reserve(index.memory_bytes() + 1024);
    out_.append(kMagic);
    const auto& p = index.places_;
    array(p.keys_), array(p.name_at_), array(p.names_), array(p.lon_e7_), array(p.lat_e7_), array(p.approximate_);
    const auto& s = index.search_;
    array(s.short_names_), array(s.text_entries_), array(s.text_at_);
    array(s.readings_), array(s.reading_entries_), array(s.reading_at_), array(s.initials_entries_),
        array(s.initials_at_);
    boundaries(index.boundaries_);
  }
  std::string take() { return std::move(out_); }

 private:
  template <class Array>
  void array(const Array& a) {
    number(a.size());
    out_.append(reinterpret_cast<const char*>(a.data()), a.size() * sizeof(a[0]));
  }
  void number(uint64_t n) { out_.append(reinterpret_cast<const char*>(&n), sizeof n); }

  void boundaries(const Boundaries& all) {
    number(all.all().size());
    for (const auto& boundary : all.all()) {
      number(static_cast<uint64_t>(boundary.code.digits()));
      number(boundary.area.polygons.size());
      for (const auto& polygon : boundary.area.polygons) {
        number(polygon.holes.size() + 1);
        array(polygon.outer);
        for (const auto& hole : polygon.holes) array(hole);
      }
    }
  }

  std::string out_;
};

class PlaceIndexReader {
 public:
  explicit PlaceIndexReader(std::string_view bytes) : rest_(bytes) {}

  bool read(PlaceIndex& index) {
    if (!rest_.starts_with(kMagic)) return false;
    rest_.remove_prefix(kMagic.size());
    return places(index.places_) && search(index.places_, index.search_) && boundaries(index.boundaries_) &&
           rest_.empty();
  }

 private:
  bool number(uint64_t& n) {
    if (rest_.size() < sizeof n) return false;
    std::memcpy(&n, rest_.data(), sizeof n);
    rest_.remove_prefix(sizeof n);
    return true;
  }
  template <class Array>
  bool array(Array& a) {
    uint64_t n = 0;
    if (!number(n) || n > rest_.size() / sizeof(a[0])) return false;
    a.resize(n);
    if (n > 0) std::memcpy(a.data(), rest_.data(), n * sizeof(a[0]));
    rest_.remove_prefix(n * sizeof(a[0]));
    return true;
  }

  bool places(PlaceTable& p) {
    if (!(array(p.keys_) && array(p.name_at_) && array(p.names_) && array(p.lon_e7_) && array(p.lat_e7_) &&
          array(p.approximate_)))
      return false;
    const size_t n = p.keys_.size();
    if (n >= PlaceTable::kPlacesMax || p.name_at_.size() != n + 1 || p.lon_e7_.size() != n || p.lat_e7_.size() != n ||
        p.approximate_.size() != n)
      return false;
    constexpr uint64_t kDigitsEnd = 1'000'000'000'000;
    for (size_t i = 0; i < n; ++i) {
      if (p.keys_[i] % 8 > 4 || p.keys_[i] / 8 < kDigitsEnd / 100 || p.keys_[i] / 8 >= kDigitsEnd) return false;
      if (i > 0 && p.keys_[i] <= p.keys_[i - 1]) return false;
      const auto begin = p.name_at_[i], end = p.name_at_[i + 1];
      if (end > p.names_.size() || end < begin + 2 || p.names_[end - 1] != '\0') return false;
      const auto position = p.position(static_cast<uint32_t>(i));
      if (position && !is_valid(*position)) return false;
    }
    return (n == 0 ? p.names_.empty() : p.name_at_[0] == 0 && p.name_at_[n] == p.names_.size()) && p.link().ok();
  }

  // Offsets must lie in their arena, which must end with NUL; then no search can read beyond it.
  bool search(const PlaceTable& p, PlaceSearch& s) {
    if (!(array(s.short_names_) && array(s.text_entries_) && array(s.text_at_) && array(s.readings_) &&
          array(s.reading_entries_) && array(s.reading_at_) && array(s.initials_entries_) && array(s.initials_at_)))
      return false;
    const auto ended = [](std::string_view arena) { return arena.empty() || arena.back() == '\0'; };
    const auto fits = [&](const std::vector<uint32_t>& entries, const std::vector<uint32_t>& at, size_t first,
                          size_t end) {
      return entries.size() == at.size() &&
             std::all_of(entries.begin(), entries.end(),
                         [&](uint32_t e) { return entry_index(e) < p.size() && entry_level(e) <= 4; }) &&
             std::all_of(at.begin(), at.end(), [&](uint32_t a) { return a >= first && a < end; });
    };
    return ended(s.short_names_) && ended(s.readings_) &&
           fits(s.text_entries_, s.text_at_, 0, p.names().size() + s.short_names_.size()) &&
           fits(s.reading_entries_, s.reading_at_, 1, s.readings_.size()) &&
           fits(s.initials_entries_, s.initials_at_, 1, s.readings_.size());
  }

  bool boundaries(Boundaries& out) {
    uint64_t count = 0;
    if (!number(count) || count > rest_.size() / 16) return false;
    std::vector<Boundary> list(count);
    for (auto& boundary : list) {
      uint64_t code = 0, polygons = 0;
      if (!number(code) || code == 0 || code >= 1'000'000'000'000 || !number(polygons) || polygons > rest_.size() / 16)
        return false;
      boundary.code = PlaceCode(static_cast<int64_t>(code));
      boundary.area.polygons.resize(polygons);
      for (auto& polygon : boundary.area.polygons) {
        uint64_t rings = 0;
        if (!number(rings) || rings == 0 || rings > rest_.size() / 8 + 1 || !ring(polygon.outer)) return false;
        polygon.holes.resize(rings - 1);
        for (auto& hole : polygon.holes)
          if (!ring(hole)) return false;
      }
      const auto bounds = bounding_box(boundary.area);
      if (!bounds) return false;
      boundary.bounds = *bounds;
    }
    out = Boundaries(std::move(list));
    return true;
  }
  bool ring(Ring& r) { return array(r) && !r.empty() && std::all_of(r.begin(), r.end(), is_valid); }

  std::string_view rest_;
};

std::shared_ptr<const PlaceIndex> PlaceIndex::build(PlaceTable places, Boundaries boundaries,
                                                    const PinyinTable& pinyin) {
  auto index = std::make_shared<PlaceIndex>();
  index->places_ = std::move(places);
  index->boundaries_ = std::move(boundaries);
  index->search_ = PlaceSearch(index->places_, pinyin);
  return index;
}

std::string PlaceIndex::write() const {
  return PlaceIndexWriter(*this).take();
}

Result<std::shared_ptr<const PlaceIndex>> PlaceIndex::read(std::string_view bytes) {
  auto index = std::make_shared<PlaceIndex>();
  if (!PlaceIndexReader(bytes).read(*index))
    return Error(ErrorCode::kCorrupt, {{"what", "place index"}, {"why", "wrong version, size or reference"}});
  return std::shared_ptr<const PlaceIndex>(std::move(index));
}

size_t PlaceIndex::memory_bytes() const {
  return places_.memory_bytes() + search_.memory_bytes() + boundaries_.memory_bytes();
}

}  // namespace anlan
