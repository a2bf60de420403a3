#include "gateway/frame_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/check.h"
#include "gateway/frame_log_format.h"
#include "history/varint.h"

namespace anlan {
namespace {

constexpr Millis kSegmentSpan = hours(1);
constexpr int kLevel = 1;  // fast: a batch is compressed while its sender waits
constexpr std::string_view kEnding = ".frames";

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

// "00000000000000000017-1763700000000.frames": number of the first frame, time of the first.
std::optional<std::pair<uint64_t, int64_t>> read_name(const std::string& name) {
  uint64_t number = 0;
  int64_t ms = 0;
  const char *begin = name.data(), *end = begin + name.size();
  const auto [dash, fault] = std::from_chars(begin, end, number);
  if (fault != std::errc() || dash == end || *dash != '-') return std::nullopt;
  const auto [rest, second] = std::from_chars(dash + 1, end, ms);
  if (second != std::errc() || std::string_view(rest, static_cast<size_t>(end - rest)) != kEnding) return std::nullopt;
  return std::pair(number, ms);
}

Error disk_error(const std::string& file) {
  if (errno == ENOSPC || errno == EDQUOT) return Error(ErrorCode::kDiskFull);
  return Error(ErrorCode::kStoreUnavailable, {{"why", file + ": " + std::strerror(errno)}});
}

}  // namespace

struct FrameLog::Packer {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string block;
  ~Packer() { ZSTD_freeCCtx(context); }
};

std::string_view name_of(FrameKind kind) {
  switch (kind) {
    case FrameKind::sl651: return "sl651";
    case FrameKind::hj212: return "hj212";
    case FrameKind::jtt808: return "jtt808";
    case FrameKind::json: return "json";
    case FrameKind::line: return "line";
  }
  return "";
}

FrameLog::FrameLog(FrameLogOptions options) : options_(std::move(options)), packer_(std::make_unique<Packer>()) {}

FrameLog::~FrameLog() {
  std::scoped_lock guard(group_mutex_, file_mutex_);
  if (pending_.frames && !write(pending_)) lost_ += pending_.frames;
  end_segment();
}

Result<std::unique_ptr<FrameLog>> FrameLog::open(FrameLogOptions options) {
  CHECK(options.frame_bytes_max <= size_t{4} << 20);
  options.segment_bytes = std::clamp(options.bytes_max / 8, uint64_t{1}, options.segment_bytes);
  auto log = std::unique_ptr<FrameLog>(new FrameLog(std::move(options)));
  TRY_VOID(log->load());
  return log;
}

Result<void> FrameLog::load() {
  std::error_code fault;
  std::filesystem::create_directories(options_.folder, fault);
  for (std::filesystem::directory_iterator it(options_.folder, fault), end; !fault && it != end; it.increment(fault)) {
    const auto name = read_name(it->path().filename().string());
    if (!name) continue;
    std::error_code ignored;  // a file that is gone holds nothing
    const auto bytes = std::filesystem::file_size(it->path(), ignored);
    segments_.push_back({it->path().string(), name->first, {name->second}, ignored ? 0 : bytes});
    bytes_ += segments_.back().bytes;
  }
  if (fault) return Error(ErrorCode::kStoreUnavailable, {{"why", options_.folder + ": " + fault.message()}});
  std::sort(segments_.begin(), segments_.end(), [](const Segment& a, const Segment& b) { return a.first < b.first; });
  // Numbers go on behind those of the last segment.
  pending_.first = 1;
  if (segments_.empty()) return {};
  pending_.first = segments_.back().first + 1;
  const int file = ::open(segments_.back().file.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return disk_error(segments_.back().file);
  char bytes[FrameBlockHeader::kBytes];
  for (off_t at = 0; ::pread(file, bytes, sizeof bytes, at) == static_cast<ssize_t>(sizeof bytes);) {
    const auto header = FrameBlockHeader::read({bytes, sizeof bytes});
    if (!header) break;
    pending_.first = std::max(pending_.first, header->first + header->frames);
    at += static_cast<off_t>(FrameBlockHeader::kBytes + header->filter_bytes + header->packed_bytes);
  }
  ::close(file);
  return {};
}

void FrameLog::add(const RawFrame& frame, std::span<const std::string_view> codes) {
  const bool in_text = frame.kind == FrameKind::json || frame.kind == FrameKind::line;
  std::unique_lock guard(group_mutex_);
  auto& g = pending_;
  if (g.frames == 0) {
    g.base = g.earliest = g.latest = frame.at;
    put_varint(g.raw, zigzag(static_cast<uint64_t>(frame.at.ms)));
  }
  g.earliest = std::min(g.earliest, frame.at);
  g.latest = std::max(g.latest, frame.at);
  ++g.frames;
  g.raw.push_back(static_cast<char>(frame.kind));
  put_varint(g.raw, zigzag(static_cast<uint64_t>(frame.at.ms - g.base.ms)));
  put_text(g.raw, frame.from.substr(0, kFromBytesMax));
  put_varint(g.raw, in_text ? 0 : codes.size());
  std::string_view before;
  for (const auto code : codes) {
    if (code != before || code.data() == codes.front().data()) g.codes.push_back(hash_of_code(code));
    before = code;
    if (!in_text) put_text(g.raw, code);
  }
  put_varint(g.raw, frame.bytes.size());
  put_text(g.raw, frame.bytes.substr(0, options_.frame_bytes_max));
  ++added_;
  if (g.raw.size() < kGroupBytes && g.codes.size() < kGroupKeys) return;
  const Group full = std::exchange(g, Group{.first = g.first + g.frames});
  // In the order of numbers; others go on adding meanwhile.
  std::unique_lock file_guard(file_mutex_);
  guard.unlock();
  if (!write(full)) lost_ += full.frames;
}

Result<void> FrameLog::flush(UtcTime now) {
  std::unique_lock guard(group_mutex_);
  const Group group = pending_.frames ? std::exchange(pending_, Group{.first = pending_.first + pending_.frames}) : Group{};
  std::unique_lock file_guard(file_mutex_);
  guard.unlock();
  auto written = group.frames ? write(group) : Result<void>();
  if (!written) lost_ += group.frames;
  sweep(now);
  return written;
}

Result<void> FrameLog::write(const Group& group) {
  const std::string filter = make_filter(group.codes);
  auto& block = packer_->block;
  const size_t before = FrameBlockHeader::kBytes + filter.size();
  block.resize(before + ZSTD_compressBound(group.raw.size()));
  const size_t packed = ZSTD_compressCCtx(packer_->context, block.data() + before, block.size() - before, group.raw.data(), group.raw.size(), kLevel);
  CHECK(!ZSTD_isError(packed));
  block.resize(before + packed);
  FrameBlockHeader header;
  header.raw_bytes = static_cast<uint32_t>(group.raw.size());
  header.packed_bytes = static_cast<uint32_t>(packed);
  header.filter_bytes = static_cast<uint32_t>(filter.size());
  header.frames = group.frames;
  header.first = group.first;
  header.earliest = group.earliest;
  header.latest = group.latest;
  header.packed_sum = sum_of(std::string_view(block).substr(before));
  block.replace(0, before, header.write(filter) + filter);

  if (file_ >= 0) {
    const auto& last = segments_.back();
    if (last.bytes >= options_.segment_bytes || group.latest - last.begin >= kSegmentSpan || group.earliest < last.begin) end_segment();
  }
  if (file_ < 0) TRY_VOID(begin_segment(group));
  auto& segment = segments_.back();
  for (size_t done = 0; done < block.size();) {
    const ssize_t n = ::write(file_, block.data() + done, block.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const auto error = disk_error(segment.file);
      // Half a block would hide those behind it.
      if (::ftruncate(file_, static_cast<off_t>(segment.bytes)) != 0) end_segment();
      sweep(std::nullopt);
      return error;
    }
    done += static_cast<size_t>(n);
  }
  segment.bytes += block.size();
  bytes_ += block.size();
  if (bytes_ > options_.bytes_max) sweep(std::nullopt);
  return {};
}

Result<void> FrameLog::begin_segment(const Group& group) {
  Segment segment{fmt::format("{}/{:020}-{}{}", options_.folder, group.first, group.earliest.ms, kEnding), group.first, group.earliest, 0};
  file_ = ::open(segment.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_TRUNC, 0600);
  if (file_ < 0) return disk_error(segment.file);
  segments_.push_back(std::move(segment));
  return {};
}

void FrameLog::end_segment() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

void FrameLog::sweep(std::optional<UtcTime> now) {
  const size_t kept_open = file_ >= 0 ? 1 : 0;
  const auto gone = [&](const Segment& s) { return now && s.begin + kSegmentSpan + options_.keep < *now; };
  if (kept_open && gone(segments_.back())) return end_segment(), sweep(now);
  for (size_t i = 0; i + kept_open < segments_.size();) {
    // Oldest first while they are too much; too old ones wherever a clock that was set back has put them.
    if (!gone(segments_[i]) && !(i == 0 && bytes_ > options_.bytes_max)) {
      ++i;
      continue;
    }
    std::error_code ignored;  // one that cannot be deleted is found again at the next start
    std::filesystem::remove(segments_[i].file, ignored);
    bytes_ -= segments_[i].bytes;
    segments_.erase(segments_.begin() + static_cast<ptrdiff_t>(i));
    i = 0;
  }
}

}  // namespace anlan
