// Reads the first visible worksheet of an .xlsx (ECMA-376, part 1: SpreadsheetML).
#pragma once

#include <string_view>

#include "documents/table_file.h"

namespace anlan {

// Text as text; numbers as Excel shows them unformatted (15 digits, no trailing ".0"), padded when the cell's format is
// all zeros ("000000"); truth values TRUE and FALSE, as Excel writes them to CSV; dates as "2026-07-01", with a time as
// "2026-07-01T08:30:00", a time alone as "08:30:00"; of a formula the stored result. Of merged cells only the first has
// the text. Comments, pictures, macros and links are not looked at.
//
// Faults with their row: an error value (#REF!), and a whole number of 16 or more digits, which Excel has already
// damaged (identity numbers typed as numbers). Bounds: zip_archive.h; 20 million XML tags and attributes per part;
// no document type declarations, so no entities but XML's own five.
Result<Table> read_xlsx(std::string_view bytes);

}  // namespace anlan
