// One HTTP request and one response as plain values, and the small parsers that read what browsers send.
//
// Everything here is bounded and works on bytes from outside: malformed text is an Error, absent is an empty
// optional. Nothing in this file knows sockets, so routes are tested without a server.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace anlan {

inline constexpr size_t kQueryParametersMax = 256;
inline constexpr size_t kHeaderFieldsMax = 100;

bool equal_ignoring_case(std::string_view a, std::string_view b);
bool is_utf8(std::string_view text);

// Header fields in order of arrival; names compare without case.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string name, std::string value);  // replaces every field of that name
  std::optional<std::string_view> find(std::string_view name) const;
  size_t count(std::string_view name) const;
  // True when the comma-separated list of that name holds the token ("Connection: keep-alive, Upgrade").
  bool lists(std::string_view name, std::string_view token) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Decoded name=value pairs of a query or of an application/x-www-form-urlencoded body, in order.
class QueryParams {
 public:
  // At most kQueryParametersMax pairs of valid UTF-8; '+' is a space. O(n).
  static Result<QueryParams> parse(std::string_view text);
  std::optional<std::string_view> find(std::string_view name) const;  // the first of that name
  std::vector<std::string_view> all(std::string_view name) const;
  // Absent: empty. Present but not a whole number in [min, max]: kInvalidField.
  Result<std::optional<int64_t>> number(std::string_view name, int64_t min, int64_t max) const;
  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }
  size_t size() const { return pairs_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

struct HttpRequest {
  std::string method;  // as sent, e.g. "GET"
  std::string target;  // as sent, with the query
  std::string path;    // decoded, valid UTF-8, begins with '/', holds no "." or ".." segment and no NUL
  QueryParams query;
  Headers headers;
  std::string body;
  std::string peer_address;  // numeric, without port
  bool tls = false;

  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  std::optional<std::string_view> cookie(std::string_view name) const;
};

// A part of a file that the server reads while it sends, so that a large export never lies in memory.
struct FileBody {
  std::string path;
  uint64_t offset = 0;
  std::optional<uint64_t> length;  // to the end of the file when absent
};

using HttpBody = std::variant<std::string, std::shared_ptr<const std::string>, FileBody>;

// Content-Length, Connection, Date and Transfer-Encoding are the server's; fields of these names are ignored.
// Fields that hold control characters are left out, so that no value can split the response.
struct HttpResponse {
  int status = 200;
  Headers headers;
  HttpBody body;

  static HttpResponse text(int status, std::string text);  // text/plain; charset=utf-8
  static HttpResponse json(int status, std::string text);  // application/json
  static HttpResponse empty(int status);
  // The body when it is in memory; empty for a FileBody.
  std::string_view body_text() const;
};

// %XX decoded; '+' stays. Malformed escapes are nothing.
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // all but unreserved characters (RFC 3986 §2.3)

// Splits a request target (origin form, absolute form or "*") into path and query. kBadRequest when malformed,
// not UTF-8, or when the path climbs ("..").
Result<void> read_target(std::string_view target, std::string& path, QueryParams& query);

// The value of one cookie in a Cookie header (RFC 6265 §5.4), without surrounding quotes.
std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name);

struct CookieAttributes {
  int64_t max_age_s = -1;  // -1: until the browser closes; 0: delete
  bool http_only = true;
  bool secure = false;
  std::string_view same_site = "Lax";
  std::string_view path = "/";
};
// A Set-Cookie value. CHECKs that name and value hold cookie characters only.
std::string set_cookie(std::string_view name, std::string_view value, const CookieAttributes& attributes);

// "text/html; charset=utf-8" by the end of a file name; application/octet-stream when unknown.
std::string_view content_type_of(std::string_view file_name);
std::string_view reason_phrase(int status);
std::string http_date(time_t time);  // RFC 9110 §5.6.7

// The head of a response, ready to send. content_length is ignored where the status forbids a body (1xx, 204, 304).
void write_head(std::string& out, const HttpResponse& response, uint64_t content_length, std::string_view date,
                bool keep_alive, bool http_1_0);

}  // namespace anlan
