// Short links by which a called person answers without an account: "<round>-<call>-<mac>" in base 62. The last part is
// 60 bits of an HMAC under the node's key: it cannot be guessed, and nothing needs to be stored per link.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace anlan {

struct CallRef {
  RoundId round;
  int64_t seq = 0;
};

class AnswerLinks {
 public:
  explicit AnswerLinks(std::string node_key) : key_(std::move(node_key)) {}
  std::string token(CallRef call) const;
  std::optional<CallRef> open(std::string_view token) const;
  // "message https://…/a/1-2a-9bcDEF": what a text message says.
  std::string message_with_link(const std::string& message, const std::string& public_url, CallRef call) const {
    return message + " " + public_url + "/a/" + token(call);
  }

 private:
  std::string mac(CallRef call) const;
  std::string key_;
};

}  // namespace anlan
