// National place codes (GB/T 2260 and GB/T 10114, statistical division codes): province 2 digits, city 4, county 6,
// town 9, village 12. The level follows from the number of digits.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace anlan {

enum class PlaceLevel { kNone = 0, kProvince = 2, kCity = 4, kCounty = 6, kTown = 9, kVillage = 12 };

class PlaceCode {
 public:
  constexpr PlaceCode() = default;
  // The digits as a number, e.g. 622927 or 622927100001. Not validated; see parse.
  explicit constexpr PlaceCode(int64_t digits) : digits_(digits) {}

  // 2, 4, 6, 9 or 12 digits; longer zero-padded forms ("622927000000") are shortened to their level.
  static std::optional<PlaceCode> parse(std::string_view text);

  constexpr int64_t digits() const { return digits_; }
  constexpr bool empty() const { return digits_ == 0; }
  PlaceLevel level() const;
  PlaceCode parent() const;            // empty for a province
  PlaceCode at_level(PlaceLevel level) const;  // itself or the ancestor at that level; empty when finer than itself
  // True when other is this place or lies below it. The empty code (the whole country) contains all.
  bool contains(PlaceCode other) const;

  // 12-digit key: a place and all below it are the range [first_key, last_key].
  int64_t first_key() const;
  int64_t last_key() const;

  std::string text() const;  // "" when empty
  auto operator<=>(const PlaceCode&) const = default;

 private:
  int64_t digits_ = 0;
};

}  // namespace anlan

template <>
struct std::hash<anlan::PlaceCode> {
  size_t operator()(anlan::PlaceCode c) const noexcept { return std::hash<int64_t>{}(c.digits()); }
};
