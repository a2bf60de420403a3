// What sites and devices have sent, byte for byte, for thirty days: evidence of what a link said and of what was made
// of it. Found again by the code of a link.
//
// It is evidence, not an acknowledged fact. A frame is buffered and written in groups (kGroupBytes, or at flush()), and
// nobody waits for the disk: after a kill -9 the last group may be missing. Readings themselves are kept by the history.
//
// On disk: segments of an hour or less, named by their first frame's number and time. A segment is a row of blocks, each
// one group: a header with lengths and check sums, a Bloom filter of the codes in the group, and the frames, compressed
// (Zstandard). A torn or damaged block is stepped over; a segment is never written to again after a restart. Whole
// segments are deleted when their last frame is older than `keep`, or when all together exceed bytes_max, oldest first.
//
// Any thread. Adding costs a copy; whoever fills a group compresses and writes it. Bounds: two groups in memory, a frame
// is cut at frame_bytes_max (its size is kept), a search looks at kBlocksMax blocks at most and says where it stopped.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan {

enum class FrameKind : uint8_t { sl651, hj212, jtt808, json, line };  // stored: append only
std::string_view name_of(FrameKind kind);

struct RawFrame {
  FrameKind kind = FrameKind::json;
  UtcTime at;             // when it was received
  std::string_view from;  // who sent it: an address, a broker
  std::string_view bytes;
};

struct KeptFrame {
  uint64_t number = 0;  // its own for ever
  FrameKind kind = FrameKind::json;
  UtcTime at;
  std::string from;
  size_t size = 0;      // as received; bytes may be fewer
  std::string bytes;
};

struct FrameLogOptions {
  std::string folder;
  uint64_t bytes_max = uint64_t{4} << 30;
  Millis keep = hours(24 * 30);
  size_t frame_bytes_max = size_t{1} << 20;
  uint64_t segment_bytes = uint64_t{64} << 20;  // a segment ends here, or after an hour; at most an eighth of bytes_max
};

class FrameLog {
 public:
  static constexpr size_t kGroupBytes = size_t{1} << 20;
  static constexpr size_t kGroupKeys = 500'000;
  static constexpr size_t kBlocksMax = 200'000;
  static constexpr size_t kFromBytesMax = 255;

  // kStoreUnavailable when the folder cannot be made or listed.
  static Result<std::unique_ptr<FrameLog>> open(FrameLogOptions options);
  ~FrameLog();  // flushes

  // codes: of the links whose readings it holds, or of the device. Those of a batch (json, line) are not stored, because
  // they stand in the text; searches look there.
  void add(const RawFrame& frame, std::span<const std::string_view> codes);
  // Writes what is buffered, and deletes what is too old or too much. Every few seconds. An error (disk full) has lost
  // the group; lost() counts its frames.
  Result<void> flush(UtcTime now);

  struct Query {
    std::vector<std::string> codes;  // any of them; of a batch only the items of the first are shown
    UtcTime from, until;             // of receiving: from <= at < until
    size_t limit = 50;
    bool with_bytes = true;
  };
  struct Found {
    std::vector<KeptFrame> frames;   // newest first
    std::optional<UtcTime> stopped;  // the search was long: what was received before this was not looked at
  };
  // Also what is still buffered. O(blocks in the span), each a read of a few hundred bytes.
  Found find(const Query& query) const;
  // One frame by its number, when it carries one of the codes.
  std::optional<KeptFrame> frame(uint64_t number, std::span<const std::string> codes) const;

  uint64_t bytes() const { return bytes_; }  // on disk
  uint64_t lost() const { return lost_; }
  uint64_t added() const { return added_; }

 private:
  struct Group {
    std::string raw;  // as in a block, before compression
    std::vector<uint64_t> codes;
    uint64_t first = 0;
    uint32_t frames = 0;
    UtcTime base, earliest, latest;
  };
  struct Segment {
    std::string file;
    uint64_t first = 0;  // number of its first frame
    UtcTime begin;
    uint64_t bytes = 0;
  };
  struct Search;
  struct Packer;
  explicit FrameLog(FrameLogOptions options);
  Result<void> load();
  Result<void> write(const Group& group);   // this and the next three under file_mutex_
  Result<void> begin_segment(const Group& group);
  void end_segment();
  void sweep(std::optional<UtcTime> now);
  // What is to be searched: segments by number, and the group that is not written yet.
  std::vector<Segment> now(Group& pending) const;
  static void search_group(const Group& group, Search& search);
  static void search_segment(const Segment& segment, Search& search);

  const FrameLogOptions options_;
  mutable std::mutex group_mutex_;  // of pending_; taken before file_mutex_
  Group pending_;
  mutable std::mutex file_mutex_;   // of the rest
  int file_ = -1;                   // the last of segments_, when open
  std::unique_ptr<Packer> packer_;
  std::vector<Segment> segments_;   // by number
  std::atomic<uint64_t> bytes_{0}, lost_{0}, added_{0};
};

// The items of a batch that belong to the link, one per line, at most 4 KiB; empty when there are none. What follows a
// cut is not seen.
std::string items_of_link(FrameKind kind, std::string_view batch, std::string_view code);

}  // namespace anlan
