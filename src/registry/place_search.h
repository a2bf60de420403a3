// Finding places by what someone types: name, part of a name, path (积石山县大河家), pinyin, initials, a mix of both,
// or code.
//
// Three sorted arrays, each searched by bisection and then scanned in memory order:
//   - every character position of every name ("河家" finds 大河家镇), sorted by the text that follows;
//   - every pinyin reading, sorted by its letters ("dahe");
//   - the same readings sorted by initials ("dhj"), also for mixed forms ("dahj").
// An entry of these arrays is 32 bits that sort as results are ranked: level, then length of the name, then index.
// So a scan of n entries costs about a nanosecond each; the longest (one letter, 60,000 entries; one character that
// ends every village, 600,000) stay below a millisecond or two.
//
// Immutable once built; for all threads. It refers to a PlaceTable by index and must be used with the one it was built
// from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/pinyin.h"
#include "registry/places.h"

namespace anlan {

struct PlaceQuery {
  std::string_view text;
  size_t limit = 20;  // at most PlaceSearch::kLimitMax
  PlaceCode within;   // only places in it (itself included); empty: the whole country
  PlaceCode home;     // places in it come first; empty: no preference
  PlaceLevel coarsest = PlaceLevel::kProvince;
  PlaceLevel finest = PlaceLevel::kVillage;
};

// How a place was found, best first.
enum class PlaceMatch : uint8_t {
  kExact,  // code, full name, short name or its stem, in characters or pinyin
  kPrefix,
  kInitialsExact,
  kInitialsPrefix,
  kMixed,
  kInside,  // part of the name
};

struct PlaceHit {
  uint32_t index = kNoPlace;
  PlaceMatch match = PlaceMatch::kInside;
};

class PlaceSearch {
 public:
  static constexpr size_t kLimitMax = 100;
  static constexpr size_t kQueryBytesMax = 96;  // a longer query finds nothing

  PlaceSearch() = default;
  // O(n log n) in characters of all names; about 3 s for the whole country.
  PlaceSearch(const PlaceTable& places, const PinyinTable& pinyin);

  // Order: places down to county level that match exactly; then those in `home`; then the others. In each: by match,
  // level from coarse to fine, length of name, code. Deterministic; each place once.
  std::vector<PlaceHit> search(const PlaceTable& places, const PlaceQuery& query) const;

  size_t memory_bytes() const;

 private:
  friend class PlaceIndexWriter;
  friend class PlaceIndexReader;

  class Builder;
  class Top;

  const char* text(const PlaceTable& places, uint32_t offset) const;
  std::vector<PlaceHit> by_path(const PlaceTable& places, const PlaceQuery& query, std::string_view typed,
                                int depth) const;
  void by_text(const PlaceTable& places, std::string_view text, Top& top) const;
  void by_pinyin(std::string_view letters, Top& top) const;
  void by_mixed(std::string_view letters, Top& top) const;

  // Names by which people know a place but which do not begin its full name (积石山县), each ended by NUL. Offsets
  // beyond the table's names point here.
  std::string short_names_;
  std::vector<uint32_t> text_entries_, text_at_;
  // Readings in marked form, each preceded by the number of letters of its stem and ended by NUL, sorted by letters.
  std::string readings_;
  std::vector<uint32_t> reading_entries_, reading_at_;
  std::vector<uint32_t> initials_entries_, initials_at_;
};

}  // namespace anlan
