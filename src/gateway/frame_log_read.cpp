#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>

#include "gateway/frame_log.h"
#include "gateway/frame_log_format.h"
#include "history/varint.h"

namespace anlan {
namespace {

// One text from the front; nothing when it is cut off.
std::optional<std::string_view> take_text(std::string_view& bytes) {
  const auto size = take_varint(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const auto text = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return text;
}

bool read_at(int file, uint64_t at, size_t bytes, std::string& out) {
  out.resize(bytes);
  for (size_t done = 0; done < bytes;) {
    const ssize_t n = ::pread(file, out.data() + done, bytes - done, static_cast<off_t>(at + done));
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

// What is looked for, and what was found.
struct FrameLog::Search {
  const Query& query;
  std::vector<uint64_t> hashes;
  uint64_t number = 0;  // this one alone, when not 0
  size_t blocks = 0;
  Found found;

  bool is_done() const { return found.frames.size() >= query.limit || found.stopped; }
  bool wants(UtcTime earliest, UtcTime latest) const { return latest >= query.from && earliest < query.until; }
  bool wants(const std::string& filter) const {
    return std::any_of(hashes.begin(), hashes.end(), [&](uint64_t h) { return may_hold(filter, h); });
  }
};

void FrameLog::search_group(const Group& group, Search& search) {
  std::vector<KeptFrame> found;
  std::string_view rest = group.raw;
  const auto base = take_varint(rest);
  for (uint32_t i = 0; base && i < group.frames && !rest.empty(); ++i) {
    KeptFrame f;
    f.number = group.first + i;
    f.kind = static_cast<FrameKind>(rest.front());
    rest.remove_prefix(1);
    const auto since = take_varint(rest);
    const auto from = take_text(rest);
    const auto codes = take_varint(rest);
    if (!since || !from || !codes) return;
    f.at.ms = static_cast<int64_t>(unzigzag(*base)) + static_cast<int64_t>(unzigzag(*since));
    const bool in_text = f.kind == FrameKind::json || f.kind == FrameKind::line;
    bool wanted = false;
    for (uint64_t c = 0; c < *codes; ++c) {
      const auto code = take_text(rest);
      if (!code) return;
      wanted = wanted || std::find(search.query.codes.begin(), search.query.codes.end(), *code) != search.query.codes.end();
    }
    const auto size = take_varint(rest);
    const auto bytes = take_text(rest);
    if (!size || !bytes) return;
    if (!search.wants(f.at, f.at) || (search.number && search.number != f.number)) continue;
    if (in_text && !search.query.codes.empty()) {
      f.bytes = items_of_link(f.kind, *bytes, search.query.codes.front());
      wanted = !f.bytes.empty();
    } else if (wanted && search.query.with_bytes) {
      f.bytes = *bytes;
    }
    if (!wanted) continue;
    f.from = *from;
    f.size = *size;
    found.push_back(std::move(f));
    // Only the newest are wanted; what this block holds before them need not be kept.
    if (found.size() > 2 * search.query.limit) found.erase(found.begin(), found.end() - static_cast<ptrdiff_t>(search.query.limit));
  }
  for (auto f = found.rbegin(); f != found.rend() && !search.is_done(); ++f) search.found.frames.push_back(std::move(*f));
}

void FrameLog::search_segment(const Segment& segment, Search& search) {
  const int file = ::open(segment.file.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;  // deleted meanwhile
  struct Place {
    uint64_t at;
    FrameBlockHeader header;
  };
  std::vector<Place> blocks;
  std::string head, filter, packed;
  for (uint64_t at = 0; at + FrameBlockHeader::kBytes <= segment.bytes && read_at(file, at, FrameBlockHeader::kBytes, head);) {
    const auto header = FrameBlockHeader::read(head);
    if (!header) break;  // torn: nothing follows that could be found
    if (++search.blocks > kBlocksMax) break;
    const uint64_t size = FrameBlockHeader::kBytes + header->filter_bytes + header->packed_bytes;
    if (at + size > segment.bytes) break;
    if (search.wants(header->earliest, header->latest) && (!search.number || (search.number >= header->first && search.number < header->first + header->frames))) blocks.push_back({at, *header});
    at += size;
  }
  if (search.blocks > kBlocksMax) search.found.stopped = segment.begin + hours(1);
  for (auto b = blocks.rbegin(); b != blocks.rend() && !search.is_done(); ++b) {
    const auto& h = b->header;
    const uint64_t at = b->at + FrameBlockHeader::kBytes;
    if (!read_at(file, b->at, FrameBlockHeader::kBytes, head) || !read_at(file, at, h.filter_bytes, filter)) continue;
    if (!FrameBlockHeader::is_whole(head, filter) || !search.wants(filter)) continue;
    if (!read_at(file, at + h.filter_bytes, h.packed_bytes, packed) || sum_of(packed) != h.packed_sum) continue;
    Group group;
    group.raw.resize(h.raw_bytes);
    group.first = h.first;
    group.frames = h.frames;
    if (ZSTD_decompress(group.raw.data(), group.raw.size(), packed.data(), packed.size()) != group.raw.size()) continue;
    search_group(group, search);
  }
  ::close(file);
}

std::vector<FrameLog::Segment> FrameLog::now(Group& pending) const {
  std::scoped_lock guard(group_mutex_, file_mutex_);
  pending = pending_;
  return segments_;
}

FrameLog::Found FrameLog::find(const Query& query) const {
  Search search{query, {}, 0, 0, {}};
  for (const auto& code : query.codes) search.hashes.push_back(hash_of_code(code));
  Group pending;
  const auto all = now(pending);
  search_group(pending, search);
  for (auto s = all.rbegin(); s != all.rend() && !search.is_done(); ++s) {
    // A segment spans an hour at most.
    if (s->begin >= query.until || s->begin + hours(1) < query.from) continue;
    search_segment(*s, search);
  }
  return std::move(search.found);
}

std::optional<KeptFrame> FrameLog::frame(uint64_t number, std::span<const std::string> codes) const {
  if (number == 0) return std::nullopt;
  const Query query{{codes.begin(), codes.end()}, {INT64_MIN}, {INT64_MAX}, 1, true};
  Search search{query, {}, number, 0, {}};
  for (const auto& code : codes) search.hashes.push_back(hash_of_code(code));
  Group pending;
  const auto all = now(pending);
  if (number >= pending.first) search_group(pending, search);
  else if (auto s = std::partition_point(all.begin(), all.end(), [&](const Segment& x) { return x.first <= number; }); s != all.begin()) search_segment(*std::prev(s), search);
  if (search.found.frames.empty()) return std::nullopt;
  return std::move(search.found.frames.front());
}

}  // namespace anlan
