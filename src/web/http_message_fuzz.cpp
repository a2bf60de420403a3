// Bytes from outside into every parser of http_message.h and multipart.h. The first byte chooses.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "web/compression.h"
#include "web/http_message.h"
#include "web/multipart.h"

using namespace anlan;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0: {
      std::string path;
      QueryParams query;
      if (read_target(text, path, query) && path != "*") {
        CHECK(path.front() == '/' && is_utf8(path));
        CHECK(("/" + path + "/").find("/../") == std::string::npos);
      }
      break;
    }
    case 1:
      if (const auto query = QueryParams::parse(text))
        for (const auto& [name, value] : *query) CHECK(is_utf8(name) && is_utf8(value));
      break;
    case 2: {
      const auto value = find_cookie(text, "session");
      CHECK(!value || value->size() < text.size());
      accepts_gzip(text);
      break;
    }
    case 3: {
      const size_t line = text.find('\n');
      const auto type = line == std::string_view::npos ? "multipart/form-data; boundary=XX" : text.substr(0, line);
      const auto body = line == std::string_view::npos ? text : text.substr(line + 1);
      if (const auto parts = parse_multipart(type, body))
        for (const auto& part : *parts) {
          CHECK(part.content.data() == nullptr || (part.content.data() >= body.data() &&
                                                   part.content.data() + part.content.size() <= body.data() + body.size()));
          CHECK(part.file_name.find('/') == std::string::npos);
        }
      break;
    }
    case 4:
      CHECK(percent_decode(percent_encode(text)) == text);
      break;
  }
  return 0;
}
