// A batch of readings in compact JSON, in either of two forms, items of both kinds allowed:
//   {"readings":[{"link":"R-001","at":1700000000000,"value":1.2}, ...]}
//   [["R-001","2026-11-21T18:53:00+08:00",1.2], ...]
// `at` is milliseconds since 1970 UTC or ISO 8601 with an offset. Keys may come in any order, each once, no others.
//
// The reader accepts exactly this shape, copies nothing but names with escapes, and allocates only for those. A reading
// that is JSON but makes no sense (a value of null, a wrong date) is an error of its own and the rest is kept; text that
// is not JSON of this shape ends the batch: what was read before stays valid. Time is linear in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace anlan {

struct BatchReading {
  std::string_view link;  // valid until the next call of next()
  UtcTime at;
  double value = 0;
};

class BatchReader {
 public:
  static constexpr size_t kLinkBytesMax = 256;

  explicit BatchReader(std::string_view text) : start_(text.data()), p_(text.data()), end_(text.data() + text.size()) {}

  enum class Step {
    kReading,
    kError,   // of this reading; go on
    kBroken,  // of the text; kEnd follows
    kEnd,
  };
  Step next();

  const BatchReading& reading() const { return reading_; }
  std::string_view error() const { return error_; }  // English, a literal
  size_t item() const { return item_; }              // of the reading or the error, from 1
  size_t offset() const { return static_cast<size_t>(p_ - start_); }  // bytes read

 private:
  enum class State { kStart, kFirstItem, kItem, kDone };

  Step broken(const char* why);
  void skip_space();
  bool eat(char c);
  bool open_batch();
  bool close_batch();
  bool read_item();
  bool read_object();
  bool read_array();
  bool read_text(std::string_view& out);
  bool read_escape();
  bool read_link();
  bool read_at();
  bool read_value();
  bool read_number(double& out);
  bool read_literal(std::string_view word);
  bool wrong(const char* why) { return error_ = why, false; }

  const char* start_;
  const char* p_;
  const char* end_;
  State state_ = State::kStart;
  bool in_object_ = false;          // {"readings":[...]}
  const char* complaint_ = nullptr; // about this reading
  BatchReading reading_;
  std::string_view error_;
  size_t item_ = 0;
  std::string scratch_;  // the text being read, without its escapes
  std::string link_;     // a link that had escapes
};

}  // namespace anlan
