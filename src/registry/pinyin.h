// Pinyin of Chinese names, without tones, for search.
//
// Readings of single characters come from ICU's Han-Latin rules (CLDR); the caller adds what those rules cannot know:
// words and characters that places or people read differently (重庆 chong qing, 单县 shan xian). The longest word that
// starts at a character wins. A character with several readings gives a name several readings.
//
// Marked form: syllables joined, each begun by a capital ("DaHeJia"); digits are syllables of their own; characters
// without reading are left out. ü is v; readings() also gives the spelling with u.
//
// Thread rule: everything may be called from several threads at once. Readings found once are kept for the process.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace anlan {

// One row of packs/cn/pinyin.yaml: a word or single character, and its syllables separated by spaces.
struct PinyinReading {
  std::string name;
  std::string pinyin;
};

class PinyinTable {
 public:
  static constexpr size_t kReadingsMax = 8;  // per name; further combinations are dropped

  PinyinTable() = default;
  // Several rows with one name are alternatives, the first being the usual one. kInvalidFile when a row has not as many
  // syllables as characters, or something else than a-z and spaces; details name the row (1-based).
  static Result<PinyinTable> create(const std::vector<PinyinReading>& rows);

  std::string full(std::string_view name) const;      // "dahejia"
  std::string initials(std::string_view name) const;  // "dhj"
  std::string marked(std::string_view name) const;    // "DaHeJia", the usual reading
  // All readings in marked form, usual one first, at most kReadingsMax.
  std::vector<std::string> readings(std::string_view name) const;
  // Same, into a vector that the caller reuses for many names.
  void readings(std::string_view name, std::vector<std::string>& out) const;

  // Finds the readings of all characters of a large text in one go; later calls are then table look-ups.
  static void prepare(std::string_view text);

 private:
  struct Word {
    std::u32string name;
    std::vector<std::string> readings;  // marked
  };
  const Word* longest_word(std::u32string_view rest) const;

  std::unordered_map<char32_t, std::vector<Word>> words_;  // by first character, longest first
};

// How typed letters (a-z, 0-9, v for ü) fit a name in marked form; the order is the order of preference.
enum class PinyinMatch {
  kExact,           // dahejia
  kPrefix,          // dahe
  kInitialsExact,   // dhj
  kInitialsPrefix,  // dh
  kMixed,           // dahj: beginnings of successive syllables
  kNone,
};
PinyinMatch match_pinyin(std::string_view marked, std::string_view letters);

// Lower case, full-width forms made narrow, ü as v, without spaces and apostrophes.
std::string pinyin_letters(std::string_view typed);

}  // namespace anlan
