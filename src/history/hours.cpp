#include "history/hours.h"

#include "base/check.h"
#include "history/block.h"
#include "history/varint.h"

namespace anlan {
namespace {

constexpr uint8_t kFormat = 1;
constexpr uint64_t kCoveredMax = uint64_t{1} << 53;  // hours: more than all of time

void put_column(std::string& out, std::span<const Sample> column) {
  const auto block = write_block(column);
  put_varint(out, block.size());
  out += block;
}

// False when it is no column of so many samples.
bool take_column(std::string_view& bytes, size_t count, std::vector<Sample>& column) {
  column.clear();
  const auto size = take_varint(bytes);
  if (!size || *size > bytes.size() || !read_block(bytes.substr(0, *size), column) || column.size() != count) return false;
  bytes.remove_prefix(*size);
  return true;
}

}  // namespace

void HourMaker::add(std::span<const Sample> samples) {
  samples_ += samples.size();
  for (const auto& s : samples) {
    if (const auto hour = hour_of(s.at); hour != hour_) {
      close();
      hour_ = hour;
    }
    of_.add(s);
  }
}

void HourMaker::close() {
  if (of_.count > 0) {
    of_.sum = of_.total();
    of_.rest = 0;
    rows_.push_back({hour_, of_});
  }
  of_ = {};
}

std::vector<HourRow> HourMaker::take() && {
  close();
  return std::move(rows_);
}

std::string write_hours(const HourChunk& chunk) {
  std::string out(1, static_cast<char>(kFormat));
  put_varint(out, static_cast<uint64_t>(chunk.until - chunk.from));
  put_varint(out, chunk.rows.size());
  if (chunk.rows.empty()) return out;
  // Column by column: neighbours in time resemble each other. Of an hour with one reading the first says everything.
  std::vector<Sample> firsts, counts, lasts, mins, maxs, sums;
  for (const auto& row : chunk.rows) {
    const auto& s = row.of;
    firsts.push_back(s.first);
    counts.push_back({{static_cast<int64_t>(counts.size())}, static_cast<double>(s.count)});
    if (s.count == 1) continue;
    const UtcTime index{static_cast<int64_t>(lasts.size())};
    lasts.push_back(s.last);
    mins.push_back({index, s.min});
    maxs.push_back({index, s.max});
    sums.push_back({index, s.sum});
  }
  put_column(out, firsts);
  put_column(out, counts);
  if (lasts.empty()) return out;
  for (const auto* column : {&lasts, &mins, &maxs, &sums}) put_column(out, *column);
  return out;
}

bool read_hours(std::string_view bytes, int64_t from, HourChunk& out) {
  out.rows.clear();
  if (bytes.empty() || bytes.front() != static_cast<char>(kFormat)) return false;
  bytes.remove_prefix(1);
  const auto covered = take_varint(bytes), count = take_varint(bytes);
  if (!covered || !count || *covered == 0 || *covered > kCoveredMax || *count > kBlockSamplesMax) return false;
  if (from < hour_of({INT64_MIN}) || from > hour_of({INT64_MAX})) return false;
  out.from = from;
  out.until = from + static_cast<int64_t>(*covered);
  if (*count == 0) return bytes.empty();
  std::vector<Sample> firsts, counts, lasts, mins, maxs, sums;
  if (!take_column(bytes, *count, firsts) || !take_column(bytes, *count, counts)) return false;
  size_t several = 0;
  for (const auto& c : counts) {
    if (!(c.value >= 1 && c.value <= 0x1p53) || c.value != std::floor(c.value)) return false;
    several += c.value > 1;
  }
  if (several > 0)
    for (auto* column : {&lasts, &mins, &maxs, &sums})
      if (!take_column(bytes, several, *column)) return false;
  if (!bytes.empty()) return false;
  out.rows.reserve(*count);
  for (size_t i = 0, s = 0; i < *count; ++i) {
    HourRow row{hour_of(firsts[i].at), {}};
    if (row.hour < out.from || row.hour >= out.until || (i > 0 && row.hour <= out.rows.back().hour)) return false;
    if (counts[i].value > 1) {
      row.of = {static_cast<uint64_t>(counts[i].value), mins[s].value, maxs[s].value, sums[s].value, firsts[i], lasts[s], 0};
      ++s;
    } else {
      row.of.add(firsts[i]);
      row.of.sum = row.of.total();
    }
    out.rows.push_back(row);
  }
  return true;
}

}  // namespace anlan
