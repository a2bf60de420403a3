#include "calls/answer_link.h"

#include "base/hash.h"

namespace anlan {
namespace {

std::optional<int64_t> from_base62(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  int64_t n = 0;
  for (char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
    if (digit < 0) return std::nullopt;
    n = n * 62 + digit;
  }
  return n;
}

}  // namespace

std::string AnswerLinks::mac(CallRef call) const {
  const auto digest = hmac_sha256(key_, "answer|" + std::to_string(call.round.value) + "|" + std::to_string(call.seq));
  uint64_t n = 0;
  for (int i = 0; i < 8; ++i) n = n << 8 | digest[static_cast<size_t>(i)];
  return to_base62(n >> 4);
}

std::string AnswerLinks::token(CallRef call) const {
  return to_base62(static_cast<uint64_t>(call.round.value)) + "-" + to_base62(static_cast<uint64_t>(call.seq)) + "-" + mac(call);
}

std::optional<CallRef> AnswerLinks::open(std::string_view token) const {
  if (token.size() > 40) return std::nullopt;
  const size_t a = token.find('-'), b = a == std::string_view::npos ? a : token.find('-', a + 1);
  if (b == std::string_view::npos) return std::nullopt;
  const auto round = from_base62(token.substr(0, a)), seq = from_base62(token.substr(a + 1, b - a - 1));
  if (!round || !seq) return std::nullopt;
  const CallRef call{RoundId{*round}, *seq};
  if (!equal_constant_time(mac(call), token.substr(b + 1))) return std::nullopt;
  return call;
}

}  // namespace anlan
