// One building at a time from the cells of a row, whatever file they come from: names of columns, checks, refusals.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "quake/exposure_read.h"

namespace anlan::quake {

enum class Column : uint8_t { lon, lat, type, code, use, storeys, floor_area, year, people, id, place };
inline constexpr size_t kColumns = 11;
// By its header, case and blanks around it ignored.
std::optional<Column> column_named(std::string_view header);
const char* name_of(Column column);

// Absent, a text (trimmed) or a number.
struct Cell {
  std::string_view text;
  double number = 0;
  bool is_number = false;
  bool blank() const { return !is_number && text.empty(); }
};
using Cells = std::array<Cell, kColumns>;

std::string_view trimmed(std::string_view text);
// UTF-8 without overlong forms, surrogates or control characters.
bool is_plain_text(std::string_view text);

class BuildingRows {
 public:
  explicit BuildingRows(const BuildingRules& rules);
  // kTooLarge at the bound. Otherwise the row is taken or refused.
  Result<void> add(const Cells& cells, uint64_t line);
  // kTooLarge at the bound.
  Result<void> refuse(uint64_t line, const char* field, const char* zh, const char* en);
  BuildingsRead finish() &&;

 private:
  struct Row;
  struct Fault {
    const char *zh, *en;
  };
  const char* read(const Cells& cells, Row& row, Fault& fault);
  bool is_whole(const Cell& cell, double least, double most, double& value) const;

  const BuildingRules& rules_;
  std::unordered_map<std::string_view, uint32_t> types_, places_;
  BuildingsRead read_;
  bool any_id_ = false;
};

}  // namespace anlan::quake
