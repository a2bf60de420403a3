#include "web/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace anlan {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts off and returns what stands before the next separator.
std::string_view next_item(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view item = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return item;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < 32 && c != '\t') || c == 127; });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 32 && c < 127 && std::string_view("()<>@,;:\\\"/[]?={}").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

Error bad_target(std::string why) { return Error(ErrorCode::kBadRequest, {{"why", std::move(why)}}); }

bool climbs(std::string_view path) {
  while (!path.empty()) {
    const auto segment = next_item(path, '/');
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

bool is_servers_own(std::string_view name) {
  for (const char* own : {"Content-Length", "Connection", "Date", "Transfer-Encoding"})
    if (equal_ignoring_case(name, own)) return true;
  return false;
}

bool forbids_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const int more = c >= 0xc2 && c <= 0xdf ? 1 : c >= 0xe0 && c <= 0xef ? 2 : c >= 0xf0 && c <= 0xf4 ? 3 : 0;
    if (more == 0 || text.size() - i <= static_cast<size_t>(more)) return false;
    uint32_t point = c & (0x3f >> more);
    for (int k = 1; k <= more; ++k) {
      const auto d = static_cast<unsigned char>(text[i + k]);
      if ((d & 0xc0) != 0x80) return false;
      point = point << 6 | (d & 0x3f);
    }
    // Overlong forms, surrogates and points beyond Unicode are not UTF-8.
    if ((more == 2 && (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))) ||
        (more == 3 && (point < 0x10000 || point > 0x10ffff)))
      return false;
    i += more + 1;
  }
  return true;
}

void Headers::set(std::string name, std::string value) {
  std::erase_if(fields_, [&](const auto& field) { return equal_ignoring_case(field.first, name); });
  add(std::move(name), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_)
    if (equal_ignoring_case(key, name)) return value;
  return std::nullopt;
}

size_t Headers::count(std::string_view name) const {
  return std::count_if(fields_.begin(), fields_.end(), [&](const auto& f) { return equal_ignoring_case(f.first, name); });
}

bool Headers::lists(std::string_view name, std::string_view token) const {
  for (const auto& [key, value] : fields_) {
    if (!equal_ignoring_case(key, name)) continue;
    for (std::string_view rest = value; !rest.empty();)
      if (equal_ignoring_case(trimmed(next_item(rest, ',')), token)) return true;
  }
  return false;
}

Result<QueryParams> QueryParams::parse(std::string_view text) {
  QueryParams params;
  const auto decode = [](std::string_view part) {
    std::string spaced(part);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
  };
  while (!text.empty()) {
    std::string_view pair = next_item(text, '&');
    if (pair.empty()) continue;
    if (params.pairs_.size() == kQueryParametersMax)
      return Error(ErrorCode::kTooLarge, {{"what", "query"}, {"limit", std::to_string(kQueryParametersMax)}});
    auto name = decode(next_item(pair, '='));
    auto value = decode(pair);
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) return bad_target("query");
    params.pairs_.emplace_back(std::move(*name), std::move(*value));
  }
  return params;
}

std::optional<std::string_view> QueryParams::find(std::string_view name) const {
  for (const auto& [key, value] : pairs_)
    if (key == name) return value;
  return std::nullopt;
}

std::vector<std::string_view> QueryParams::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : pairs_)
    if (key == name) values.push_back(value);
  return values;
}

Result<std::optional<int64_t>> QueryParams::number(std::string_view name, int64_t min, int64_t max) const {
  const auto text = find(name);
  if (!text) return std::optional<int64_t>();
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (fault != std::errc() || end != text->data() + text->size() || value < min || value > max)
    return Error(ErrorCode::kInvalidField, {{"field", std::string(name)}, {"why", fmt::format("{}..{}", min, max)}});
  return std::optional<int64_t>(value);
}

std::optional<std::string_view> HttpRequest::cookie(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equal_ignoring_case(key, "Cookie"))
      if (const auto found = find_cookie(value, name)) return found;
  return std::nullopt;
}

HttpResponse HttpResponse::text(int status, std::string text) {
  HttpResponse response{.status = status, .body = std::move(text)};
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  return response;
}

HttpResponse HttpResponse::json(int status, std::string text) {
  HttpResponse response{.status = status, .body = std::move(text)};
  response.headers.add("Content-Type", "application/json");
  return response;
}

HttpResponse HttpResponse::empty(int status) { return HttpResponse{.status = status}; }

std::string_view HttpResponse::body_text() const {
  if (const auto* own = std::get_if<std::string>(&body)) return *own;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body))
    return *shared ? std::string_view(**shared) : std::string_view();
  return {};
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    const bool unreserved = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved)
      out += static_cast<char>(c);
    else
      fmt::format_to(std::back_inserter(out), "%{:02X}", c);
  }
  return out;
}

Result<void> read_target(std::string_view target, std::string& path, QueryParams& query) {
  if (target == "*") {
    path.assign(1, '*');
    return {};
  }
  for (const char* scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(target.substr(0, std::string_view(scheme).size()), scheme)) continue;
    const size_t authority_end = target.find_first_of("/?#", std::string_view(scheme).size());
    target = authority_end == std::string_view::npos ? "/" : target.substr(authority_end);
  }
  if (target.empty() || target.front() != '/') return bad_target("target");
  target = target.substr(0, target.find('#'));
  const size_t mark = target.find('?');
  auto decoded = percent_decode(target.substr(0, mark));
  if (!decoded || !is_utf8(*decoded) || decoded->find('\0') != std::string::npos) return bad_target("path");
  if (climbs(*decoded)) return bad_target("path");
  if (mark != std::string_view::npos) {
    TRY(parsed, QueryParams::parse(target.substr(mark + 1)));
    query = std::move(parsed);
  }
  path = std::move(*decoded);
  return {};
}

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    std::string_view pair = next_item(header, ';');
    if (pair.find('=') == std::string_view::npos) continue;
    if (trimmed(next_item(pair, '=')) != name) continue;
    pair = trimmed(pair);
    if (pair.size() >= 2 && pair.front() == '"' && pair.back() == '"') pair = pair.substr(1, pair.size() - 2);
    return pair;
  }
  return std::nullopt;
}

std::string set_cookie(std::string_view name, std::string_view value, const CookieAttributes& attributes) {
  CHECK(is_token(name));
  CHECK(value.find_first_of(" \",;\\") == std::string_view::npos && !has_control(value));
  std::string out = fmt::format("{}={}; Path={}; SameSite={}", name, value, attributes.path, attributes.same_site);
  if (attributes.max_age_s >= 0) out += fmt::format("; Max-Age={}", attributes.max_age_s);
  if (attributes.http_only) out += "; HttpOnly";
  if (attributes.secure) out += "; Secure";
  return out;
}

void write_head(std::string& out, const HttpResponse& response, uint64_t content_length, std::string_view date,
                bool keep_alive, bool http_1_0) {
  const auto line = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  line("Date", date);
  if (!forbids_body(response.status)) fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", content_length);
  for (const auto& [name, value] : response.headers)
    if (is_token(name) && !has_control(value) && !is_servers_own(name)) line(name, value);
  if (!keep_alive)
    line("Connection", "close");
  else if (http_1_0)
    line("Connection", "keep-alive");
  out += "\r\n";
}

}  // namespace anlan
