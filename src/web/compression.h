// Gzip of answers. Tiles, lists and scripts shrink five to ten times, which matters on a county's uplink.
#pragma once

#include <string>
#include <string_view>

#include "web/http_message.h"

namespace anlan {

inline constexpr size_t kCompressBytesMin = 1024;

// Level 1 (fast) to 9 (small). About 100 MB/s at level 1.
std::string gzip(std::string_view bytes, int level);

// RFC 9110 §12.5.3: gzip is listed (or "*") with a quality above 0.
bool accepts_gzip(std::string_view accept_encoding);

bool is_compressible(std::string_view content_type);

// Gzips a text body of more than kCompressBytesMin when the browser takes it and the result is smaller; adds
// Content-Encoding and Vary. Files, encoded bodies and other types are left alone.
void compress_if_worth(HttpResponse& response, std::string_view accept_encoding);

}  // namespace anlan
