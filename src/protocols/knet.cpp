#include "protocols/knet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "protocols/catalogue_event.h"

namespace anlan {
namespace {

constexpr Millis kDelay = seconds(15);
constexpr size_t kValueColumn = 18;

enum Line { kOrigin, kLat, kLon, kDepth, kMagnitude, kStation, kStationLat, kStationLon, kHeight, kRecordTime, kRate, kDuration, kDirection, kScale, kPeak, kCorrection, kMemo, kLines };
constexpr std::array<std::string_view, kLines> kNames{"Origin Time", "Lat.", "Long.", "Depth", "Mag.", "Station Code", "Station Lat.", "Station Long.", "Station Height",
                                                      "Record Time", "Sampling Freq", "Duration Time", "Dir.", "Scale Factor", "Max. Acc.", "Last Correction", "Memo"};

Error wrong(size_t line, const std::string& zh, const std::string& en) {
  return Error(ErrorCode::kInvalidFile, {{"why", fmt::format("K-NET 第 {0} 行：{1} / K-NET line {0}: {2}", line, zh, en)}});
}
Error not_a_number(size_t line) { return wrong(line, std::string("“") + std::string(kNames[line - 1]) + "”无效", fmt::format("\"{}\" is not right", kNames[line - 1])); }

std::string_view take_line(std::string_view& rest) {
  const size_t end = std::min(rest.find('\n'), rest.size());
  auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view t) {
  const size_t from = t.find_first_not_of(" \t");
  return from == t.npos ? std::string_view{} : t.substr(from, t.find_last_not_of(" \t") - from + 1);
}

// "2018/01/24 19:51:43", Japanese time.
std::optional<UtcTime> japanese_time(std::string_view text) {
  if (text.size() != 19 || text[4] != '/' || text[7] != '/') return std::nullopt;
  std::string iso(text);
  iso[4] = iso[7] = '-';
  return parse_iso8601(iso + "+09:00");
}

// "100Hz", "59": a number, then perhaps its unit.
std::optional<double> leading_number(std::string_view text) {
  const size_t end = std::min(text.find_first_not_of("0123456789.+-eE"), text.size());
  return decimal_number(text.substr(0, end));
}

// "3920(gal)/6182761"
std::optional<double> scale_of(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const auto full = leading_number(text), counts = decimal_number(text.substr(slash + 1));
  if (!full || !counts || *full <= 0 || *counts <= 0 || text.substr(0, slash).find("gal") == text.npos) return std::nullopt;
  return *full / *counts;
}

bool read_direction(std::string_view text, KnetRecord& out) {
  if (text == "N-S" || text == "E-W" || text == "U-D") {
    out.direction = text[0] == 'N' ? KnetDirection::north : text[0] == 'E' ? KnetDirection::east : KnetDirection::up;
    return true;
  }
  if (text.size() != 1 || text[0] < '1' || text[0] > '6') return false;  // KiK-net: 1-3 below, 4-6 on the ground
  out.borehole = text[0] < '4';
  out.direction = static_cast<KnetDirection>((text[0] - '1') % 3);
  return true;
}

Result<void> read_header(const std::array<std::string_view, kLines>& value, KnetRecord& out, double& duration_s) {
  const auto number = [&](Line line) { return decimal_number(value[line]); };
  out.origin = japanese_time(value[kOrigin]);
  if (const auto lat = number(kLat), lon = number(kLon); lat && lon && is_valid({*lon, *lat})) out.epicentre = {*lon, *lat};
  out.depth_km = number(kDepth);
  out.magnitude = number(kMagnitude);

  const auto station = value[kStation];
  if (station.empty() || station.size() > 8 || !std::all_of(station.begin(), station.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); })) return not_a_number(kStation + 1);
  out.station = station;
  const auto lat = number(kStationLat), lon = number(kStationLon), height = number(kHeight);
  if (!lat || !lon || !is_valid({*lon, *lat})) return not_a_number(kStationLat + 1);
  out.at = {*lon, *lat};
  if (!height || std::fabs(*height) > 10'000) return not_a_number(kHeight + 1);
  out.height_m = *height;
  const auto recorded = japanese_time(value[kRecordTime]);
  if (!recorded) return not_a_number(kRecordTime + 1);
  out.start_us = (*recorded - kDelay).ms * 1'000;
  const auto rate = leading_number(value[kRate]), duration = leading_number(value[kDuration]);
  if (!rate || *rate < 1 || *rate > 1'000) return not_a_number(kRate + 1);
  out.rate_hz = *rate;
  if (!duration || *duration <= 0 || *duration * *rate > static_cast<double>(kKnetSamplesMax)) return not_a_number(kDuration + 1);
  duration_s = *duration;
  if (!read_direction(value[kDirection], out)) return not_a_number(kDirection + 1);
  const auto scale = scale_of(value[kScale]);
  if (!scale) return not_a_number(kScale + 1);
  out.gal_per_count = *scale;
  const auto peak = number(kPeak);
  if (!peak || *peak < 0) return not_a_number(kPeak + 1);
  out.peak_gal = *peak;
  return {};
}

}  // namespace

Result<KnetRecord> read_knet(std::string_view text) {
  if (text.size() > kKnetBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "K-NET"}, {"limit", "16 MB"}});
  std::array<std::string_view, kLines> value;
  size_t line_number = 0;
  for (auto& v : value) {
    const auto line = take_line(text);
    ++line_number;
    if (!line.starts_with(kNames[line_number - 1])) return wrong(line_number, fmt::format("应为“{}”", kNames[line_number - 1]), fmt::format("\"{}\" is expected", kNames[line_number - 1]));
    v = line.size() > kValueColumn ? trimmed(line.substr(kValueColumn)) : std::string_view{};
  }
  KnetRecord out;
  double duration_s = 0;
  TRY_VOID(read_header(value, out, duration_s));

  const auto promised = static_cast<size_t>(std::llround(duration_s * out.rate_hz));
  out.counts.reserve(promised);
  while (!text.empty()) {
    auto line = take_line(text);
    ++line_number;
    for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
      int32_t count = 0;
      const auto [after, code] = std::from_chars(line.data(), line.data() + line.size(), count);
      if (code != std::errc() || (after != line.data() + line.size() && *after != ' ' && *after != '\t')) return wrong(line_number, "不是样点", "not a sample");
      if (out.counts.size() == kKnetSamplesMax) return Error(ErrorCode::kTooLarge, {{"what", "K-NET"}, {"limit", std::to_string(kKnetSamplesMax)}});
      out.counts.push_back(count);
      line.remove_prefix(static_cast<size_t>(after - line.data()));
    }
  }
  if (out.counts.size() < promised || out.counts.empty())
    return wrong(line_number, fmt::format("应有 {} 个样点，只有 {} 个", promised, out.counts.size()), fmt::format("{} samples are promised, {} are there", promised, out.counts.size()));
  return out;
}

double peak_gal(const KnetRecord& record) {
  double sum = 0;
  for (const auto c : record.counts) sum += c;
  const double mean = sum / static_cast<double>(std::max<size_t>(record.counts.size(), 1));
  double peak = 0;
  for (const auto c : record.counts) peak = std::max(peak, std::fabs(c - mean));
  return peak * record.gal_per_count;
}

}  // namespace anlan
