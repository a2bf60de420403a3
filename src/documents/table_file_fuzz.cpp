// CSV and XLSX as an uploader may send them: every outcome but a table of equal rows or an error is a bug.
// Input that starts with "<" is packed as the sheet, strings and styles of a workbook, so that mutations reach the XML
// instead of failing the checksum.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "documents/encoding.h"
#include "documents/table_file.h"

namespace {

uint32_t crc32_of(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1)));
  }
  return ~crc;
}

void put(std::string& out, int bytes, uint32_t value) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i);
}

// A zip with every part stored (APPNOTE.TXT 4.3).
std::string stored_zip(const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
  std::string out, directory;
  for (const auto& [name, bytes] : parts) {
    std::string fields;
    put(fields, 4, 20);
    put(fields, 2, 0);
    put(fields, 4, 0);
    put(fields, 4, crc32_of(bytes));
    put(fields, 4, static_cast<uint32_t>(bytes.size()));
    put(fields, 4, static_cast<uint32_t>(bytes.size()));
    put(fields, 4, static_cast<uint32_t>(name.size()));
    directory += "PK\x01\x02";
    put(directory, 2, 20);
    directory += fields;
    put(directory, 4, 0);
    put(directory, 2, 0);
    put(directory, 4, 0);
    put(directory, 4, static_cast<uint32_t>(out.size()));
    directory += name;
    out += "PK\x03\x04" + fields;
    out += name;
    out += bytes;
  }
  const auto start = static_cast<uint32_t>(out.size());
  out += directory + "PK\x05\x06";
  put(out, 4, 0);
  put(out, 2, static_cast<uint32_t>(parts.size()));
  put(out, 2, static_cast<uint32_t>(parts.size()));
  put(out, 4, static_cast<uint32_t>(directory.size()));
  put(out, 4, start);
  put(out, 2, 0);
  return out;
}

// The parts are separated by 0x01: sheet, strings, styles.
std::string workbook_of(std::string_view text) {
  std::array<std::string_view, 3> parts;
  for (auto& part : parts) {
    part = text.substr(0, text.find('\x01'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return stored_zip({{"xl/workbook.xml", R"(<workbook><sheets><sheet name="a" id="r1"/></sheets></workbook>)"},
                     {"xl/_rels/workbook.xml.rels",
                      R"(<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/>)"
                      R"(<Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/>)"
                      R"(<Relationship Id="r3" Type="x/styles" Target="y.xml"/></Relationships>)"},
                     {"xl/s.xml", parts[0]}, {"xl/t.xml", parts[1]}, {"xl/y.xml", parts[2]}});
}

void read(std::string_view bytes) {
  const auto table = anlan::read_table(bytes, "fuzz");
  if (!table) {
    CHECK(!table.error().describe().empty());
    return;
  }
  CHECK(table->rows.size() == table->row_lines.size());
  for (const auto& row : table->rows) {
    CHECK(row.size() == table->columns.size());
    for (const auto& cell : row) CHECK(anlan::is_utf8(cell));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes.starts_with('<') ? workbook_of(bytes) : std::string(bytes));
  return 0;
}
