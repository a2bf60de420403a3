#include <algorithm>
#include <bit>
#include <cstring>

#include "registry/place_entry.h"
#include "registry/place_names.h"
#include "registry/place_search.h"

namespace anlan {
namespace {

bool is_start(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}
size_t characters(std::string_view s) {
  return s.size() - static_cast<size_t>(std::count_if(s.begin(), s.end(), is_continuation));
}

// The first eight bytes as a number that compares like the bytes; short texts are filled with zero.
uint64_t head(const char* text) {
  char bytes[8] = {};
  for (int i = 0; i < 8 && text[i]; ++i) bytes[i] = text[i];
  uint64_t value;
  std::memcpy(&value, bytes, 8);
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

struct Sortable {
  uint64_t head;
  uint32_t entry;
  uint32_t at;
};

// Sorts by the text at `at`, then by entry. Most pairs differ in their first eight bytes.
template <class Text>
void sort_by_text(std::vector<Sortable>& list, Text text) {
  std::sort(list.begin(), list.end(), [&](const Sortable& a, const Sortable& b) {
    if (a.head != b.head) return a.head < b.head;
    if ((a.head & 0xFF) != 0)
      if (const int order = std::strcmp(text(a.at) + 8, text(b.at) + 8); order != 0) return order < 0;
    return a.entry != b.entry ? a.entry < b.entry : a.at < b.at;
  });
}

}  // namespace

class PlaceSearch::Builder {
 public:
  Builder(const PlaceTable& places, PlaceSearch& out) : places_(places), out_(out) {}

  void collect(const PinyinTable& pinyin) {
    suffixes_.reserve(places_.names().size() / 4);
    terms_.reserve(places_.size() + places_.size() / 8);
    for (uint32_t i = 0; i < places_.size(); ++i) {
      const auto level = places_.level(i);
      const auto rank = level_rank(level);
      const auto full = places_.name(i);
      if (level == PlaceLevel::kCity && is_code_only_place(full)) continue;  // nobody looks for 市辖区
      const auto spoken = short_place_name(full, level);
      const auto entry = place_entry(rank, false, characters(spoken), i);
      const bool begins = full.starts_with(spoken);
      add_suffixes(i, rank, begins ? full.substr(0, spoken.size()) : full, characters(spoken));
      if (!begins) {
        const auto at = static_cast<uint32_t>(places_.names().size() + out_.short_names_.size());
        out_.short_names_.append(spoken).push_back('\0');
        suffixes_.push_back({0, entry, at});
        add_readings(pinyin, full, full.size(), entry);
      }
      add_readings(pinyin, spoken, place_stem_size(spoken, level), entry);
    }
  }

  void sort_suffixes() {
    // The arena of short names has stopped growing, so that its texts stay where they are.
    for (auto& s : suffixes_) s.head = head(text(s.at));
    sort_by_text(suffixes_, [&](uint32_t at) { return text(at); });
    out_.text_entries_.reserve(suffixes_.size());
    out_.text_at_.reserve(suffixes_.size());
    for (const auto& s : suffixes_) {
      out_.text_entries_.push_back(s.entry);
      out_.text_at_.push_back(s.at);
    }
    suffixes_ = {};
  }

  void sort_readings() {
    // Compared in lower case; the marked text follows its lower-case twin in the temporary arena.
    const char* arena = letters_.data();
    for (auto& t : terms_) t.head = head(arena + t.at);
    sort_by_text(terms_, [&](uint32_t at) { return arena + at; });
    std::vector<Sortable> initials;
    std::string initials_arena;
    initials.reserve(terms_.size());
    out_.reading_entries_.reserve(terms_.size());
    out_.reading_at_.reserve(terms_.size());
    std::string_view previous;
    uint32_t at = 0, initials_at = 0;
    for (const auto& term : terms_) {
      const std::string_view plain(arena + term.at);
      // The stem's length, then the marked text.
      const std::string_view stored(arena + term.at + plain.size() + 1, plain.size() + 2);
      if (stored != previous) {
        at = static_cast<uint32_t>(out_.readings_.size() + 1);
        out_.readings_.append(stored);
        initials_at = static_cast<uint32_t>(initials_arena.size());
        for (char c : stored.substr(1))
          if (is_start(c)) initials_arena.push_back(lower(c));
        initials_arena.push_back('\0');
        previous = stored;
      }
      out_.reading_entries_.push_back(term.entry);
      out_.reading_at_.push_back(at);
      // While sorting, `entry` is the rank among the letters: initials that are equal stay in letter order.
      initials.push_back({0, static_cast<uint32_t>(out_.reading_at_.size() - 1), initials_at});
    }
    out_.readings_.shrink_to_fit();
    const char* base = initials_arena.data();
    for (auto& s : initials) s.head = head(base + s.at);
    sort_by_text(initials, [&](uint32_t offset) { return base + offset; });
    out_.initials_entries_.reserve(initials.size());
    out_.initials_at_.reserve(initials.size());
    for (const auto& s : initials) {
      out_.initials_entries_.push_back(out_.reading_entries_[s.entry]);
      out_.initials_at_.push_back(out_.reading_at_[s.entry]);
    }
  }

 private:
  const char* text(uint32_t at) const { return out_.text(places_, at); }

  void add_suffixes(uint32_t index, uint32_t rank, std::string_view name, size_t length) {
    const uint32_t base = places_.name_offset(index);
    for (uint32_t k = 0; k < name.size(); ++k)
      if (!is_continuation(name[k])) suffixes_.push_back({0, place_entry(rank, k > 0, length, index), base + k});
  }

  void add_readings(const PinyinTable& pinyin, std::string_view name, size_t stem_bytes, uint32_t entry) {
    pinyin.readings(name, scratch_);
    const size_t unit_syllables = characters(name.substr(stem_bytes));
    for (const auto& marked : scratch_) {
      if (marked.empty()) continue;
      size_t stem = marked.size();
      for (size_t left = unit_syllables; left > 0 && stem > 0;)
        if (is_start(marked[--stem])) --left;
      terms_.push_back({0, entry, static_cast<uint32_t>(letters_.size())});
      for (char c : marked) letters_.push_back(lower(c));
      letters_.push_back('\0');
      // Never NUL, so that a stored reading has NUL only at its end; a stem of no letters matches nothing anyway.
      letters_.push_back(static_cast<char>(std::clamp<size_t>(stem, 1, 127)));
      letters_.append(marked).push_back('\0');
    }
  }

  const PlaceTable& places_;
  PlaceSearch& out_;
  std::vector<Sortable> suffixes_, terms_;
  std::string letters_;
  std::vector<std::string> scratch_;
};

PlaceSearch::PlaceSearch(const PlaceTable& places, const PinyinTable& pinyin) {
  PinyinTable::prepare(places.names());
  Builder builder(places, *this);
  builder.collect(pinyin);
  builder.sort_suffixes();
  builder.sort_readings();
}

const char* PlaceSearch::text(const PlaceTable& places, uint32_t offset) const {
  const auto names = places.names();
  return offset < names.size() ? names.data() + offset : short_names_.data() + (offset - names.size());
}

size_t PlaceSearch::memory_bytes() const {
  return short_names_.capacity() + readings_.capacity() +
         4 * (text_entries_.capacity() + text_at_.capacity() + reading_entries_.capacity() + reading_at_.capacity() +
              initials_entries_.capacity() + initials_at_.capacity());
}

}  // namespace anlan
