#include "roads/route_export.h"

#include <fmt/format.h>

#include <iterator>

namespace anlan::roads {
namespace {

// Text of roads is UTF-8 without control characters when it comes from our readers; anything else is left out here.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}
std::string json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

double metres_of(std::span<const Step> steps) {
  double sum = 0;
  for (const Step& s : steps) sum += s.distance_m;
  return sum;
}
double seconds_of(std::span<const Step> steps) {
  double sum = 0;
  for (const Step& s : steps) sum += s.seconds;
  return sum;
}

}  // namespace

std::string gpx_of(std::span<const LonLat> line, std::span<const Step> steps, std::string_view name, bool chinese) {
  std::string out;
  const auto put = [&](const char* pattern, const auto&... values) {
    fmt::format_to(std::back_inserter(out), fmt::runtime(pattern), values...);
  };
  out +=
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Anlan\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n";
  put("<rte><name>{}</name>\n", xml(name));
  for (const Step& s : steps)
    put("<rtept lat=\"{:.6f}\" lon=\"{:.6f}\"><name>{}</name><desc>{}</desc><type>{}</type></rtept>\n", s.at.lat, s.at.lon, xml(s.road),
        xml(text_of(s, chinese)), name_of(s.turn));
  put("</rte>\n<trk><name>{}</name><trkseg>\n", xml(name));
  for (const LonLat p : line) put("<trkpt lat=\"{:.6f}\" lon=\"{:.6f}\"/>\n", p.lat, p.lon);
  out += "</trkseg></trk>\n</gpx>\n";
  return out;
}

std::string geojson_of(std::span<const LonLat> line, std::span<const Step> steps, std::string_view name, bool chinese) {
  std::string out;
  const auto put = [&](const char* pattern, const auto&... values) {
    fmt::format_to(std::back_inserter(out), fmt::runtime(pattern), values...);
  };
  out += R"({"type":"FeatureCollection","features":[)";
  // A line has at least two positions.
  if (line.size() >= 2) {
    out += R"({"type":"Feature","geometry":{"type":"LineString","coordinates":[)";
    for (size_t i = 0; i < line.size(); ++i) put("{}[{:.6f},{:.6f}]", i ? "," : "", line[i].lon, line[i].lat);
    put("]}},\"properties\":{{\"name\":{},\"distance_m\":{:.1f},\"seconds\":{:.1f}}}}}", json(name), metres_of(steps), seconds_of(steps));
  }
  for (const Step& s : steps) {
    if (out.back() != '[') out += ',';
    put("{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{:.6f},{:.6f}]}},\"properties\":{{\"turn\":\"{}\","
        "\"text\":{},\"road\":{},",
        s.at.lon, s.at.lat, name_of(s.turn), json(text_of(s, chinese)), json(s.road));
    put("\"distance_m\":{:.1f},\"seconds\":{:.1f}}}}}", s.distance_m, s.seconds);
  }
  return out + "]}";
}

}  // namespace anlan::roads
