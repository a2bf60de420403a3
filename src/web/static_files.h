// The web application's files, read once at start and served from memory.
//
// Only names found at load are served, so no request can reach another file. Files under /assets/ carry a content
// hash in their name and may be kept for ever; everything else is revalidated by its ETag. A page address that names no
// file gets index.html, because the application routes inside the browser. Read-only after load: any thread may answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "web/http_message.h"

namespace anlan {

inline constexpr size_t kStaticFilesMax = 10'000;
inline constexpr size_t kStaticBytesMax = 256u << 20;

class StaticFiles {
 public:
  // Every regular file below the folder; links are not followed. kNotFound without index.html, kTooLarge beyond the
  // bounds above, kCorrupt when a file cannot be read.
  static Result<StaticFiles> load(const std::string& folder);

  // Nothing when the request is not for a file or a page (other method, unknown name with an ending).
  std::optional<HttpResponse> answer(const HttpRequest& request) const;

  // Adds a header to every page (text/html), e.g. the Content-Security-Policy. Call before serving.
  void add_page_header(std::string name, std::string value) { page_headers_.add(std::move(name), std::move(value)); }

  size_t size() const { return files_.size(); }

 private:
  struct File {
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> gzipped;  // null when it would not be smaller
    std::string content_type;
    std::string etag;
    bool immutable = false;
  };
  HttpResponse respond(const File& file, const HttpRequest& request) const;

  std::unordered_map<std::string, File> files_;  // by path, "/assets/index-4f3a.js"
  Headers page_headers_;
};

}  // namespace anlan
