#include "web/compression.h"

#include <zlib.h>

#include <cstdlib>

#include "base/check.h"

namespace anlan {
namespace {

// Setting up a deflate state allocates 260 KB; each thread keeps one per level and resets it.
class Deflater {
 public:
  explicit Deflater(int level) {
    CHECK(deflateInit2(&stream_, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;

  std::string run(std::string_view bytes) {
    CHECK(bytes.size() < UINT32_MAX);
    CHECK(deflateReset(&stream_) == Z_OK);
    std::string out(deflateBound(&stream_, bytes.size()), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    CHECK(deflate(&stream_, Z_FINISH) == Z_STREAM_END);
    out.resize(stream_.total_out);
    return out;
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::string gzip(std::string_view bytes, int level) {
  if (level == 1) {
    thread_local Deflater fast(1);
    return fast.run(bytes);
  }
  return Deflater(level).run(bytes);
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const size_t comma = accept_encoding.find(',');
    std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding = comma == std::string_view::npos ? std::string_view() : accept_encoding.substr(comma + 1);
    const size_t semicolon = item.find(';');
    std::string_view coding = item.substr(0, semicolon);
    while (!coding.empty() && coding.front() == ' ') coding.remove_prefix(1);
    while (!coding.empty() && coding.back() == ' ') coding.remove_suffix(1);
    double quality = 1;
    if (semicolon != std::string_view::npos) {
      const size_t q = item.find("q=", semicolon);
      if (q != std::string_view::npos) quality = std::strtod(std::string(item.substr(q + 2)).c_str(), nullptr);
    }
    if (equal_ignoring_case(coding, "gzip")) return quality > 0;
    if (coding == "*") any = quality > 0;
  }
  return any;
}

bool is_compressible(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  if (type.substr(0, 5) == "text/") return true;
  for (const char* known : {"application/json", "application/geo+json", "application/manifest+json", "application/xml",
                            "application/atom+xml", "application/problem+json", "application/wasm", "image/svg+xml",
                            "application/vnd.mapbox-vector-tile"})
    if (type == known) return true;
  return false;
}

void compress_if_worth(HttpResponse& response, std::string_view accept_encoding) {
  const std::string_view text = response.body_text();
  if (text.size() <= kCompressBytesMin || response.headers.find("Content-Encoding")) return;
  if (!is_compressible(response.headers.find("Content-Type").value_or(""))) return;
  if (!response.headers.lists("Vary", "Accept-Encoding")) response.headers.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(accept_encoding)) return;
  std::string packed = gzip(text, 1);
  if (packed.size() >= text.size()) return;
  response.body = std::move(packed);
  response.headers.add("Content-Encoding", "gzip");
}

}  // namespace anlan
