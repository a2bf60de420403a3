// miniSEED 2 records: one record of waveform in, plain samples out, and the way back for drills. Adapter on libmseed.
//
// A record is 128 to 4,096 bytes and carries a blockette 1000 (encoding, byte order, length). Either byte order of header and
// of data is read. Encodings: 16- and 32-bit integers, IEEE floats, Steim-1, Steim-2, GEOSCOPE, CDSN, SRO, DWWSSN.
// What cannot be trusted is refused in words (kCorrupt, what "miniSEED"): a header or blockette chain that leaves the record,
// data in the wrong byte order or damaged (Steim's last sample and the count of samples do not agree), no usable rate, numbers that are
// not finite, records of text. A clipped record is whole and read; `clipped` says so.
//
// Units: counts of the digitizer; microseconds since 1970. Threads: any, at once. The library keeps its messages and
// switches in globals, so its part of the work is done under one lock (a few microseconds); it prints nothing.
// Source: SEED 2.4 chapter 8 and appendix B.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace anlan {

struct MiniseedRecord {
  std::string network, station, location, channel;  // without trailing blanks; location may be empty
  int64_t start_us = 0;         // of the first sample, time corrections applied
  double rate_hz = 0;           // 1e-6 to 100,000
  std::vector<int32_t> counts;  // exactly one of counts and values
  std::vector<float> values;    // holds the samples
  // What the digitizer said of itself.
  bool clipped = false;         // amplifier saturated or digitizer clipped
  bool damaged = false;         // spikes, glitches, missing samples, telemetry errors
  bool time_doubtful = false;
  std::optional<uint8_t> timing_percent;  // 0 to 100

  size_t size() const { return counts.size() + values.size(); }
  // When the sample behind the last is due.
  int64_t end_us() const;
  std::string stream() const;  // "NET.STA.LOC.CHA"
};

constexpr size_t kMiniseedRecordMax = 4'096;
constexpr double kMiniseedRateMin = 1e-6, kMiniseedRateMax = 100'000;

// The record at the beginning of the bytes; what follows it is not looked at.
Result<MiniseedRecord> read_miniseed(std::string_view bytes);

// The length of the record that the bytes begin with, by its header alone.
Result<size_t> miniseed_length(std::string_view bytes);

// The records of a file. What is no record (noise records of 'space', rubbish, a torn end) is skipped in steps of 128 bytes, and
// counted.
struct MiniseedCut {
  std::vector<std::string_view> records;
  size_t skipped_bytes = 0;
};
MiniseedCut cut_miniseed(std::string_view file);

// How a record follows the one before it in the same stream; half a sample is tolerated.
enum class Continuity { follows, gap, overlap, rate_changed };
Continuity continuity(const MiniseedRecord& before, const MiniseedRecord& next);

// As records of `length` bytes (a power of two, 256 to 4,096), big-endian: Steim-2 for counts, 32-bit floats for values.
// `sequence` is that of the first record and counts on. kInvalidField for codes that are too long, no samples, a rate that cannot be
// written, or differences beyond Steim-2 (30 bits).
Result<std::vector<std::string>> write_miniseed(const MiniseedRecord& record, size_t length, uint32_t sequence = 1);

}  // namespace anlan
