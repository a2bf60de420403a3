#include "registry/places.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "registry/place_names.h"

namespace anlan {
namespace {

constexpr int32_t kNoPosition = std::numeric_limits<int32_t>::min();
constexpr size_t kFaultsMax = 100;
constexpr std::array<PlaceLevel, 5> kLevels = {PlaceLevel::kProvince, PlaceLevel::kCity, PlaceLevel::kCounty,
                                               PlaceLevel::kTown, PlaceLevel::kVillage};
constexpr std::array<int64_t, 5> kDivisors = {10'000'000'000, 100'000'000, 1'000'000, 1'000, 1};

uint64_t key_of(PlaceCode code) {
  return static_cast<uint64_t>(code.first_key()) * 8 + level_rank(code.level());
}
PlaceCode code_of(uint64_t key) {
  return PlaceCode(static_cast<int64_t>(key / 8) / kDivisors[key % 8]);
}

bool is_clean_text(std::string_view text) {
  for (int32_t i = 0, n = static_cast<int32_t>(text.size()); i < n;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, n, c);
    if (c < 0x20 || c == 0x7F) return false;
  }
  return true;
}

struct Faults {
  Error error{ErrorCode::kInvalidFile, {{"why", "places"}}};
  void add(size_t row, const char* field, std::string zh, std::string en) {
    if (error.details.size() < kFaultsMax)
      error.details.push_back({static_cast<int>(row + 1), field, std::move(zh), std::move(en)});
  }
  bool any() const { return !error.details.empty(); }
};

}  // namespace

uint32_t level_rank(PlaceLevel level) {
  switch (level) {
    case PlaceLevel::kProvince:
      return 0;
    case PlaceLevel::kCity:
      return 1;
    case PlaceLevel::kCounty:
      return 2;
    case PlaceLevel::kTown:
      return 3;
    case PlaceLevel::kVillage:
      return 4;
    default:
      break;
  }
  CHECK_MSG(false, "a place has a level");
  return 0;
}

PlaceLevel level_of_rank(uint32_t rank) {
  return kLevels[rank];
}

Result<PlaceTable> PlaceTable::create(const std::vector<PlaceRow>& rows) {
  if (rows.size() >= kPlacesMax)
    return Error(ErrorCode::kTooLarge, {{"what", "places"}, {"limit", std::to_string(kPlacesMax)}});
  Faults faults;
  std::vector<std::pair<uint64_t, uint32_t>> order;
  order.reserve(rows.size());
  size_t bytes = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& [code, name] = rows[i];
    if (code.level() == PlaceLevel::kNone || code.digits() >= 1'000'000'000'000) {
      faults.add(i, "code", "区划代码无效", "not a place code");
      continue;
    }
    if (name.empty() || name.size() > kNameBytesMax || !is_clean_text(name)) {
      faults.add(i, "name", "名称为空、过长或含无效字符", "name is empty, too long or has invalid characters");
      continue;
    }
    order.emplace_back(key_of(code), static_cast<uint32_t>(i));
    bytes += name.size() + 1;
  }
  if (!std::is_sorted(order.begin(), order.end())) std::sort(order.begin(), order.end());
  for (size_t i = 1; i < order.size(); ++i)
    if (order[i].first == order[i - 1].first)
      faults.add(order[i].second, "code", "区划代码重复", "the code appears twice: " + code_of(order[i].first).text());
  if (bytes > std::numeric_limits<uint32_t>::max() / 2)
    return Error(ErrorCode::kTooLarge, {{"what", "place names"}, {"limit", "2 GB"}});
  if (faults.any()) return std::move(faults.error);

  PlaceTable table;
  const size_t n = order.size();
  table.keys_.reserve(n);
  table.name_at_.reserve(n + 1);
  table.names_.reserve(bytes);
  for (const auto& [key, row] : order) {
    table.keys_.push_back(key);
    table.name_at_.push_back(static_cast<uint32_t>(table.names_.size()));
    table.names_.append(rows[row].name).push_back('\0');
  }
  table.name_at_.push_back(static_cast<uint32_t>(table.names_.size()));
  if (auto linked = table.link(); !linked) {
    // link() counts in sorted order; the caller knows its own rows.
    Error error = linked.error();
    for (auto& detail : error.details)
      detail.line = static_cast<int>(order[static_cast<size_t>(detail.line) - 1].second) + 1;
    return error;
  }
  table.lon_e7_.assign(n, kNoPosition);
  table.lat_e7_.assign(n, kNoPosition);
  table.approximate_.assign(n, 0);
  return table;
}

Result<void> PlaceTable::link() {
  Faults faults;
  const uint32_t n = size();
  parents_.assign(n, kNoPlace);
  ends_.assign(n, n);
  std::vector<uint32_t> open;  // the chain of places that may contain the next one
  for (uint32_t i = 0; i < n; ++i) {
    const auto code = code_of(keys_[i]);
    while (!open.empty() && !code_of(keys_[open.back()]).contains(code)) {
      ends_[open.back()] = i;
      open.pop_back();
    }
    const auto wanted = code.parent();
    if (open.empty() ? !wanted.empty() : code_of(keys_[open.back()]) != wanted)
      faults.add(i, "code", "上级区划不存在：" + wanted.text(), "the parent place is absent: " + wanted.text());
    parents_[i] = open.empty() ? kNoPlace : open.back();
    open.push_back(i);
  }
  if (faults.any()) return std::move(faults.error);
  return {};
}

PlaceCode PlaceTable::code(uint32_t index) const {
  return code_of(keys_[index]);
}
PlaceLevel PlaceTable::level(uint32_t index) const {
  return kLevels[keys_[index] % 8];
}

Place PlaceTable::place(uint32_t index) const {
  return {code(index), name(index), position(index), position_approximate(index), index};
}

uint32_t PlaceTable::index_of(PlaceCode code) const {
  if (code.level() == PlaceLevel::kNone || code.digits() >= 1'000'000'000'000) return kNoPlace;
  const uint64_t key = key_of(code);
  const auto it = std::lower_bound(keys_.begin(), keys_.end(), key);
  return it != keys_.end() && *it == key ? static_cast<uint32_t>(it - keys_.begin()) : kNoPlace;
}

std::optional<Place> PlaceTable::find(PlaceCode code) const {
  const auto index = index_of(code);
  if (index == kNoPlace) return std::nullopt;
  return place(index);
}

PlaceRange PlaceTable::range(PlaceCode code) const {
  if (code.empty()) return {0, size()};
  const auto index = index_of(code);
  return index == kNoPlace ? PlaceRange{} : range(index);
}

std::vector<uint32_t> PlaceTable::children(uint32_t index) const {
  std::vector<uint32_t> out;
  const uint32_t end = index == kNoPlace ? size() : ends_[index];
  for (uint32_t i = index == kNoPlace ? 0 : index + 1; i < end; i = ends_[i]) out.push_back(i);
  return out;
}

std::vector<Place> PlaceTable::children(PlaceCode code) const {
  const auto index = index_of(code);
  std::vector<Place> out;
  if (index == kNoPlace && !code.empty()) return out;
  for (auto i : children(index)) out.push_back(place(i));
  return out;
}

std::vector<Place> PlaceTable::ancestors(PlaceCode code) const {
  std::vector<Place> out;
  for (auto i = index_of(code); i != kNoPlace && parents_[i] != kNoPlace; i = parents_[i])
    out.push_back(place(parents_[i]));
  std::reverse(out.begin(), out.end());
  return out;
}

std::string PlaceTable::full_name(PlaceCode code, std::string_view separator) const {
  const auto self = index_of(code);
  if (self == kNoPlace) return {};
  std::vector<uint32_t> chain;
  for (auto i = self; i != kNoPlace; i = parents_[i])
    // A county-level city without counties repeats its city (东莞市 / 东莞市).
    if (i == self || !(is_code_only_place(name(i)) || name(i) == name(chain.back()))) chain.push_back(i);
  std::string out;
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) {
    if (!out.empty()) out.append(separator);
    out.append(name(*it));
  }
  return out;
}

std::string PlaceTable::short_name(PlaceCode code) const {
  const auto index = index_of(code);
  return index == kNoPlace ? std::string() : short_place_name(name(index), level(index));
}

std::optional<LonLat> PlaceTable::position(uint32_t index) const {
  if (lon_e7_[index] == kNoPosition) return std::nullopt;
  return LonLat{lon_e7_[index] / 1e7, lat_e7_[index] / 1e7};
}

void PlaceTable::set_position(uint32_t index, LonLat position, bool approximate) {
  CHECK(index < size() && is_valid(position));
  lon_e7_[index] = static_cast<int32_t>(std::lround(position.lon * 1e7));
  lat_e7_[index] = static_cast<int32_t>(std::lround(position.lat * 1e7));
  approximate_[index] = approximate;
}

size_t PlaceTable::memory_bytes() const {
  return keys_.capacity() * 8 + names_.capacity() + approximate_.capacity() +
         4 * (name_at_.capacity() + parents_.capacity() + ends_.capacity() + lon_e7_.capacity() + lat_e7_.capacity());
}

}  // namespace anlan
