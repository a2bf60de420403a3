#include "gateway/http_fetcher.h"

#include <curl/curl.h>

#include <strings.h>

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

}  // namespace

Result<FetchedDocument> HttpFetcher::get(const std::string& url, const std::string& etag, size_t max_bytes, Millis timeout) {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) return Error(ErrorCode::kInternal, {{"why", "curl"}});
  Sink sink{{}, {}, max_bytes};
  curl_slist* list = nullptr;
  if (!etag.empty()) list = curl_slist_append(list, ("If-None-Match: " + etag).c_str());
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count));
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "Anlan");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &sink);
  const CURLcode code = curl_easy_perform(curl.get());
  if (sink.too_large) return Error(ErrorCode::kTooLarge, {{"what", url}, {"limit", std::to_string(max_bytes)}});
  if (code != CURLE_OK) return Error(ErrorCode::kUnavailable, {{"what", url + " (" + curl_easy_strerror(code) + ")"}});
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return FetchedDocument{static_cast<int>(status), std::move(sink.body), std::move(sink.etag)};
}

}  // namespace anlan
