// The record of a call round (叫应记录): who was called when and how, who answered what, who answered instead. As PDF for
// the file, as CSV and XLSX for counting.
//
// Calls are read in pieces and names are looked up a piece at a time, so that neither memory nor the directory's lock
// grows with the round; the result itself lies in memory. Telephone numbers are masked.
#pragma once

#include <string>

#include "base/error_catalogue.h"
#include "calls/queries.h"
#include "registry/live_directory.h"
#include "registry/places.h"

namespace anlan {

// What the round's own tables do not know.
struct RecordHead {
  std::string node_name, headline, hazard, area_label, drafter, approver;
  std::optional<UtcTime> issued_at;
  UtcTime expires, printed_at;
  int utc_offset_minutes = 480;
  bool generated = false;  // people and objects are made up
};

struct RecordSource {
  Reader& reader;
  const Pack& pack;
  const LiveDirectory& directory;
  const PlaceTable& places;
  Language language = Language::kZh;
};

// Lists in the PDF end after this many calls, with a line that says where the rest is.
inline constexpr size_t kPdfCallsMax = 5'000;

// view: the board as it stands, whose rows are the places in the table.
Result<std::string> record_pdf(const RecordSource& source, const RecordHead& head, const BoardView& view);
Result<std::string> record_csv(const RecordSource& source, const RecordHead& head, const RoundRow& round);
// Sheets: 概况, 名单, 每次呼叫, 应答. Beyond this many calls the last two are left out, and 概况 says that the CSV has them:
// a workbook lies in memory as a whole (about 6 KB per call with them, 2 KB without).
inline constexpr int64_t kXlsxDetailsMax = 50'000;
Result<std::string> record_xlsx(const RecordSource& source, const RecordHead& head, const BoardView& view);

}  // namespace anlan
