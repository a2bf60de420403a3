#include "protocols/station_metadata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <pugixml.hpp>

#include "protocols/catalogue_event.h"

namespace anlan {
namespace {

using Node = pugi::xml_node;
constexpr double kAxisDegrees = 10;

std::string_view trimmed(std::string_view t) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t from = t.find_first_not_of(kBlank);
  return from == t.npos ? std::string_view{} : t.substr(from, t.find_last_not_of(kBlank) - from + 1);
}

// "M/S**2", "m/s^2", "M/S/S", "m/s": upper or lower, as people write it. nm, mm, cm are not guessed at.
MotionUnit unit_of(std::string_view text) {
  std::string t;
  for (const char c : trimmed(text))
    if (c != '*' && c != '^' && c != ' ') t += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
  if (t == "m/s2" || t == "m/s/s" || t == "m/(s2)") return MotionUnit::acceleration_m_s2;
  if (t == "m/s") return MotionUnit::velocity_m_s;
  return t == "m" ? MotionUnit::displacement_m : MotionUnit::unknown;
}

bool is_code(std::string_view text, size_t longest, bool may_be_empty) {
  return (may_be_empty || !text.empty()) && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

std::string code_of(std::string_view text) {
  text = trimmed(text);
  return text == "--" ? "" : std::string(text.substr(0, 16));
}

// Dates far in the future stand for no end.
UtcTime end_of(std::string_view text) { return utc_moment(text).value_or(kNever); }
UtcTime begin_of(std::string_view text) { return utc_moment(text).value_or(UtcTime{INT64_MIN}); }

const char* fault_of(const ChannelMetadata& c) {
  if (!is_code(c.network, 8, false) || !is_code(c.station, 8, false) || !is_code(c.location, 8, true) || !is_code(c.channel, 8, true)) return "代码无效 / a code is none";
  if (!is_valid(c.at)) return "经纬度无效 / its position is nowhere";
  if (!(std::fabs(c.elevation_m) <= 12'000 && std::fabs(c.depth_m) <= 12'000)) return "高程或深度无效 / its elevation or depth cannot be";
  if ((c.azimuth_deg && std::fabs(*c.azimuth_deg) > 360) || (c.dip_deg && std::fabs(*c.dip_deg) > 90)) return "方位或倾角无效 / its azimuth or dip cannot be";
  if (!(c.rate_hz >= 0 && c.rate_hz <= 100'000)) return "采样率无效 / its sampling rate cannot be";
  if (c.sensitivity && (*c.sensitivity == 0 || std::fabs(*c.sensitivity) > 1e18)) return "灵敏度无效 / its sensitivity cannot be";
  return nullptr;
}

void file_channel(StationMetadata& out, size_t item, ChannelMetadata channel, std::string why = {}) {
  if (const char* fault = why.empty() ? fault_of(channel) : nullptr) why = fault;
  if (why.empty()) {
    out.channels.push_back(std::move(channel));
    return;
  }
  ++out.refused;
  if (out.faults.size() < kMetadataFaultsMax) out.faults.push_back({item, readable_text(channel.network + "." + channel.station + "." + channel.location + "." + channel.channel, 60), std::move(why)});
}

Error too_large(const std::string& limit) { return Error(ErrorCode::kTooLarge, {{"what", "台站信息 / station metadata"}, {"limit", limit}}); }

// One line of the text.
void read_line(std::string_view line, size_t number, StationMetadata& out) {
  constexpr size_t kOfChannel = 17, kOfStation = 8;
  std::array<std::string_view, kOfChannel> field;
  size_t n = 0;
  for (size_t at = 0; at <= line.size(); ++n) {
    const size_t end = std::min(line.find('|', at), line.size());
    if (n < kOfChannel) field[n] = trimmed(line.substr(at, end - at));
    at = end + 1;
  }
  ChannelMetadata c;
  c.network = code_of(field[0]);
  c.station = code_of(field[1]);
  if (n != kOfChannel && n != kOfStation) return file_channel(out, number, std::move(c), "应有 17 或 8 个字段 / 17 or 8 fields are wanted");
  const bool channel = n == kOfChannel;
  const size_t position = channel ? 4 : 2;
  const auto lat = decimal_number(field[position]), lon = decimal_number(field[position + 1]), elevation = decimal_number(field[position + 2]);
  c.from = begin_of(field[n - 2]);
  c.until = end_of(field[n - 1]);
  std::string why;
  if (!lat || !lon) why = "经纬度不是数 / its position is no number";
  else c.at = {*lon, *lat};
  c.elevation_m = elevation.value_or(0);
  if (channel) {
    c.location = code_of(field[2]);
    c.channel = code_of(field[3]);
    c.depth_m = decimal_number(field[7]).value_or(0);
    c.azimuth_deg = decimal_number(field[8]);
    c.dip_deg = decimal_number(field[9]);
    c.sensitivity = decimal_number(field[11]);
    c.unit = unit_of(field[13]);
    const auto rate = decimal_number(field[14]);
    if (!rate && why.empty()) why = "采样率不是数 / its sampling rate is no number";
    c.rate_hz = rate.value_or(0);
  } else {
    c.site = readable_text(field[5], 200);
  }
  file_channel(out, number, std::move(c), std::move(why));
}

Result<StationMetadata> read_text(std::string_view text) {
  StationMetadata out;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    if (out.channels.size() == kMetadataChannelsMax) return too_large(std::to_string(kMetadataChannelsMax));
    read_line(line, number, out);
  }
  if (out.channels.empty() && out.refused > 0) return Error(ErrorCode::kInvalidFile, {{"why", "不是台站信息 / not station metadata: " + out.faults.front().why}});
  return out;
}

std::string_view local(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}
Node child(const Node& parent, std::string_view name) {
  for (const auto& c : parent.children())
    if (local(c.name()) == name) return c;
  return {};
}
std::optional<double> number(const Node& parent, std::string_view name) { return decimal_number(child(parent, name).text().get()); }

// Position, elevation and epoch, of stations and of channels alike.
bool read_place(const Node& n, ChannelMetadata& c) {
  const auto lat = number(n, "Latitude"), lon = number(n, "Longitude");
  c.from = begin_of(n.attribute("startDate").value());
  c.until = end_of(n.attribute("endDate").value());
  c.elevation_m = number(n, "Elevation").value_or(0);
  if (lat && lon) c.at = {*lon, *lat};
  return lat && lon;
}

void read_channel(const Node& n, ChannelMetadata c, size_t item, StationMetadata& out) {
  c.channel = code_of(n.attribute("code").value());
  c.location = code_of(n.attribute("locationCode").value());
  const bool placed = read_place(n, c);
  c.depth_m = number(n, "Depth").value_or(0);
  c.azimuth_deg = number(n, "Azimuth");
  c.dip_deg = number(n, "Dip");
  c.rate_hz = number(n, "SampleRate").value_or(0);
  const auto sensitivity = child(child(n, "Response"), "InstrumentSensitivity");
  c.sensitivity = number(sensitivity, "Value");
  c.unit = unit_of(child(child(sensitivity, "InputUnits"), "Name").text().get());
  const bool named = !c.channel.empty();
  file_channel(out, item, std::move(c), !placed ? "经纬度不是数 / its position is no number" : !named ? "代码无效 / a code is none" : "");
}

Result<StationMetadata> read_xml(std::string_view document) {
  pugi::xml_document doc;
  const auto parsed = doc.load_buffer(document.data(), document.size(), pugi::parse_default & ~pugi::parse_doctype);
  const auto root = doc.document_element();
  if (!parsed || local(root.name()) != "FDSNStationXML") return Error(ErrorCode::kInvalidFile, {{"why", std::string("不是 FDSN StationXML / not FDSN StationXML: ") + (parsed ? "<" + readable_text(root.name(), 40) + ">" : parsed.description())}});
  StationMetadata out;
  size_t item = 0;
  for (const auto& network : root.children()) {
    if (local(network.name()) != "Network") continue;
    for (const auto& station : network.children()) {
      if (local(station.name()) != "Station") continue;
      ChannelMetadata c;
      c.network = code_of(network.attribute("code").value());
      c.station = code_of(station.attribute("code").value());
      c.site = readable_text(child(child(station, "Site"), "Name").text().get(), 200);
      bool any = false;
      for (const auto& channel : station.children()) {
        if (local(channel.name()) != "Channel") continue;
        any = true;
        if (++item > kMetadataChannelsMax) return too_large(std::to_string(kMetadataChannelsMax));
        read_channel(channel, c, item, out);
      }
      if (any) continue;
      if (++item > kMetadataChannelsMax) return too_large(std::to_string(kMetadataChannelsMax));
      const bool placed = read_place(station, c);
      file_channel(out, item, std::move(c), placed ? "" : "经纬度不是数 / its position is no number");
    }
  }
  return out;
}

}  // namespace

Result<StationMetadata> read_station_metadata(std::string_view document) {
  if (document.size() > kMetadataBytesMax) return too_large("64 MB");
  if (document.starts_with("\xEF\xBB\xBF")) document.remove_prefix(3);
  const auto begin = trimmed(document.substr(0, 1'000));
  return begin.starts_with('<') ? read_xml(document) : read_text(document);
}

ChannelPointing pointing_of(const ChannelMetadata& c) {
  const char last = c.channel.empty() ? 0 : c.channel.back();
  if (c.dip_deg && std::fabs(*c.dip_deg) >= 90 - kAxisDegrees) return {ChannelAxis::up, *c.dip_deg < 0 ? 1 : -1};
  if (c.dip_deg && c.azimuth_deg) {
    if (std::fabs(*c.dip_deg) > kAxisDegrees) return {};
    const auto near = [&](double azimuth) { return std::fabs(std::remainder(*c.azimuth_deg - azimuth, 360.0)) <= kAxisDegrees; };
    if (near(0)) return {ChannelAxis::north, 1};
    if (near(90)) return {ChannelAxis::east, 1};
    if (near(180)) return {ChannelAxis::north, -1};
    return near(270) ? ChannelPointing{ChannelAxis::east, -1} : ChannelPointing{};
  }
  return {last == 'Z' ? ChannelAxis::up : last == 'N' ? ChannelAxis::north : last == 'E' ? ChannelAxis::east : ChannelAxis::other, 1};
}

const ChannelMetadata* channel_at(std::span<const ChannelMetadata> channels, std::string_view network, std::string_view station, std::string_view location, std::string_view channel, UtcTime at) {
  const ChannelMetadata* found = nullptr;
  for (const auto& c : channels)
    if (c.network == network && c.station == station && c.location == location && c.channel == channel && c.from <= at && at < c.until && (!found || c.from >= found->from)) found = &c;
  return found;
}

}  // namespace anlan
