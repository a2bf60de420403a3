// Documents over HTTP and HTTPS, by libcurl. Only http and https; at most five redirects; bounded in size and time.
//
// Addresses of this machine (loopback, unspecified) and link-local ones are refused with kForbidden when a connection
// is about to be made, so neither a redirect nor a name that resolves to one gets through: whoever may name a source
// must not reach what listens here for this machine alone. A proxy named by the environment on such an address is
// refused likewise.
#pragma once

#include <string>
#include <vector>

#include "base/ports.h"

namespace anlan {

class HttpFetcher final : public Fetcher {
 public:
  explicit HttpFetcher(bool local_too = false) : local_too_(local_too) {}
  Result<FetchedDocument> get(const std::string& url, const std::string& etag, size_t max_bytes, Millis timeout) override;
  // Sends the body with these header lines; follows no redirect. Of the answer at most max_bytes are taken, like above.
  Result<FetchedDocument> post(const std::string& url, const std::vector<std::string>& headers, const std::string& body, size_t max_bytes, Millis timeout);

 private:
  // Without a body to post it is a GET.
  Result<FetchedDocument> perform(const std::string& url, const std::vector<std::string>& headers, const std::string* posted, size_t max_bytes, Millis timeout);
  bool local_too_;
};

}  // namespace anlan
