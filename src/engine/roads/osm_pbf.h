// OpenStreetMap PBF files (https://wiki.openstreetmap.org/wiki/PBF_Format), read as a stream: one blob in memory at a time.
//
// Blobs raw or zlib, a blob header of at most 64 KiB, a blob of at most 32 MiB. The required features OsmSchema-V0.6 and
// DenseNodes are understood; a file that needs another one (HistoricalInformation) is refused. Any file can be given:
// what is truncated, inconsistent or too large is an error that names the blob, never a crash.
// Memory: the blob, its text table (at most 4 million entries), one element. Time: O(file), most of it zlib.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/lonlat.h"

namespace anlan::roads {

// Fills the span from where the last call ended and returns how much; less than asked for only at the end.
using ReadBytes = std::function<Result<size_t>(std::span<char>)>;
ReadBytes read_memory(std::string_view bytes);  // bytes must outlive it
// kNotFound when the file cannot be opened.
Result<ReadBytes> read_file(const std::string& path);

// Everything below lives only during the call that hands it over.
struct OsmTag {
  std::string_view key, value;
};
struct OsmTags {
  std::span<const OsmTag> list;
  std::string_view operator[](std::string_view key) const;  // empty: absent
  bool has(std::string_view key) const { return !(*this)[key].empty(); }
};
struct OsmNode {
  int64_t id = 0;
  LonLat at;
  OsmTags tags;
};
struct OsmWay {
  int64_t id = 0;
  std::span<const int64_t> nodes;
  OsmTags tags;
};
enum class OsmKind : uint8_t { kNode, kWay, kRelation };
struct OsmMember {
  OsmKind kind = OsmKind::kNode;
  int64_t id = 0;
  std::string_view role;
};
struct OsmRelation {
  int64_t id = 0;
  std::span<const OsmMember> members;
  OsmTags tags;
};

// What to call; kinds without a function are counted but not decoded.
struct OsmVisitor {
  std::function<void(const OsmNode&)> node;
  std::function<void(const OsmWay&)> way;
  std::function<void(const OsmRelation&)> relation;
};
struct OsmFile {
  uint64_t bytes = 0, blobs = 0, nodes = 0, ways = 0, relations = 0;
  std::string written_by;
};

// Errors: kInvalidFile {why} (not such a file, a feature or compression that is not understood), kCorrupt {what: "blob 7",
// why}, each with a detail in both languages; and what `read` returns. Elements before the fault have been handed over.
Result<OsmFile> read_osm_pbf(const ReadBytes& read, const OsmVisitor& visitor);

}  // namespace anlan::roads
