#include "documents/encoding.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "documents/faults.h"

namespace anlan {
namespace {

int line_of(std::string_view bytes, size_t offset) {
  return 1 + static_cast<int>(std::count(bytes.begin(), bytes.begin() + offset, '\n'));
}

// Length of the UTF-8 sequence at the start of s, 0 when it is malformed (Unicode 15, table 3-7).
size_t sequence_length(std::string_view s) {
  const auto at = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const auto tail = [&](size_t i) { return (at(i) & 0xC0u) == 0x80u; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80, high = lead == 0xED ? 0x9F : 0xBF;
    return at(1) >= low && at(1) <= high && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xF4 ? 0x8F : 0xBF;
    return at(1) >= low && at(1) <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

// True when at least nine of ten long sequences are good UTF-8: GBK text never looks like that.
bool is_damaged_utf8(std::string_view bytes) {
  size_t good = 0, bad = 0;
  for (size_t i = 0; i < bytes.size();) {
    const size_t length = sequence_length(bytes.substr(i, 4));
    if (length > 2) ++good;
    i += std::max<size_t>(length, 1);
    if (length > 0) continue;
    ++bad;  // a cut character is one fault, not one per byte
    for (int rest = 0; rest < 2 && i < bytes.size() && (bytes[i] & 0xC0) == 0x80; ++rest) ++i;
  }
  return good >= 4 && good >= 9 * bad;
}

struct ConverterCloser {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, ConverterCloser>;

struct Conversion {
  std::string utf8;
  std::optional<size_t> stopped_at;  // just behind the bytes that make no sense
};

Conversion convert(std::string_view bytes, const char* charset) {
  UErrorCode status = U_ZERO_ERROR;
  const Converter from(ucnv_open(charset, &status)), to(ucnv_open("UTF-8", &status));
  ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  CHECK_MSG(U_SUCCESS(status), u_errorName(status));

  constexpr size_t kPivot = 8192;
  std::vector<UChar> pivot(kPivot);
  UChar* pivot_from = pivot.data();
  UChar* pivot_to = pivot.data();
  const char* source = bytes.data();
  Conversion out;
  size_t used = 0;
  for (bool first = true;; first = false) {
    out.utf8.resize(used + std::max<size_t>(bytes.size() - (source - bytes.data()), 64) * 3 / 2);
    char* target = out.utf8.data() + used;
    status = U_ZERO_ERROR;
    ucnv_convertEx(to.get(), from.get(), &target, out.utf8.data() + out.utf8.size(), &source,
                   bytes.data() + bytes.size(), pivot.data(), &pivot_from, &pivot_to, pivot.data() + kPivot, first,
                   true, &status);
    used = target - out.utf8.data();
    if (status == U_BUFFER_OVERFLOW_ERROR) continue;
    out.utf8.resize(used);
    if (U_FAILURE(status)) out.stopped_at = source - bytes.data();
    return out;
  }
}

Result<DecodedText> converted(std::string_view bytes, const char* charset) {
  auto conversion = convert(bytes, charset);
  if (conversion.stopped_at)
    return file_fault(line_of(bytes, *conversion.stopped_at), "",
                      "文件编码无法识别，请另存为“CSV UTF-8”后重试",
                      "The encoding is not known; save the file as “CSV UTF-8” and try again");
  DecodedText out;
  out.owned = std::make_shared<const std::string>(std::move(conversion.utf8));
  out.text = *out.owned;
  out.encoding = charset;
  return out;
}

Result<DecodedText> decode(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return converted(bytes.substr(2), "UTF-16LE");
  if (bytes.starts_with("\xFE\xFF")) return converted(bytes.substr(2), "UTF-16BE");
  const bool bom = bytes.starts_with("\xEF\xBB\xBF");
  const auto body = bom ? bytes.substr(3) : bytes;
  const size_t good = utf8_prefix(body);
  if (good == body.size()) return DecodedText{body, nullptr, "UTF-8"};
  if (bom || is_damaged_utf8(body))
    return file_fault(line_of(body, good), "", "文件是 UTF-8 编码，但这一行有损坏的字符",
                      "The file is UTF-8 but this line has a damaged character");
  return converted(body, "GB18030");
}

}  // namespace

size_t utf8_prefix(std::string_view bytes) {
  size_t i = 0;
  while (i < bytes.size()) {
    uint64_t eight;
    if (bytes.size() - i >= sizeof eight) {
      std::memcpy(&eight, bytes.data() + i, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        i += sizeof eight;
        continue;
      }
    }
    const size_t length = sequence_length(bytes.substr(i, 4));
    if (length == 0) return i;
    i += length;
  }
  return i;
}

Result<DecodedText> decode_text(std::string_view bytes) {
  TRY(decoded, decode(bytes));
  if (const size_t nul = decoded.text.find('\0'); nul != std::string_view::npos)
    return file_fault(line_of(decoded.text, nul), "", "这不是文本表格：含有空字节（NUL）",
                      "This is not a text table: it holds a NUL byte");
  return decoded;
}

}  // namespace anlan
