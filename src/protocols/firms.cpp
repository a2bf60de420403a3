#include "protocols/firms.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace anlan {
namespace {

std::string_view cut_field(std::string_view& rest, bool& more) {
  const auto comma = rest.find(',');
  const auto out = rest.substr(0, comma);
  more = comma != std::string_view::npos;
  rest.remove_prefix(more ? comma + 1 : rest.size());
  return out;
}

template <class T>
bool read_number(std::string_view text, T& out) {
  const auto [after, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && after == text.data() + text.size();
}

int digits_at(std::string_view text, size_t at, size_t count) {
  int n = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    n = n * 10 + (text[i] - '0');
  }
  return n;
}

bool read_date(std::string_view text, CivilTime& c) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  c.year = digits_at(text, 0, 4);
  c.month = digits_at(text, 5, 2);
  c.day = digits_at(text, 8, 2);
  if (c.year < 1999 || c.year > 2200 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31) return false;
  // A day that the month does not have comes back as another one.
  const auto back = to_civil(from_civil({c.year, c.month, c.day, 0, 0, 0, 0}, 0), 0);
  return back.day == c.day;
}

// "5", "05", "0005" and "1235": spreadsheets drop leading zeros.
bool read_hour(std::string_view text, CivilTime& c) {
  if (text.empty() || text.size() > 4) return false;
  const int hhmm = digits_at(text, 0, text.size());
  if (hhmm < 0 || hhmm / 100 > 23 || hhmm % 100 > 59) return false;
  c.hour = hhmm / 100;
  c.minute = hhmm % 100;
  return true;
}

bool read_confidence(std::string_view text, int8_t& out) {
  if (text == "l" || text == "low") return out = 15, true;
  if (text == "n" || text == "nominal") return out = 50, true;
  if (text == "h" || text == "high") return out = 90, true;
  int percent = 0;
  if (!read_number(text, percent) || percent < 0 || percent > 100) return false;
  return out = static_cast<int8_t>(percent), true;
}

}  // namespace

void FirmsReader::feed(std::string_view bytes, std::vector<FireDetection>& out, std::vector<FirmsError>& errors) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (rest_.size() + part.size() > kLineBytesMax) {
      rest_.clear();
      skipping_ = true;
    }
    if (end == std::string_view::npos) {
      if (!skipping_) rest_ += part;
      return;
    }
    if (skipping_) {
      errors.push_back({++line_, "the line is longer than 4,096 bytes"});
      skipping_ = false;
    } else if (rest_.empty()) {
      read_line(part, out, errors);
    } else {
      rest_ += part;
      read_line(rest_, out, errors);
      rest_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
}

void FirmsReader::finish(std::vector<FireDetection>& out, std::vector<FirmsError>& errors) {
  if (!rest_.empty() || skipping_) feed("\n", out, errors);
}

void FirmsReader::read_line(std::string_view line, std::vector<FireDetection>& out, std::vector<FirmsError>& errors) {
  ++line_;
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.empty()) return;
  if (!header_read_) return read_header(line);
  FireDetection detection;
  const char* why = columns_ok_ ? read_row(line, detection) : "the first line does not name the columns";
  if (why)
    errors.push_back({line_, why});
  else
    out.push_back(detection);
}

void FirmsReader::read_header(std::string_view line) {
  constexpr std::array<std::string_view, kColumns> kNames = {"latitude", "longitude", "brightness", "scan",      "track", "acq_date",
                                                             "acq_time", "satellite", "confidence", "frp", "daynight"};
  header_read_ = true;
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  unsigned seen = 0;
  for (bool more = true; more && column_of_field_.size() < 64;) {
    const auto name = cut_field(line, more);
    int8_t column = -1;
    for (size_t i = 0; i < kNames.size(); ++i)
      if (name == kNames[i] || (i == kBrightness && name == "bright_ti4")) column = static_cast<int8_t>(i);
    if (column >= 0) seen |= 1u << column;
    column_of_field_.push_back(column);
  }
  constexpr unsigned kNeeded = 1u << kLatitude | 1u << kLongitude | 1u << kDate | 1u << kTime;
  columns_ok_ = (seen & kNeeded) == kNeeded;
}

const char* FirmsReader::read_row(std::string_view line, FireDetection& d) const {
  CivilTime civil{};
  size_t field = 0;
  for (bool more = true; more; ++field) {
    const auto text = cut_field(line, more);
    if (field >= column_of_field_.size()) return "more fields than columns";
    const auto optional = [&](float& out) { return text.empty() || (read_number(text, out) && std::isfinite(out)); };
    switch (column_of_field_[field]) {
      case kLatitude:
        if (!read_number(text, d.at.lat)) return "latitude is not a number";
        break;
      case kLongitude:
        if (!read_number(text, d.at.lon)) return "longitude is not a number";
        break;
      case kBrightness: if (!optional(d.brightness_k)) return "brightness is not a number"; break;
      case kScan: if (!optional(d.scan_km)) return "scan is not a number"; break;
      case kTrack: if (!optional(d.track_km)) return "track is not a number"; break;
      case kFrp: if (!optional(d.frp_mw)) return "frp is not a number"; break;
      case kDate: if (!read_date(text, civil)) return "acq_date is no date"; break;
      case kTime: if (!read_hour(text, civil)) return "acq_time is no time"; break;
      case kSatellite: d.satellite = text.empty() ? '\0' : text[0]; break;
      case kConfidence: if (!text.empty() && !read_confidence(text, d.confidence)) return "confidence is neither l, n, h nor 0 to 100"; break;
      case kDayNight: d.night = text == "N"; break;
      default: break;
    }
  }
  if (field < column_of_field_.size()) return "fewer fields than columns";
  if (!is_valid(d.at)) return "the place is not on the earth";
  d.time = from_civil(civil, 0);
  return nullptr;
}

}  // namespace anlan
