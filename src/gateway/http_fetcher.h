// Documents over HTTP and HTTPS, by libcurl. Only http and https; at most five redirects; bounded in size and time.
#pragma once

#include "base/ports.h"

namespace anlan {

class HttpFetcher final : public Fetcher {
 public:
  Result<FetchedDocument> get(const std::string& url, const std::string& etag, size_t max_bytes, Millis timeout) override;
};

}  // namespace anlan
