#include "web/static_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/hash.h"
#include "web/compression.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;

// Level 6 keeps the start short; level 9 saves another 1 %.
constexpr int kLoadLevel = 6;

std::optional<std::string> read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return in.bad() ? std::nullopt : std::optional(std::move(bytes));
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

bool names_a_file(std::string_view path) { return path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos; }

}  // namespace

Result<StaticFiles> StaticFiles::load(const std::string& folder) {
  StaticFiles files;
  size_t bytes_total = 0;
  std::error_code fault;
  for (fs::recursive_directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault)) {
    if (!it->is_regular_file(fault) || it->is_symlink(fault)) continue;
    auto bytes = read_whole(it->path());
    if (!bytes) return Error(ErrorCode::kCorrupt, {{"what", it->path().string()}, {"why", "read"}});
    bytes_total += bytes->size();
    if (files.files_.size() == kStaticFilesMax || bytes_total > kStaticBytesMax)
      return Error(ErrorCode::kTooLarge, {{"what", folder}, {"limit", std::to_string(kStaticBytesMax)}});
    const std::string path = "/" + fs::relative(it->path(), folder, fault).generic_string();
    File file;
    file.content_type = content_type_of(path);
    // Weak, because the packed and the plain form share it.
    file.etag = "W/\"" + to_hex(sha256(*bytes)).substr(0, 16) + "\"";
    file.immutable = path.rfind("/assets/", 0) == 0;
    if (bytes->size() > kCompressBytesMin && is_compressible(file.content_type)) {
      std::string packed = gzip(*bytes, kLoadLevel);
      if (packed.size() < bytes->size()) file.gzipped = std::make_shared<const std::string>(std::move(packed));
    }
    file.plain = std::make_shared<const std::string>(std::move(*bytes));
    files.files_.emplace(path, std::move(file));
  }
  if (fault || !files.files_.count("/index.html")) return Error(ErrorCode::kNotFound, {{"what", folder + "/index.html"}});
  return files;
}

std::optional<HttpResponse> StaticFiles::answer(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  auto it = files_.find(request.path);
  if (it == files_.end()) {
    if (names_a_file(request.path)) return std::nullopt;
    it = files_.find("/index.html");
  }
  return respond(it->second, request);
}

HttpResponse StaticFiles::respond(const File& file, const HttpRequest& request) const {
  HttpResponse response;
  response.headers.add("ETag", file.etag);
  response.headers.add("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (file.gzipped) response.headers.add("Vary", "Accept-Encoding");
  if (etag_matches(request.header("If-None-Match").value_or(""), file.etag)) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", file.content_type);
  response.headers.add("X-Content-Type-Options", "nosniff");
  if (file.content_type.rfind("text/html", 0) == 0)
    for (const auto& [name, value] : page_headers_) response.headers.add(name, value);
  const bool packed = file.gzipped && accepts_gzip(request.header("Accept-Encoding").value_or(""));
  if (packed) response.headers.add("Content-Encoding", "gzip");
  response.body = packed ? file.gzipped : file.plain;
  return response;
}

}  // namespace anlan
