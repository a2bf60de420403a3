// Reading of ground motions from text.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "quake/motion.h"

namespace anlan::quake {
namespace {

constexpr int kHeadLinesMax = 40;

Error bad(int line, std::string zh, std::string en) {
  const std::string why = zh + " / " + en;
  return {ErrorCode::kInvalidFile, {{"why", line > 0 ? "line " + std::to_string(line) + ": " + why : why}}};
}

double factor(AccelerationUnit unit) {
  return unit == AccelerationUnit::g ? kGravity : unit == AccelerationUnit::gal ? 0.01 : 1;
}

bool is_gap(char c) { return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r' || c == '\f' || c == '\v'; }

struct Lines {
  std::string_view rest;
  int number = 0;
  bool next(std::string_view& line) {
    if (rest.empty()) return false;
    const size_t end = rest.find('\n');
    line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    ++number;
    return true;
  }
};

// Takes one number off the front: Fortran's too (".5", "1.D-3"), and one that the next sign ends without a gap.
std::optional<double> take_number(std::string_view& text) {
  const char* begin = text.data();
  const char* const end = begin + text.size();
  if (begin != end && *begin == '+') ++begin;
  double value = 0;
  auto [stop, fault] = std::from_chars(begin, end, value);
  if (fault != std::errc{} || !std::isfinite(value)) return std::nullopt;
  if (stop != end && (*stop == 'D' || *stop == 'd')) {
    const char* power = stop + 1;
    if (power != end && *power == '+') ++power;
    int exponent = 0;
    const auto read = std::from_chars(power, end, exponent);
    if (read.ec != std::errc{} || std::abs(exponent) > 300) return std::nullopt;
    value *= std::pow(10.0, exponent);
    stop = read.ptr;
  }
  if (stop != end && !is_gap(*stop) && *stop != '-' && *stop != '+') return std::nullopt;
  text.remove_prefix(static_cast<size_t>(stop - text.data()));
  return value;
}

void skip_gaps(std::string_view& text) {
  while (!text.empty() && is_gap(text.front())) text.remove_prefix(1);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// The number after "NAME =", or nothing where the name has no sign of equality.
std::optional<double> named(std::string_view line, std::string_view name) {
  size_t at = line.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  line.remove_prefix(at + name.size());
  skip_gaps(line);
  if (line.empty() || line.front() != '=') return std::nullopt;
  line.remove_prefix(1);
  skip_gaps(line);
  return take_number(line);
}

struct Head {
  double samples = 0, dt = 0;
};

// "NPTS= 4000, DT= .0100 SEC" or "4000 0.0100 NPTS, DT".
std::optional<Head> head_of(std::string_view line) {
  const auto samples = named(line, "NPTS"), dt = named(line, "DT");
  if (samples && dt) return Head{*samples, *dt};
  skip_gaps(line);
  const auto first = take_number(line);
  skip_gaps(line);
  const auto second = take_number(line);
  if (first && second) return Head{*first, *second};
  return std::nullopt;
}

std::optional<AccelerationUnit> unit_in(std::string_view line) {
  const auto says = [&](std::string_view word) { return line.find(word) != std::string_view::npos; };
  if (says("CM/S") || says("GAL)") || says("IN GAL") || says("UNITS OF GAL")) return AccelerationUnit::gal;
  if (says("M/S")) return AccelerationUnit::m_s2;
  if (says("UNITS OF G") || says("IN G") || says("(G)")) return AccelerationUnit::g;
  return std::nullopt;
}

Result<GroundMotion> finished(GroundMotion motion) {
  const auto good = check(motion);
  if (!good) return bad(0, "记录无法使用：" + std::string(good.error().param("why")), "the record cannot be used");
  return motion;
}

}  // namespace

Result<GroundMotion> read_at2(std::string_view text) {
  if (text.size() > kMotionBytesMax) return Error{ErrorCode::kTooLarge, {{"what", "记录文件 / record file"}, {"limit", "64 MB"}}};
  Lines lines{text};
  std::string_view line;
  std::optional<Head> head;
  AccelerationUnit unit = AccelerationUnit::g;
  while (!head) {
    if (lines.number >= kHeadLinesMax || !lines.next(line))
      return bad(0, "没有 NPTS、DT 行", "no line that names NPTS and DT");
    const std::string up = upper(line.substr(0, 400));
    if (up.find("NPTS") != std::string::npos && up.find("DT") != std::string::npos) {
      head = head_of(up);
      if (!head) return bad(lines.number, "NPTS、DT 无法读出", "NPTS and DT cannot be read");
    } else if (const auto found = unit_in(up)) {
      unit = *found;
    }
  }
  if (!(head->samples >= 1 && head->samples <= static_cast<double>(kMotionSamplesMax)) || head->samples != std::floor(head->samples))
    return bad(lines.number, "NPTS 须为 1 至 1000000 的整数", "NPTS must be a whole number from 1 to 1,000,000");
  const auto samples = static_cast<size_t>(head->samples);
  GroundMotion motion{head->dt, {}};
  // Not by the count that the file claims: two characters for a sample at least.
  motion.acceleration.reserve(std::min(samples, lines.rest.size() / 2 + 1));
  while (lines.next(line)) {
    for (skip_gaps(line); !line.empty(); skip_gaps(line)) {
      const auto value = take_number(line);
      if (!value && motion.acceleration.size() == samples) break;  // a closing line of text
      if (!value) return bad(lines.number, "不是数", "not a number");
      if (motion.acceleration.size() == samples) return bad(lines.number, "采样多于 NPTS", "more samples than NPTS");
      motion.acceleration.push_back(static_cast<float>(*value * factor(unit)));
    }
  }
  if (motion.acceleration.size() < samples)
    return bad(lines.number, "采样少于 NPTS，文件可能被截断", "fewer samples than NPTS; the file may be cut off");
  return finished(std::move(motion));
}

Result<GroundMotion> read_columns(std::string_view text, const ColumnForm& form) {
  if (text.size() > kMotionBytesMax) return Error{ErrorCode::kTooLarge, {{"what", "记录文件 / record file"}, {"limit", "64 MB"}}};
  const bool timed = form.dt == 0;
  if (timed && (form.every_column || form.column == 0))
    return bad(0, "须说明采样间隔", "the step must be stated");
  Lines lines{text};
  GroundMotion motion{form.dt, {}};
  double first = 0, last = 0, shortest = 0, longest = 0;
  bool begun = false;
  for (std::string_view line; lines.next(line);) {
    std::string_view rest = line;
    std::vector<double> row;
    bool numbers = true;
    for (skip_gaps(rest); !rest.empty() && numbers; skip_gaps(rest)) {
      const auto value = take_number(rest);
      numbers = value.has_value();
      if (numbers) row.push_back(*value);
      if (row.size() > 1000) return bad(lines.number, "一行超过 1000 个数", "more than 1,000 numbers in a line");
    }
    if (!numbers || row.empty()) {
      if (!numbers && begun) return bad(lines.number, "不是数", "not a number");
      if (!begun && lines.number > kHeadLinesMax) return bad(lines.number, "找不到数据行", "no rows of numbers");
      continue;
    }
    // A line of text may begin with numbers only where data would be, so the first full row begins them.
    if (!form.every_column && row.size() <= form.column) return bad(lines.number, "列数不足", "too few columns");
    if (motion.acceleration.size() + row.size() > kMotionSamplesMax) return bad(lines.number, "采样过多", "too many samples");
    if (timed) {
      if (begun) {
        const double step = row[0] - last;
        shortest = motion.acceleration.size() == 1 ? step : std::min(shortest, step);
        longest = motion.acceleration.size() == 1 ? step : std::max(longest, step);
      } else {
        first = row[0];
      }
      last = row[0];
    }
    begun = true;
    const auto put = [&](double value) { motion.acceleration.push_back(static_cast<float>(value * factor(form.unit))); };
    if (form.every_column) {
      for (const double value : row) put(value);
    } else {
      put(row[form.column]);
    }
  }
  if (timed && motion.acceleration.size() >= 2) {
    motion.dt = (last - first) / static_cast<double>(motion.acceleration.size() - 1);
    if (!(motion.dt > 0) || shortest < 0.99 * motion.dt || longest > 1.01 * motion.dt)
      return bad(0, "时间列间隔不等", "the times are not equally spaced");
  }
  return finished(std::move(motion));
}

}  // namespace anlan::quake
