// Lists, filters, sorting and search of the record index.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "registry/record_fields.h"
#include "registry/record_index.h"

namespace anlan {
namespace {

Error wrong(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, std::move(field), std::move(zh), std::move(en)});
  return error;
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [at, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (out.size() < 100) {
    const size_t end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

// One filter, ready to be asked of a row.
struct RecordIndex::Test {
  enum class Kind { kNumber, kDate, kOneOf, kPart } kind = Kind::kPart;
  size_t column = 0;
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  std::string first, last = "\x7F";  // dates sort as text
  std::vector<std::string> words;

  bool passes(const Value& value) const {
    if (kind == Kind::kNumber) {
      const auto* n = std::get_if<double>(&value);
      return n && *n >= low && *n <= high;
    }
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return false;
    if (kind == Kind::kDate) return *text >= first && *text <= last;
    if (kind == Kind::kOneOf) return std::find(words.begin(), words.end(), *text) != words.end();
    return text->find(words.front()) != std::string::npos;
  }
};

Result<std::vector<RecordIndex::Test>> RecordIndex::tests_of(const RecordType& type, const RecordQuery& query) const {
  std::vector<Test> tests;
  for (const auto& filter : query.filters) {
    const auto* field = field_of(type, filter.field);
    if (!field || !field->filter) return wrong("f." + filter.field, "不能按此字段筛选", "this field is no filter");
    if (filter.value.empty()) continue;
    Test test;
    test.column = static_cast<size_t>(field - type.fields.data());
    const size_t dots = filter.value.find("..");
    const std::string low = filter.value.substr(0, dots), high = dots == std::string::npos ? low : filter.value.substr(dots + 2);
    const auto unread = [&] { return wrong("f." + filter.field, fmt::format("“{}”无法识别", filter.value), fmt::format("“{}” cannot be read", filter.value)); };
    switch (field->type) {
      case FieldType::number:
      case FieldType::integer: {
        test.kind = Test::Kind::kNumber;
        const auto from = number_of(low), to = number_of(high);
        if ((!low.empty() && !from) || (!high.empty() && !to)) return unread();
        if (from) test.low = *from;
        if (to) test.high = *to;
        break;
      }
      case FieldType::boolean:
        test.kind = Test::Kind::kNumber;
        if (filter.value != "true" && filter.value != "false") return unread();
        test.low = test.high = filter.value == "true" ? 1 : 0;
        break;
      case FieldType::date:
        test.kind = Test::Kind::kDate;
        test.first = low;
        if (!high.empty()) test.last = high + "\x7F";
        break;
      case FieldType::choice:
        test.kind = Test::Kind::kOneOf;
        test.words = split(filter.value);
        break;
      default:
        test.words = {filter.value};
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

bool RecordIndex::matches(const Row& row, std::string_view q, std::string_view typed) const {
  if (row.name.find(q) != std::string::npos) return true;
  if (!typed.empty() && match_pinyin(row.pinyin, typed) != PinyinMatch::kNone) return true;
  if (row.type == kTypeUnknown) return false;
  const auto& fields = pack_.record_types[row.type].fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto* text = std::get_if<std::string>(&row.values[i]);
    if (text && fields[i].type == FieldType::text && fields[i].list && !fields[i].personal && text->find(q) != std::string::npos) return true;
  }
  return false;
}

Result<void> RecordIndex::sort(std::vector<uint32_t>& ids, const RecordType& type, const RecordQuery& query) const {
  const bool down = query.sort.starts_with('-');
  const std::string key = query.sort.substr(down ? 1 : 0);
  // Descending order keeps ties by id, and rows without a value always come last.
  const auto by = [&](auto before) {
    const size_t shown = std::min(ids.size(), query.offset + std::min(query.limit, kLimitMax));
    std::partial_sort(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(shown), ids.end(), [&](uint32_t a, uint32_t b) {
      if (const int order = before(a, b)) return order < 0;
      return a < b;
    });
  };
  const auto sign = [down](const auto& a, const auto& b) { return a == b ? 0 : (a < b) == !down ? -1 : 1; };
  if (key.empty()) return {};
  if (key == "id") by([&](uint32_t a, uint32_t b) { return sign(a, b); });
  else if (key == "place") by([&](uint32_t a, uint32_t b) { return sign(rows_[a].place.first_key(), rows_[b].place.first_key()); });
  else if (key == "changed_at") by([&](uint32_t a, uint32_t b) { return sign(rows_[a].changed_at.ms, rows_[b].changed_at.ms); });
  else if (key == "name")
    by([&](uint32_t a, uint32_t b) {
      const int order = sign(rows_[a].pinyin, rows_[b].pinyin);
      return order ? order : sign(rows_[a].name, rows_[b].name);
    });
  else {
    const auto* field = field_of(type, key);
    if (!field || !field->list || field->personal) return wrong("sort", "不能按此字段排序", "the list cannot be sorted by this field");
    const auto column = static_cast<size_t>(field - type.fields.data());
    by([&](uint32_t a, uint32_t b) {
      const auto &x = rows_[a].values[column], &y = rows_[b].values[column];
      if (x.index() == 0 || y.index() == 0) return static_cast<int>(x.index() == 0) - static_cast<int>(y.index() == 0);
      return sign(x, y);
    });
  }
  return {};
}

Result<RecordPage> RecordIndex::list(const RecordQuery& query) const {
  const auto* type = pack_.record_type(query.type);
  if (!type) return Error(ErrorCode::kNotFound, {{"what", query.type}});
  TRY(tests, tests_of(*type, query));
  const std::string q = trimmed(query.q);
  const std::string typed = pinyin_letters(q);
  const bool letters_only = !typed.empty() && std::all_of(typed.begin(), typed.end(), [](unsigned char c) { return c < 0x80; });
  const auto id = number_of(q);

  std::shared_lock lock(mutex_);
  const uint16_t index = type_index(query.type);
  std::vector<uint32_t> ids;
  for (uint32_t i = 1; i < rows_.size(); ++i) {
    const auto& row = rows_[i];
    if (!row.active || row.type != index || !query.place.contains(row.place)) continue;
    if (!std::all_of(tests.begin(), tests.end(), [&](const Test& t) { return t.passes(row.values[t.column]); })) continue;
    if (!q.empty() && !(id && *id == i) && !matches(row, q, letters_only ? typed : std::string_view())) continue;
    ids.push_back(i);
  }
  TRY_VOID(sort(ids, *type, query));
  RecordPage page{ids.size(), {}};
  const size_t end = std::min(ids.size(), query.offset + std::min(query.limit, kLimitMax));
  for (size_t i = query.offset; i < end; ++i) page.items.push_back(view(ids[i]));
  return page;
}

std::vector<RecordView> RecordIndex::search(std::string_view text, PlaceCode within, size_t limit) const {
  const std::string q = trimmed(text), typed = pinyin_letters(q);
  if (q.empty() || q.size() > 200) return {};
  std::shared_lock lock(mutex_);
  std::vector<std::pair<int, uint32_t>> hits;
  for (uint32_t i = 1; i < rows_.size(); ++i) {
    const auto& row = rows_[i];
    if (!row.active || row.type == kTypeUnknown || !within.contains(row.place)) continue;
    const size_t at = row.name.find(q);
    const int rank = row.name == q ? 0 : at == 0 ? 1 : at != std::string::npos ? 2 : 3;
    if (rank < 3) hits.emplace_back(rank, i);
    else if (const auto match = match_pinyin(row.pinyin, typed); match != PinyinMatch::kNone) hits.emplace_back(3 + static_cast<int>(match), i);
  }
  limit = std::min({limit, hits.size(), kLimitMax});
  std::partial_sort(hits.begin(), hits.begin() + static_cast<ptrdiff_t>(limit), hits.end());
  std::vector<RecordView> out;
  for (size_t i = 0; i < limit; ++i) out.push_back(view(hits[i].second));
  return out;
}

}  // namespace anlan
