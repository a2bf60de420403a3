#include "registry/phone_number.h"

namespace anlan {
namespace {

Error refusal(const char* zh, const char* en) {
  Error error(ErrorCode::kInvalidField, {{"field", "phone"}, {"why", zh}});
  error.details.push_back({0, "phone", zh, en});
  return error;
}

// The digits and a leading '+'; nothing when something else than separators is among them.
bool strip(std::string_view typed, std::string& out) {
  for (size_t i = 0; i < typed.size(); ++i) {
    const char c = typed[i];
    const auto rest = typed.substr(i);
    if ((c >= '0' && c <= '9') || (c == '+' && out.empty())) out += c;
    else if (c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '\t' || c == '/') continue;
    else if (rest.starts_with("\u00a0")) i += 1;
    else if (rest.starts_with("　") || rest.starts_with("－") || rest.starts_with("（") || rest.starts_with("）") ||
             rest.starts_with("—") || rest.starts_with("–"))
      i += 2;
    else if (rest.starts_with("＋") && out.empty()) out += '+', i += 2;
    else if (rest.size() >= 3 && rest.substr(0, 2) == "\xEF\xBC" && rest[2] >= '\x90' && rest[2] <= '\x99')
      out += static_cast<char>('0' + (rest[2] - '\x90')), i += 2;
    else return false;
  }
  return true;
}

bool is_mobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3' && digits[1] <= '9';
}

bool is_landline(std::string_view digits) {
  if (digits.size() < 10 || digits.size() > 12 || digits[0] != '0' || digits[1] == '0') return false;
  const size_t area = digits[1] <= '2' ? 3 : 4;
  const size_t own = digits.size() - area;
  return (own == 7 || own == 8) && digits[area] >= '2';
}

}  // namespace

Result<std::string> normalise_phone(std::string_view typed) {
  if (typed.size() > 64) return refusal("号码太长", "too long");
  std::string digits;
  if (!strip(typed, digits)) return refusal("号码里有数字以外的字符", "has characters other than digits");
  if (digits.empty()) return refusal("没有号码", "empty");
  bool national = false;
  if (digits[0] == '+') {
    if (!digits.starts_with("+86")) return refusal("不是中国大陆号码", "not a number of mainland China");
    digits.erase(0, 3);
    national = true;
  } else if (digits.starts_with("0086")) {
    digits.erase(0, 4);
    national = true;
  } else if (digits.size() == 13 && digits.starts_with("86") && is_mobile(std::string_view(digits).substr(2))) {
    digits.erase(0, 2);
  }
  // Behind a country code the area code is written without its 0.
  if (national && !is_mobile(digits) && !digits.starts_with("0")) digits.insert(0, "0");
  if (is_mobile(digits) || is_landline(digits)) return digits;
  if (digits[0] == '1' && digits.size() > 8)
    return refusal("手机号应为 11 位、以 13 至 19 开头", "a mobile number has 11 digits and begins 13 to 19");
  if (digits[0] != '0' && (digits.size() == 7 || digits.size() == 8))
    return refusal("座机请带区号", "a landline needs its area code");
  return refusal("既不是 11 位手机号，也不是带区号的座机号", "neither an 11-digit mobile number nor a landline with area code");
}

uint64_t pack_phone(std::string_view digits) {
  if (digits.empty()) return 0;
  uint64_t packed = 1;
  for (char c : digits.substr(0, 18)) packed = packed * 10 + static_cast<uint64_t>(c - '0');
  return packed;
}

std::string unpack_phone(uint64_t packed) { return packed ? std::to_string(packed).substr(1) : std::string(); }

std::string mask_phone(std::string_view digits) {
  if (digits.size() < 8) return std::string(digits.size(), '*');
  const size_t head = digits[0] == '0' ? (digits[1] <= '2' ? 3 : 4) : 3;
  std::string out(digits.substr(0, head));
  out.append(digits.size() - head - 4, '*');
  out += digits.substr(digits.size() - 4);
  return out;
}

}  // namespace anlan
