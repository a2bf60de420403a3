#include "registry/site_token.h"

#include <charconv>

#include "base/hash.h"

namespace anlan {
namespace {

constexpr std::string_view kPrefix = "site-";

std::string mac(const std::string& key, std::string_view account) {
  const auto digest = hmac_sha256(key, "site|" + std::string(account));
  return to_hex(digest).substr(0, 30);
}

}  // namespace

std::string SiteTokens::token(AccountId account) const {
  const auto number = std::to_string(account.value);
  return std::string(kPrefix) + number + "-" + mac(key_, number);
}

std::optional<AccountId> SiteTokens::open(std::string_view token) const {
  if (token.size() > 64 || !token.starts_with(kPrefix)) return std::nullopt;
  token.remove_prefix(kPrefix.size());
  const size_t bar = token.find('-');
  if (bar == std::string_view::npos) return std::nullopt;
  const auto number = token.substr(0, bar);
  int64_t id = 0;
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), id);
  if (fault != std::errc() || end != number.data() + number.size() || id <= 0) return std::nullopt;
  // The number as written, so that "007" is no other spelling of a token.
  if (std::to_string(id) != number || !equal_constant_time(mac(key_, number), token.substr(bar + 1))) return std::nullopt;
  return AccountId{id};
}

}  // namespace anlan
