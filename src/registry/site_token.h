// Tokens by which a site's gateway sends readings: "site-<account>-<mac>". The mac is 120 bits of an HMAC under the node's
// key, so nothing is stored per token; it holds as long as its account exists, is enabled and has the role `site`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace anlan {

class SiteTokens {
 public:
  explicit SiteTokens(std::string node_key) : key_(std::move(node_key)) {}
  std::string token(AccountId account) const;
  std::optional<AccountId> open(std::string_view token) const;

 private:
  std::string key_;
};

}  // namespace anlan
