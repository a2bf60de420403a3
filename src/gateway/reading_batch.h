// Readings as sites send them, over whichever door: JSON batches and Influx line protocol become readings of links.
//
// Names and frames are views: what is added must outlive the batch.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/line_protocol.h"
#include "signals/watch.h"

namespace anlan {

class ReadingBatch {
 public:
  static constexpr size_t kReadingsMax = 500'000;

  // {"readings":[{"link","at","value"}]} or [["link", at, value]] (protocols/json_batch.h). kBadRequest for text that is
  // no such batch, kTooLarge; nothing of it is kept then. What is wrong with one reading is a fault of the intake.
  Result<void> add_json(std::string_view text);
  // One link by "code value=1.5 time"; a station's elements by "station level=1.5,rain=0.2 time", which are the links
  // "station/level" and "station/rain". kTooLarge.
  Result<void> add_lines(std::string_view text, LinePrecision precision, UtcTime now);

  size_t size() const { return readings_.size(); }
  // The codes of the readings from this one on, in their order: what a raw frame is found by.
  void codes_from(size_t first, std::vector<std::string_view>& out) const;
  // Hands them to the watch and forgets them. Faults found while reading are among those of the intake.
  Result<Intake> take(Watch& watch, std::span<const PlaceCode> scopes, std::string_view from, UtcTime now);

 private:
  void add(std::string_view code, UtcTime at, double value, size_t item, std::string_view frame);
  void keep(size_t readings, Intake faults);  // back to what it was

  std::vector<SiteReading> readings_;
  std::vector<std::string_view> frames_;
  std::deque<std::string> names_;  // codes that do not stand in the text as they are
  Intake faults_;
};

}  // namespace anlan
