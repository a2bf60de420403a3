#include "registry/place_search.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "registry/place_entry.h"
#include "registry/place_names.h"

namespace anlan {
namespace {

bool is_start(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string without_spaces(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\t' || text[i] == '/') continue;
    if (text.substr(i, 3) == "\u3000") {
      i += 2;
      continue;
    }
    out.push_back(text[i]);
  }
  return out;
}

size_t next_character(std::string_view text, size_t at) {
  do ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return at;
}

// Order of a NUL-ended text against a prefix: 0 when it begins with the prefix.
int compare_prefix(const char* text, std::string_view prefix) {
  return std::strncmp(text, prefix.data(), prefix.size());
}

int compare_letters(const char* marked, std::string_view prefix) {
  for (char wanted : prefix) {
    const char have = lower(*marked++);
    if (have != wanted) return have < wanted ? -1 : 1;  // NUL is below all letters
  }
  return 0;
}

// Skips to the initial of the next syllable; at NUL when there is none.
const char* next_initial(const char* marked) {
  while (*marked && !is_start(*marked)) ++marked;
  return marked;
}

struct Span {
  size_t begin, end;
  bool empty() const { return begin == end; }
};

// The part of `within` for which order(i) is 0; order must not fall.
template <class Order>
Span equal_span(Span within, Order order) {
  const auto bisect = [&](int bound) {
    size_t lo = within.begin, hi = within.end;
    while (lo < hi) {
      const size_t mid = lo + (hi - lo) / 2;
      if (order(mid) < bound)
        lo = mid + 1;
      else
        hi = mid;
    }
    return lo;
  };
  const size_t begin = bisect(0);
  return {begin, bisect(1)};
}

size_t letters_in(const char* marked) {
  return std::strlen(marked);
}

}  // namespace

// The best `limit` hits so far, each place once: a heap whose top is the worst. A key sorts as results do.
class PlaceSearch::Top {
 public:
  Top(const PlaceTable& places, const PlaceQuery& query)
      : limit_(std::min(query.limit, kLimitMax)),
        within_(places.range(query.within)),
        home_(query.home.empty() ? PlaceRange{} : places.range(query.home)),
        coarsest_(level_rank(query.coarsest)),
        finest_(level_rank(query.finest)) {}

  PlaceRange within() const { return within_; }
  bool useless() const { return limit_ == 0 || within_.size() == 0; }
  bool wants(uint32_t entry) const {
    const auto level = entry_level(entry);
    return level >= coarsest_ && level <= finest_ && within_.contains(entry_index(entry));
  }
  // True when a hit of this kind would still enter.
  bool open_to(PlaceMatch match, uint32_t entry) const { return heap_.size() < limit_ || key(match, entry) < heap_[0]; }

  void offer(PlaceMatch match, uint32_t entry) {
    if (!wants(entry)) return;
    const uint64_t k = key(match, entry);
    if (heap_.size() == limit_ && k >= heap_[0]) return;
    const auto same = std::find_if(heap_.begin(), heap_.end(), [&](uint64_t other) {
      return entry_index(static_cast<uint32_t>(other)) == entry_index(entry);
    });
    if (same != heap_.end()) {
      if (k >= *same) return;
      *same = k;
      std::make_heap(heap_.begin(), heap_.end());
      return;
    }
    if (heap_.size() == limit_) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.pop_back();
    }
    heap_.push_back(k);
    std::push_heap(heap_.begin(), heap_.end());
  }

  std::vector<PlaceHit> take() {
    std::sort(heap_.begin(), heap_.end());
    std::vector<PlaceHit> hits;
    for (auto k : heap_)
      hits.push_back({entry_index(static_cast<uint32_t>(k)), static_cast<PlaceMatch>(k >> 32 & 0xF)});
    return hits;
  }

 private:
  uint64_t key(PlaceMatch match, uint32_t entry) const {
    const bool known_by_all = match == PlaceMatch::kExact && entry_level(entry) <= level_rank(PlaceLevel::kCounty);
    const uint64_t tier = known_by_all ? 0 : home_.contains(entry_index(entry)) ? 1 : 2;
    return tier << 36 | static_cast<uint64_t>(match) << 32 | entry;
  }

  size_t limit_;
  PlaceRange within_, home_;
  uint32_t coarsest_, finest_;
  std::vector<uint64_t> heap_;
};

namespace {

// The digits typed may stop anywhere ("62292") or be padded with zeros ("622927000000").
template <class Top>
void by_code(const PlaceTable& places, std::string_view digits, Top& top) {
  if (digits.size() > 12) return;
  int64_t typed = 0;
  for (char c : digits) typed = typed * 10 + (c - '0');
  // 350527000 may be a town of its own or county 350527 padded: both are meant.
  const auto whole = places.index_of(PlaceCode::parse(digits).value_or(PlaceCode()));
  const auto as_typed =
      static_cast<size_t>(PlaceCode(typed).level()) == digits.size() ? places.index_of(PlaceCode(typed)) : kNoPlace;
  const auto range = top.within();
  const auto first_key = [&](int64_t n) {
    for (size_t i = digits.size(); i < 12; ++i) n *= 10;
    return n;
  };
  const auto lower_bound = [&](int64_t key) {
    uint32_t lo = range.begin, hi = range.end;
    while (lo < hi) {
      const uint32_t mid = lo + (hi - lo) / 2;
      if (places.first_key(mid) < key)
        lo = mid + 1;
      else
        hi = mid;
    }
    return lo;
  };
  const auto end = lower_bound(first_key(typed + 1));
  for (auto i = lower_bound(first_key(typed)); i < end; ++i) {
    const auto entry = place_entry(places.rank(i), false, 0, i);
    const bool is_named = i == whole || i == as_typed;
    if (!top.open_to(is_named ? PlaceMatch::kExact : PlaceMatch::kPrefix, entry)) continue;
    if (is_named)
      top.offer(PlaceMatch::kExact, entry);
    else if (static_cast<size_t>(places.level(i)) > digits.size())
      top.offer(PlaceMatch::kPrefix, entry);
  }
}

}  // namespace

void PlaceSearch::by_text(const PlaceTable& places, std::string_view typed, Top& top) const {
  const auto span =
      equal_span({0, text_at_.size()}, [&](size_t i) { return compare_prefix(text(places, text_at_[i]), typed); });
  const bool one_character = next_character(typed, 0) == typed.size();
  for (size_t i = span.begin; i < span.end; ++i) {
    const auto entry = text_entries_[i];
    auto match = entry_inside(entry) ? PlaceMatch::kInside : PlaceMatch::kPrefix;
    // No stem has one character, and the many names that begin with it need not be looked at.
    if (match == PlaceMatch::kPrefix && !one_character && top.open_to(PlaceMatch::kExact, entry) && top.wants(entry)) {
      const std::string_view name(text(places, text_at_[i]));
      const auto level = level_of_rank(entry_level(entry));
      const auto spoken = short_place_name(name, level);
      if (typed == name || typed == spoken || typed == place_stem(spoken, level)) match = PlaceMatch::kExact;
    }
    if (top.open_to(match, entry)) top.offer(match, entry);
  }
}

void PlaceSearch::by_pinyin(std::string_view letters, Top& top) const {
  const auto marked = [&](uint32_t at) { return readings_.data() + at; };
  const auto exact = [&](uint32_t at) {
    // The bound holds for every index that was built; one that was read from a damaged file may be out of order.
    return static_cast<size_t>(readings_[at - 1]) == letters.size() ||
           (at + letters.size() < readings_.size() && readings_[at + letters.size()] == '\0');
  };
  const bool one_letter = letters.size() == 1;  // never exact; many names begin with it
  auto span =
      equal_span({0, reading_at_.size()}, [&](size_t i) { return compare_letters(marked(reading_at_[i]), letters); });
  for (size_t i = span.begin; i < span.end; ++i) {
    const auto entry = reading_entries_[i];
    if (!top.open_to(one_letter ? PlaceMatch::kPrefix : PlaceMatch::kExact, entry)) continue;
    top.offer(!one_letter && exact(reading_at_[i]) ? PlaceMatch::kExact : PlaceMatch::kPrefix, entry);
  }
  if (one_letter) return;  // as an initial it is the same letter of the pinyin

  span = equal_span({0, initials_at_.size()}, [&](size_t i) {
    const char* at = marked(initials_at_[i]);
    for (char wanted : letters) {
      at = next_initial(at);
      const char have = lower(*at);
      if (have != wanted) return have < wanted ? -1 : 1;
      ++at;
    }
    return 0;
  });
  for (size_t i = span.begin; i < span.end; ++i) {
    const auto entry = initials_entries_[i];
    if (!top.open_to(PlaceMatch::kInitialsExact, entry)) continue;
    const char* reading = marked(initials_at_[i]);
    const size_t stem = std::min(static_cast<size_t>(reading[-1]), letters_in(reading));
    const auto starts = static_cast<size_t>(std::count_if(reading, reading + stem, is_start));
    const bool whole =
        starts == letters.size() ||
        static_cast<size_t>(std::count_if(reading, reading + letters_in(reading), is_start)) == letters.size();
    top.offer(whole ? PlaceMatch::kInitialsExact : PlaceMatch::kInitialsPrefix, entry);
  }
  by_mixed(letters, top);
}

// Cuts the letters into beginnings of syllables; the first letters of the pieces narrow the array of initials, and what
// remains is compared with the readings. Cuts that are plain pinyin or plain initials have been found already. Both the
// cuts and the readings compared are bounded; an ambiguous query beyond that shows fewer mixed hits.
void PlaceSearch::by_mixed(std::string_view letters, Top& top) const {
  constexpr size_t kPiecesMax = 24;
  constexpr size_t kPieceLettersMax = 6;
  int cuts_left = 2'000;
  size_t compared_left = 60'000;
  std::array<uint8_t, kPiecesMax> lengths{};
  const auto initial = [&](size_t i, size_t piece) {
    const char* at = readings_.data() + initials_at_[i];
    for (size_t k = 0;; ++k, ++at) {
      at = next_initial(at);
      if (!*at || k == piece) return lower(*at);
    }
  };
  const auto compare = [&](Span span, size_t pieces) {
    for (size_t i = span.begin; i < span.end && compared_left > 0; ++i, --compared_left) {
      const auto entry = initials_entries_[i];
      if (!top.open_to(PlaceMatch::kMixed, entry) || !top.wants(entry)) continue;
      const char* at = readings_.data() + initials_at_[i];
      size_t from = 0;
      bool fits = true;
      for (size_t k = 0; k < pieces && fits; ++k, ++at) {
        at = next_initial(at);
        for (size_t j = 1; j < lengths[k] && fits; ++j) fits = at[j] == letters[from + j];
        from += lengths[k];
      }
      if (fits) top.offer(PlaceMatch::kMixed, entry);
    }
  };
  const auto descend = [&](auto&& self, size_t from, size_t pieces, Span span) -> void {
    if (span.empty() || --cuts_left < 0) return;
    if (from == letters.size()) {
      if (pieces > 1 && pieces < letters.size()) compare(span, pieces);
      return;
    }
    if (pieces == kPiecesMax) return;
    span = equal_span(span, [&](size_t i) {
      const char have = initial(i, pieces);
      return have < letters[from] ? -1 : have > letters[from];
    });
    for (size_t n = std::min(kPieceLettersMax, letters.size() - from); n > 0; --n) {
      lengths[pieces] = static_cast<uint8_t>(n);
      self(self, from + n, pieces + 1, span);
    }
  };
  descend(descend, 0, 0, {0, initials_at_.size()});
}

std::vector<PlaceHit> PlaceSearch::search(const PlaceTable& places, const PlaceQuery& query) const {
  const auto typed = without_spaces(query.text);
  if (typed.empty() || typed.size() > kQueryBytesMax) return {};
  const auto letters = pinyin_letters(typed);
  if (letters.empty()) return by_path(places, query, typed, 0);
  Top top(places, query);
  if (top.useless()) return {};
  if (letters.find_first_not_of("0123456789") == std::string::npos) {
    by_code(places, letters, top);
    by_text(places, letters, top);
  } else {
    by_pinyin(letters, top);
  }
  return top.take();
}

// A text that no name contains may be a path as people write addresses: 积石山县大河家镇. The shortest beginning that
// names a place exactly gives the scope for the rest.
std::vector<PlaceHit> PlaceSearch::by_path(const PlaceTable& places, const PlaceQuery& query, std::string_view typed,
                                           int depth) const {
  constexpr int kDepthMax = 4;
  Top top(places, query);
  if (top.useless()) return {};
  by_text(places, typed, top);
  auto hits = top.take();
  if (!hits.empty() || depth == kDepthMax) return hits;
  for (size_t at = next_character(typed, next_character(typed, 0)); at < typed.size(); at = next_character(typed, at)) {
    PlaceQuery outer = query;
    outer.limit = 3;
    outer.coarsest = PlaceLevel::kProvince;
    outer.finest = PlaceLevel::kTown;
    Top scopes(places, outer);
    by_text(places, typed.substr(0, at), scopes);
    for (const auto& scope : scopes.take()) {
      if (scope.match != PlaceMatch::kExact) break;
      PlaceQuery inner = query;
      inner.within = places.code(scope.index);
      hits = by_path(places, inner, typed.substr(at), depth + 1);
      std::erase_if(hits, [&](const PlaceHit& hit) { return hit.index == scope.index; });
      if (!hits.empty()) return hits;
    }
  }
  return {};
}

}  // namespace anlan
