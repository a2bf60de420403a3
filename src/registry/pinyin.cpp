#include "registry/pinyin.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>

namespace anlan {
namespace {

using Syllable = std::array<char, 8>;  // NUL-terminated, lower case

constexpr char32_t kCharactersMax = 0x32000;  // up to the end of CJK extension H
constexpr uint16_t kUnknown = 0, kNoReading = 1, kFirstSyllable = 2;

bool is_start(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool is_han(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c < kCharactersMax) || c == 0x3007;
}

char32_t next_character(std::string_view text, size_t& at) {
  UChar32 c = 0;
  int32_t i = 0;
  const auto rest = text.substr(at, 4);
  U8_NEXT(rest.data(), i, static_cast<int32_t>(rest.size()), c);
  at += static_cast<size_t>(i);
  return c < 0 ? U'\uFFFD' : static_cast<char32_t>(c);
}

std::u32string characters_of(std::string_view text) {
  std::u32string out;
  out.reserve(text.size() / 3 + 1);
  for (size_t at = 0; at < text.size();) out.push_back(next_character(text, at));
  return out;
}

// The process-wide memory of ICU's readings. A cell is written after the syllable it names, so that readers need no
// lock.
class HanReadings {
 public:
  static HanReadings& instance() {
    static HanReadings readings;
    return readings;
  }

  // "" when the character has no reading.
  std::string_view of(char32_t c) {
    if (c == 0x3007) return "ling";
    if (!is_han(c)) return {};
    auto cell = cells_[c].load(std::memory_order_acquire);
    if (cell == kUnknown) {
      learn(std::u32string(1, c));
      cell = cells_[c].load(std::memory_order_acquire);
    }
    return cell < kFirstSyllable ? std::string_view{} : std::string_view(syllables_[cell - kFirstSyllable].data());
  }

  void learn(const std::u32string& characters) {
    const std::lock_guard lock(mutex_);
    UErrorCode status = U_ZERO_ERROR;
    if (!han_latin_) {
      han_latin_.reset(icu::Transliterator::createInstance("Han-Latin", UTRANS_FORWARD, status));
      CHECK_MSG(U_SUCCESS(status) && han_latin_, "ICU has no Han-Latin rules");
    }
    std::u32string wanted;
    for (char32_t c : characters)
      if (is_han(c) && cells_[c].load(std::memory_order_relaxed) == kUnknown) wanted.push_back(c);
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    icu::UnicodeString text;
    for (char32_t c : wanted) text.append(static_cast<UChar32>(c)).append(u'\n');
    if (wanted.empty()) return;
    han_latin_->transliterate(text);
    const auto* nfd = icu::Normalizer2::getNFDInstance(status);
    CHECK_MSG(U_SUCCESS(status), "ICU has no NFD data");
    const auto plain = nfd->normalize(text, status);
    int32_t at = 0;
    for (char32_t c : wanted) {
      Syllable s{};
      size_t length = 0;
      bool latin = true;
      for (; at < plain.length() && plain[at] != u'\n'; ++at) {
        const char16_t unit = plain[at];
        if (unit == 0x308 && length > 0 && s[length - 1] == 'u')
          s[length - 1] = 'v';
        else if (unit >= 'a' && unit <= 'z' && length + 1 < s.size())
          s[length++] = static_cast<char>(unit);
        else if (unit < 0x300 || unit > 0x36F)
          latin = false;  // anything but a tone mark
      }
      ++at;
      cells_[c].store(latin && length > 0 ? cell_of(s) : kNoReading, std::memory_order_release);
    }
  }

 private:
  uint16_t cell_of(const Syllable& s) {
    for (size_t i = 0; i < count_; ++i)
      if (syllables_[i] == s) return static_cast<uint16_t>(i + kFirstSyllable);
    CHECK(count_ < syllables_.size());
    syllables_[count_] = s;
    return static_cast<uint16_t>(count_++ + kFirstSyllable);
  }

  std::mutex mutex_;
  std::unique_ptr<icu::Transliterator> han_latin_;
  std::array<std::atomic<uint16_t>, kCharactersMax> cells_{};
  std::array<Syllable, 2048> syllables_{};  // Chinese has some 420 toneless syllables
  size_t count_ = 0;
};

void append_syllable(std::string& out, std::string_view syllable) {
  if (syllable.empty()) return;
  out.push_back(static_cast<char>(syllable[0] - 32));
  out.append(syllable.substr(1));
}

// Letters and digits of other scripts stand for themselves, each letter as a syllable ("A区" is "AQu").
char narrow(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  if (c >= 'a' && c <= 'z') return static_cast<char>(c - 32);
  if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return static_cast<char>(c);
  return 0;
}

void append_character(std::string& out, char32_t c) {
  if (const char letter = narrow(c))
    out.push_back(letter);
  else
    append_syllable(out, HanReadings::instance().of(c));
}

Error row_fault(size_t row, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidFile, {{"why", "pinyin"}});
  error.details.push_back({static_cast<int>(row + 1), "pinyin", std::move(zh), std::move(en)});
  return error;
}

}  // namespace

Result<PinyinTable> PinyinTable::create(const std::vector<PinyinReading>& rows) {
  PinyinTable table;
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto name = characters_of(rows[row].name);
    std::string marked;
    size_t syllables = 0, length = 0;
    for (char c : rows[row].pinyin) {
      if (c == ' ') {
        length = 0;
        continue;
      }
      if (c < 'a' || c > 'z') return row_fault(row, "拼音只能用小写字母和空格", "only a-z and spaces are allowed");
      if (++length > 6) return row_fault(row, "音节过长", "a syllable has at most 6 letters");
      syllables += length == 1;
      marked.push_back(length == 1 ? static_cast<char>(c - 32) : c);
    }
    if (name.empty() || syllables != name.size())
      return row_fault(row, "音节数与字数不同", "there must be one syllable for each character");
    auto& words = table.words_[name[0]];
    const auto same = std::find_if(words.begin(), words.end(), [&](const Word& w) { return w.name == name; });
    if (same != words.end())
      same->readings.push_back(std::move(marked));
    else
      words.push_back({name, {std::move(marked)}});
  }
  for (auto& [first, words] : table.words_)
    std::sort(words.begin(), words.end(), [](const Word& a, const Word& b) {
      return a.name.size() != b.name.size() ? a.name.size() > b.name.size() : a.name < b.name;
    });
  return table;
}

const PinyinTable::Word* PinyinTable::longest_word(std::u32string_view rest) const {
  const auto found = words_.find(rest[0]);
  if (found == words_.end()) return nullptr;
  for (const auto& word : found->second)
    if (rest.substr(0, word.name.size()) == word.name) return &word;
  return nullptr;
}

void PinyinTable::readings(std::string_view name, std::vector<std::string>& out) const {
  const auto text = characters_of(name);
  out.resize(1);
  out[0].clear();
  for (size_t i = 0; i < text.size();) {
    const auto* word = longest_word(std::u32string_view(text).substr(i));
    if (!word) {
      for (auto& r : out) append_character(r, text[i]);
      ++i;
      continue;
    }
    const size_t before = out.size();
    for (size_t k = 1; k < word->readings.size(); ++k)
      for (size_t j = 0; j < before && out.size() < kReadingsMax; ++j) out.push_back(out[j] + word->readings[k]);
    for (size_t j = 0; j < before; ++j) out[j] += word->readings[0];
    i += word->name.size();
  }
  for (size_t j = 0, count = out.size(); j < count && out.size() < kReadingsMax; ++j) {
    auto with_u = out[j];
    std::replace(with_u.begin(), with_u.end(), 'v', 'u');
    if (with_u != out[j]) out.push_back(std::move(with_u));
  }
}

std::vector<std::string> PinyinTable::readings(std::string_view name) const {
  std::vector<std::string> out;
  readings(name, out);
  return out;
}

std::string PinyinTable::marked(std::string_view name) const {
  return std::move(readings(name)[0]);
}

std::string PinyinTable::full(std::string_view name) const {
  auto out = marked(name);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string PinyinTable::initials(std::string_view name) const {
  std::string out;
  for (char c : marked(name))
    if (is_start(c)) out.push_back(lower(c));
  return out;
}

void PinyinTable::prepare(std::string_view text) {
  std::vector<bool> seen(kCharactersMax);
  std::u32string distinct;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (!is_han(c) || seen[c]) continue;
    seen[c] = true;
    distinct.push_back(c);
  }
  HanReadings::instance().learn(distinct);
}

namespace {

// True when letters from `at` are beginnings (one letter or more) of the syllables from `syllable` on.
bool matches_mixed(std::string_view marked, size_t syllable, std::string_view letters, size_t at, int& steps) {
  if (at == letters.size()) return true;
  if (syllable == marked.size() || --steps < 0) return false;
  size_t next = syllable + 1;
  while (next < marked.size() && !is_start(marked[next])) ++next;
  size_t common = 0;
  while (syllable + common < next && at + common < letters.size() &&
         lower(marked[syllable + common]) == letters[at + common])
    ++common;
  for (; common > 0; --common)
    if (matches_mixed(marked, next, letters, at + common, steps)) return true;
  return false;
}

}  // namespace

PinyinMatch match_pinyin(std::string_view marked, std::string_view letters) {
  if (letters.empty()) return PinyinMatch::kNone;
  if (letters.size() <= marked.size() &&
      std::equal(letters.begin(), letters.end(), marked.begin(), [](char l, char m) { return l == lower(m); }))
    return letters.size() == marked.size() ? PinyinMatch::kExact : PinyinMatch::kPrefix;
  size_t matched = 0, syllables = 0;
  for (char c : marked)
    if (is_start(c)) {
      if (matched == syllables && matched < letters.size() && lower(c) == letters[matched]) ++matched;
      ++syllables;
    }
  if (matched == letters.size())
    return matched == syllables ? PinyinMatch::kInitialsExact : PinyinMatch::kInitialsPrefix;
  int steps = 256;  // bounds the search through ambiguous cuts; names have few syllables
  return matches_mixed(marked, 0, letters, 0, steps) ? PinyinMatch::kMixed : PinyinMatch::kNone;
}

std::string pinyin_letters(std::string_view typed) {
  std::string out;
  for (size_t at = 0; at < typed.size();) {
    char32_t c = next_character(typed, at);
    if (c == U'ü' || c == U'Ü') c = 'v';
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    if (c >= 'A' && c <= 'Z') c += 32;
    if (c == ' ' || c == 0x3000 || c == '\'' || c == U'’' || c == '\t') continue;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out.push_back(static_cast<char>(c));
    else
      return {};
  }
  return out;
}

}  // namespace anlan
