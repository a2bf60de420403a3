#include "gateway/http_fetcher.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

namespace anlan {
namespace {

struct Sink {
  std::string body, etag;
  size_t max_bytes;
  bool too_large = false;
};

size_t on_body(char* data, size_t size, size_t count, void* to) {
  auto& sink = *static_cast<Sink*>(to);
  if (sink.body.size() + size * count > sink.max_bytes) {
    sink.too_large = true;
    return 0;
  }
  sink.body.append(data, size * count);
  return size * count;
}

size_t on_header(char* data, size_t size, size_t count, void* to) {
  std::string_view line(data, size * count);
  if (line.size() > 5 && strncasecmp(line.data(), "etag:", 5) == 0) {
    line.remove_prefix(5);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
    static_cast<Sink*>(to)->etag = std::string(line.substr(0, 256));
  }
  return size * count;
}

bool is_local_v4(uint32_t address) {  // host order
  return address >> 24 == 127 || address >> 24 == 0 || address >> 16 == 0xA9FE;  // 127/8, 0/8, 169.254/16
}

bool is_local(const sockaddr* address) {
  if (address->sa_family == AF_INET) return is_local_v4(ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr));
  if (address->sa_family != AF_INET6) return true;
  const in6_addr& a = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&a) || IN6_IS_ADDR_V4COMPAT(&a)) {
    uint32_t v4;
    std::memcpy(&v4, a.s6_addr + 12, sizeof v4);
    return is_local_v4(ntohl(v4));
  }
  return IN6_IS_ADDR_LOOPBACK(&a) || IN6_IS_ADDR_UNSPECIFIED(&a) || IN6_IS_ADDR_LINKLOCAL(&a);
}

// Called with the resolved address of every connection, also after a redirect.
curl_socket_t open_outside(void* refused, curlsocktype, curl_sockaddr* address) {
  if (is_local(&address->addr)) {
    *static_cast<bool*>(refused) = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace

Result<FetchedDocument> HttpFetcher::get(const std::string& url, const std::string& etag, size_t max_bytes, Millis timeout) {
  std::vector<std::string> headers;
  if (!etag.empty()) headers.push_back("If-None-Match: " + etag);
  return perform(url, headers, nullptr, max_bytes, timeout);
}

Result<FetchedDocument> HttpFetcher::post(const std::string& url, const std::vector<std::string>& headers, const std::string& body, size_t max_bytes, Millis timeout) {
  return perform(url, headers, &body, max_bytes, timeout);
}

Result<FetchedDocument> HttpFetcher::perform(const std::string& url, const std::vector<std::string>& header_lines, const std::string* posted, size_t max_bytes, Millis timeout) {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) return Error(ErrorCode::kInternal, {{"why", "curl"}});
  Sink sink{{}, {}, max_bytes};
  curl_slist* list = nullptr;
  for (const auto& line : header_lines) list = curl_slist_append(list, line.c_str());
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, posted ? 0L : 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count));
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "Anlan");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &sink);
  if (posted) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(posted->size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, posted->data());
  }
  bool refused = false;
  if (!local_too_) {
    curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETFUNCTION, open_outside);
    curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETDATA, &refused);
  }
  const CURLcode code = curl_easy_perform(curl.get());
  if (sink.too_large) return Error(ErrorCode::kTooLarge, {{"what", url}, {"limit", std::to_string(max_bytes)}});
  if (code != CURLE_OK && refused) return Error(ErrorCode::kForbidden, {{"why", "不读取本机或链路本地地址 / addresses of this machine and link-local ones are not fetched: " + url}});
  if (code != CURLE_OK) return Error(ErrorCode::kUnavailable, {{"what", url + " (" + curl_easy_strerror(code) + ")"}});
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return FetchedDocument{static_cast<int>(status), std::move(sink.body), std::move(sink.etag)};
}

}  // namespace anlan
