#include "web/multipart.h"

#include <cstring>
#include <optional>

#include "web/http_message.h"

namespace anlan {
namespace {

Error malformed(std::string why) { return Error(ErrorCode::kBadRequest, {{"why", "multipart: " + std::move(why)}}); }

// memmem is vectorised; string_view::find is not, and bodies may hold hundreds of megabytes.
size_t find_bytes(std::string_view text, std::string_view what, size_t from) {
  if (from > text.size()) return std::string_view::npos;
  const void* at = memmem(text.data() + from, text.size() - from, what.data(), what.size());
  return at ? static_cast<size_t>(static_cast<const char*>(at) - text.data()) : std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Reads `; name=value; name="quoted \" value"` one by one.
class Parameters {
 public:
  explicit Parameters(std::string_view text) : rest_(text) {}

  // False at the end or at the first fault.
  bool next(std::string_view& name, std::string& value) {
    while (!rest_.empty() && (rest_.front() == ';' || rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
    const size_t equals = rest_.find('=');
    if (equals == std::string_view::npos) return false;
    name = trimmed(rest_.substr(0, equals));
    rest_.remove_prefix(equals + 1);
    value.clear();
    if (!rest_.empty() && rest_.front() == '"') return quoted(value);
    const size_t end = rest_.find(';');
    value = std::string(trimmed(rest_.substr(0, end)));
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end);
    return true;
  }

 private:
  bool quoted(std::string& value) {
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      // Browsers send a Windows path's backslash as it is; only \" and \\ are escapes.
      if (rest_[i] == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '"' || rest_[i + 1] == '\\')) ++i;
      value += rest_[i];
    }
    return false;
  }

  std::string_view rest_;
};

std::optional<std::string> boundary_of(std::string_view content_type) {
  const size_t semicolon = content_type.find(';');
  if (semicolon == std::string_view::npos ||
      !equal_ignoring_case(trimmed(content_type.substr(0, semicolon)), "multipart/form-data"))
    return std::nullopt;
  Parameters parameters(content_type.substr(semicolon));
  std::string_view name;
  std::string value;
  while (parameters.next(name, value))
    if (equal_ignoring_case(name, "boundary")) return value.empty() || value.size() > 70 ? std::nullopt : std::optional(value);
  return std::nullopt;
}

// WHATWG form encoding writes these three, and nothing else, as escapes inside a quoted name.
std::string without_form_escapes(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = std::string_view(text).substr(i, 3);
    if (three == "%22" || three == "%0D" || three == "%0A") {
      out += three == "%22" ? '"' : ' ';
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string last_segment(const std::string& path) {
  const size_t slash = path.find_last_of("/\\");
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

Result<void> read_disposition(std::string_view value, MultipartPart& part) {
  const size_t semicolon = value.find(';');
  if (!equal_ignoring_case(trimmed(value.substr(0, semicolon)), "form-data") || semicolon == std::string_view::npos)
    return malformed("Content-Disposition");
  Parameters parameters(value.substr(semicolon));
  std::string_view name;
  std::string text;
  bool extended = false;
  while (parameters.next(name, text)) {
    if (equal_ignoring_case(name, "name")) part.name = without_form_escapes(text);
    if (equal_ignoring_case(name, "filename") && !extended) part.file_name = last_segment(without_form_escapes(text));
    if (equal_ignoring_case(name, "filename*") && equal_ignoring_case(std::string_view(text).substr(0, 7), "UTF-8''")) {
      auto decoded = percent_decode(std::string_view(text).substr(7));
      if (!decoded) return malformed("filename*");
      part.file_name = last_segment(*decoded);
      extended = true;
    }
  }
  if (!is_utf8(part.name) || !is_utf8(part.file_name) || part.file_name.find('\0') != std::string::npos)
    return malformed("name");
  if (part.name.empty()) return malformed("name");
  return {};
}

Result<MultipartPart> read_part_head(std::string_view head) {
  MultipartPart part;
  bool disposed = false;
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view() : head.substr(end + 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("part header");
    const auto name = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "Content-Disposition")) {
      TRY_VOID(read_disposition(value, part));
      disposed = true;
    } else if (equal_ignoring_case(name, "Content-Type")) {
      part.content_type = std::string(value);
    }
  }
  if (!disposed) return malformed("no Content-Disposition");
  return part;
}

}  // namespace

Result<std::vector<MultipartPart>> parse_multipart(std::string_view content_type, std::string_view body) {
  const auto boundary = boundary_of(content_type);
  if (!boundary) return malformed("boundary");
  const std::string first = "--" + *boundary, delimiter = "\r\n" + first;
  size_t at = body.substr(0, first.size()) == first ? first.size() : std::string_view::npos;
  if (at == std::string_view::npos) {  // a preamble is allowed
    const size_t found = find_bytes(body, delimiter, 0);
    if (found == std::string_view::npos) return malformed("no part");
    at = found + delimiter.size();
  }
  std::vector<MultipartPart> parts;
  while (body.substr(at, 2) != "--") {
    if (body.substr(at, 2) != "\r\n") return malformed("delimiter");
    if (parts.size() == kMultipartPartsMax)
      return Error(ErrorCode::kTooLarge, {{"what", "multipart"}, {"limit", std::to_string(kMultipartPartsMax)}});
    // From the line break of the delimiter, so that a part without any header is found too.
    const size_t head_end = find_bytes(body.substr(0, std::min(body.size(), at + kMultipartPartHeadBytesMax)), "\r\n\r\n", at);
    if (head_end == std::string_view::npos) return malformed("part header");
    const size_t head_begin = at + 2;
    TRY(part, read_part_head(head_end > head_begin ? body.substr(head_begin, head_end - head_begin) : std::string_view()));
    const size_t content_begin = head_end + 4;
    // The break before the next delimiter may be the one that ends the head of an empty part.
    const size_t content_end = find_bytes(body, delimiter, content_begin - 2);
    if (content_end == std::string_view::npos) return malformed("cut short");
    if (content_end >= content_begin) part.content = body.substr(content_begin, content_end - content_begin);
    parts.push_back(std::move(part));
    at = content_end + delimiter.size();
  }
  return parts;
}

}  // namespace anlan
