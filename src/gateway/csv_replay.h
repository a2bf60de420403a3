// Recorded readings from a CSV file, sent to a node again as if they were measured now: `anlan replay-readings`.
//
// Columns by the names of the first line: code (or link), at (ISO 8601 with zone, or milliseconds since 1970), value; others are skipped.
// Rows should be in order of time; one that goes back is sent with the row before it.
//
// The first row is sent at the start, stamped with it; after that recorded time runs `speed` times as fast, in the stamps
// too: what took an hour is over in a minute at 60, so rules see the windows of that speed. As is: the recorded stamps are
// sent (the node refuses what is older than 72 h), paced by `speed`; 0 waits for nothing.
//
// Reads a line at a time and holds one batch: memory does not depend on the file.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan {

class CsvReplay {
 public:
  static constexpr size_t kBatchMax = 5'000;  // readings of one message
  static constexpr size_t kLineMax = 4'096;   // bytes; a longer line cannot be read

  struct Options {
    double speed = 1;    // 0 .. 1e6; 0 only as is
    bool as_is = false;
  };

  // kInvalidFile when the first line lacks a column.
  static Result<CsvReplay> open(std::istream& in, Options options, UtcTime start);

  // What is due by now as the body of POST /readings (the site's JSON); nothing when no row is due yet.
  struct Batch {
    std::string body;
    size_t rows = 0;
  };
  std::optional<Batch> due(UtcTime now);
  // When the next row is due; nothing at the end of the file.
  std::optional<UtcTime> next() const { return row_ ? std::optional(row_->due) : std::nullopt; }
  UtcTime recorded() const { return recorded_; }  // of the last row sent
  uint64_t unreadable() const { return unreadable_; }
  const std::string& first_fault() const { return first_fault_; }  // "" when all lines could be read

 private:
  struct Row {
    std::string code, value;
    UtcTime at, due, stamp;
  };
  CsvReplay(std::istream& in, Options options, UtcTime start) : in_(&in), options_(options), start_(start) {}
  bool read_line();
  void read_row();
  const char* parse(Row& row);  // why not; null when good

  std::istream* in_;
  Options options_;
  UtcTime start_;
  std::string line_;
  bool too_long_ = false;
  std::vector<std::string_view> fields_;  // of line_
  size_t code_ = 0, at_ = 0, value_ = 0, columns_ = 0;
  uint64_t lines_ = 0, unreadable_ = 0;
  std::string first_fault_;
  std::optional<UtcTime> first_;
  UtcTime recorded_;
  std::optional<Row> row_;
};

}  // namespace anlan
