#include "base/place_code.h"

namespace anlan {
namespace {

constexpr int64_t pow10(int n) {
  int64_t p = 1;
  while (n-- > 0) p *= 10;
  return p;
}

int width(PlaceLevel level) { return static_cast<int>(level); }

}  // namespace

std::optional<PlaceCode> PlaceCode::parse(std::string_view text) {
  if (text.size() < 2 || text.size() > 12 || text[0] == '0') return std::nullopt;
  for (char c : text)
    if (c < '0' || c > '9') return std::nullopt;
  auto zeros_from = [&](size_t at) { return text.find_first_not_of('0', at) == std::string_view::npos; };
  // A zero-padded form names the coarsest level whose remaining digits are all zero.
  if (text.size() == 6 || text.size() == 9 || text.size() == 12)
    for (size_t n : {size_t{2}, size_t{4}, size_t{6}, size_t{9}})
      if (n < text.size() && zeros_from(n)) {
        text = text.substr(0, n);
        break;
      }
  switch (text.size()) {
    case 2: case 4: case 6: case 9: case 12: break;
    default: return std::nullopt;
  }
  int64_t value = 0;
  for (char c : text) value = value * 10 + (c - '0');
  return PlaceCode(value);
}

PlaceLevel PlaceCode::level() const {
  if (digits_ <= 0) return PlaceLevel::kNone;
  if (digits_ < 100) return PlaceLevel::kProvince;
  if (digits_ < 10'000) return PlaceLevel::kCity;
  if (digits_ < 1'000'000) return PlaceLevel::kCounty;
  if (digits_ < 1'000'000'000) return PlaceLevel::kTown;
  return PlaceLevel::kVillage;
}

PlaceCode PlaceCode::parent() const {
  switch (level()) {
    case PlaceLevel::kVillage:
    case PlaceLevel::kTown: return PlaceCode(digits_ / 1000);
    case PlaceLevel::kCounty:
    case PlaceLevel::kCity: return PlaceCode(digits_ / 100);
    default: return {};
  }
}

PlaceCode PlaceCode::at_level(PlaceLevel wanted) const {
  const int drop = width(level()) - width(wanted);
  return drop < 0 ? PlaceCode() : PlaceCode(digits_ / pow10(drop));
}

int64_t PlaceCode::first_key() const { return digits_ * pow10(12 - width(level())); }
int64_t PlaceCode::last_key() const {
  if (empty()) return pow10(12) - 1;
  return first_key() + pow10(12 - width(level())) - 1;
}

bool PlaceCode::contains(PlaceCode other) const {
  if (empty()) return true;
  const int drop = width(other.level()) - width(level());
  return drop >= 0 && other.digits_ / pow10(drop) == digits_;
}

std::string PlaceCode::text() const { return empty() ? std::string() : std::to_string(digits_); }

}  // namespace anlan
