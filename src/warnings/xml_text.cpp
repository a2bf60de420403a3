#include "warnings/xml_text.h"

#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace anlan {
namespace {

constexpr size_t kForbiddenListed = 20;

Error invalid(std::vector<ErrorDetail> details) {
  Error error(ErrorCode::kInvalidFile, {{"why", details.front().zh + " / " + details.front().en}});
  error.details = std::move(details);
  return error;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// The value of encoding="..." in the XML declaration, empty when there is none. Bytes must be like ASCII.
std::string declared_encoding(std::string_view bytes) {
  if (bytes.substr(0, 5) != "<?xml") return {};
  const auto declaration = bytes.substr(0, std::min(bytes.substr(0, 512).find("?>"), size_t{512}));
  auto at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  at = declaration.find_first_of("\"'", at);
  if (at == std::string_view::npos) return {};
  const auto end = declaration.find(declaration[at], at + 1);
  if (end == std::string_view::npos) return {};
  return lower(declaration.substr(at + 1, end - at - 1));
}

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// Converts to UTF-8. At the first bytes that are not in the encoding it stops and gives the offset behind them.
std::optional<size_t> convert(const char* encoding, std::string_view bytes, std::string& out) {
  UErrorCode status = U_ZERO_ERROR;
  const Converter from(ucnv_open(encoding, &status)), to(ucnv_open("UTF-8", &status));
  CHECK_MSG(U_SUCCESS(status), "ICU lacks a converter");
  ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  ucnv_setFromUCallBack(to.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::vector<UChar> pivot(4096);
  UChar *pivot_source = pivot.data(), *pivot_target = pivot.data();
  std::vector<char> chunk(1 << 16);
  const char* source = bytes.data();
  bool first = true;
  do {
    status = U_ZERO_ERROR;
    char* target = chunk.data();
    ucnv_convertEx(to.get(), from.get(), &target, chunk.data() + chunk.size(), &source, bytes.data() + bytes.size(),
                   pivot.data(), &pivot_source, &pivot_target, pivot.data() + pivot.size(), first, true, &status);
    out.append(chunk.data(), target);
    first = false;
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  if (U_SUCCESS(status)) return std::nullopt;
  return static_cast<size_t>(source - bytes.data());
}

// The line of an offset in bytes of the encoding. In GB18030 no byte of a longer character looks like a line feed.
int line_in(std::string_view encoding, std::string_view bytes, size_t offset) {
  if (!encoding.starts_with("UTF-16")) return line_at(bytes, offset);
  const size_t low = encoding == "UTF-16LE" ? 0 : 1;
  int line = 1;
  for (size_t i = 0; i + 1 < offset; i += 2) line += bytes[i + low] == '\n' && bytes[i + 1 - low] == 0;
  return line;
}

bool is_xml_character(UChar32 c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

// Calls fault(offset, character) for each bad one; character < 0 marks invalid UTF-8. Stops when fault returns false.
template <class Fault>
void scan(std::string_view text, Fault fault) {
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    const int32_t at = i;
    UChar32 c;
    U8_NEXT(text.data(), i, size, c);
    if ((c < 0 || !is_xml_character(c)) && !fault(static_cast<size_t>(at), c)) return;
  }
}

Result<XmlText> check_characters(XmlText text) {
  std::vector<ErrorDetail> details;
  scan(text.utf8, [&](size_t offset, UChar32) {
    details.push_back({line_at(text.utf8, offset), "", "含有XML不允许的控制字符",
                       "holds a control character that XML does not allow"});
    return details.size() < kForbiddenListed;
  });
  if (!details.empty()) return invalid(std::move(details));
  return text;
}

Result<XmlText> from_utf8(std::string_view bytes, std::vector<ErrorDetail> remarks) {
  std::optional<size_t> bad;
  scan(bytes, [&](size_t offset, UChar32 c) {
    if (c < 0) bad = offset;
    return !bad;
  });
  if (bad) {
    std::string ignored;
    const bool chinese = !convert("GB18030", bytes, ignored);
    return invalid(
        {{line_at(bytes, *bad), "encoding",
          chinese ? "内容不是UTF-8，看起来是GB18030/GBK；请在XML声明中写明encoding=\"GB18030\"，或另存为UTF-8"
                  : "内容不是有效的UTF-8；请另存为UTF-8，或在XML声明中写明实际编码",
          chinese ? "the bytes are not UTF-8 but look like GB18030; declare encoding=\"GB18030\" or save as UTF-8"
                  : "the bytes are not valid UTF-8; save as UTF-8 or declare the encoding used"}});
  }
  return check_characters({std::string(bytes), std::move(remarks)});
}

Result<XmlText> from_encoding(const char* encoding, std::string_view bytes, std::vector<ErrorDetail> remarks) {
  XmlText text{{}, std::move(remarks)};
  if (const auto bad = convert(encoding, bytes, text.utf8))
    return invalid({{line_in(encoding, bytes, *bad), "encoding", std::string("内容与声明的编码不符：") + encoding,
                     std::string("the bytes are not ") + encoding + ", which the file declares"}});
  return check_characters(std::move(text));
}

}  // namespace

Result<XmlText> decode_xml(std::string_view bytes) {
  const auto starts = [&](std::string_view prefix) { return bytes.substr(0, prefix.size()) == prefix; };
  using namespace std::string_view_literals;
  if (starts("\x00\x00\xFE\xFF"sv) || starts("\xFF\xFE\x00\x00"sv))
    return invalid({{1, "encoding", "不支持UTF-32编码", "UTF-32 is not supported"}});
  if (starts("\xFE\xFF"sv)) return from_encoding("UTF-16BE", bytes.substr(2), {});
  if (starts("\xFF\xFE"sv)) return from_encoding("UTF-16LE", bytes.substr(2), {});
  if (starts("\x00<"sv)) return from_encoding("UTF-16BE", bytes, {});
  if (starts("<\x00"sv)) return from_encoding("UTF-16LE", bytes, {});

  const bool marked = starts("\xEF\xBB\xBF"sv);
  if (marked) bytes.remove_prefix(3);
  const auto name = declared_encoding(bytes);
  const bool utf8 = name.empty() || name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii";
  if (marked && !utf8) {
    return from_utf8(bytes, {{1, "encoding", "文件带UTF-8标记，却声明为" + name + "；按UTF-8读取",
                              "the file has a UTF-8 mark but declares " + name + "; read as UTF-8"}});
  }
  if (utf8) return from_utf8(bytes, {});
  if (name == "gb18030" || name == "gbk" || name == "gb2312") return from_encoding("GB18030", bytes, {});
  if (name == "iso-8859-1" || name == "latin1") return from_encoding("ISO-8859-1", bytes, {});
  if (name.starts_with("utf-16"))
    return invalid({{1, "encoding", "声明为UTF-16，内容却不是", "UTF-16 is declared, but the bytes are not"}});
  const auto shown = is_xml_text(name) ? name.substr(0, 40) : std::string("?");
  return invalid({{1, "encoding", "不支持的编码：" + shown, "unknown encoding: " + shown}});
}

bool is_xml_text(std::string_view utf8) {
  bool good = true;
  scan(utf8, [&](size_t, UChar32) { return good = false; });
  return good;
}

int line_at(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(std::min(offset, text.size())), '\n'));
}

}  // namespace anlan
