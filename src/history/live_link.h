// What is in memory of one link: its newest samples, which are also in the log or in the table of open blocks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "history/block.h"

namespace anlan {

struct SealedBlock {
  UtcTime first_at;
  std::string bytes;
};

// What only some links have, and only until they are written out.
struct Waiting {
  std::vector<SealedBlock> sealed;  // full blocks older than the open one, ascending
  std::vector<Sample> late;         // ascending; each counts more than what is in blocks at the same time
};

constexpr int64_t kUnknownHour = INT64_MIN;

enum class Taken { kStored, kDuplicate, kReplaced, kLate };

class LiveLink {
 public:
  // kLate when the sample is older than the newest, which is then for the caller to keep. Fills `sealed` when the open
  // block ended before this sample.
  Taken take(const Sample& sample, std::optional<SealedBlock>& sealed);

  bool empty() const { return !any_; }
  const Sample& newest() const { return newest_; }
  // Of what is in memory besides the sealed blocks. Not when empty.
  UtcTime first_at() const { return open_.count() > 0 ? open_.first_at() : newest_.at; }
  uint32_t count() const { return any_ ? open_.count() + 1 : 0; }
  // Appends the samples in memory besides the sealed blocks.
  void samples(std::vector<Sample>& out) const;
  // Becomes these samples; all but the newest kBlockSamples of them come back as blocks.
  std::vector<SealedBlock> assign(std::span<const Sample> samples);

  // For the table of open blocks: entry number up to which the log is in it, readings in all, samples.
  std::string stored(uint64_t applied, uint64_t readings) const;
  [[nodiscard]] bool load(std::string_view bytes);

  uint64_t readings = 0;     // of this link, wherever they are
  uint64_t applied = 0;      // log entries up to here are in what was written out
  uint64_t dirty_since = 0;  // the first log entry that is not; 0: none
  UtcTime kept_from{INT64_MIN};  // on a whole hour; older readings are not taken: there are only the rows of hours
  UtcTime raw_from{INT64_MIN};   // no block begins before it
  int64_t hours_from = kUnknownHour;  // of these and later hours no rows have been made
  uint32_t lates = 0;                 // late readings that came
  uint8_t unsummarised = 0;           // blocks written out since rows were made, up to blocks_per_summary
  bool queued = false;                // for making rows

 private:
  BlockWriter open_;  // all but the newest, which may still be replaced
  Sample newest_;
  bool any_ = false;
};

// Both ascending; where both have a time, `late` counts.
std::vector<Sample> merge_samples(std::span<const Sample> stored, std::span<const Sample> late);
// In blocks of about equal size, none above kBlockSamples.
std::vector<SealedBlock> make_blocks(std::span<const Sample> samples);

}  // namespace anlan
