#include <algorithm>
#include <cmath>

#include "protocols/jtt808.h"
#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

std::string until_zero(std::string_view field) { return std::string(field.substr(0, field.find('\0'))); }

std::string filled(std::string_view text, size_t size) {
  std::string out(text.substr(0, size));
  out.resize(size, '\0');
  return out;
}

uint32_t tenths(double value, double most) { return static_cast<uint32_t>(std::lround(std::clamp(value * 10, 0.0, most))); }

}  // namespace

std::optional<Jtt808Position> read_jtt808_position(std::string_view body) {
  if (body.size() < 28) return std::nullopt;
  const auto at = bcd_time(body.substr(22, 6));
  if (!at) return std::nullopt;
  Jtt808Position p;
  p.at = *at;
  p.alarm = u32_at(body, 0);
  p.status = u32_at(body, 4);
  p.fixed = (p.status & 2) != 0;
  p.lat = u32_at(body, 8) / 1e6 * (p.status & 4 ? -1 : 1);
  p.lon = u32_at(body, 12) / 1e6 * (p.status & 8 ? -1 : 1);
  p.altitude_m = static_cast<int16_t>(u16_at(body, 16));
  p.speed_km_h = u16_at(body, 18) / 10.0;
  p.direction_deg = u16_at(body, 20);
  for (auto rest = body.substr(28); !rest.empty();) {
    if (rest.size() < 2 || rest.size() < 2u + byte_at(rest, 1)) return std::nullopt;
    const auto item = rest.substr(2, byte_at(rest, 1));
    switch (byte_at(rest, 0)) {
      case 0x01: if (item.size() == 4) p.mileage_km = u32_at(item, 0) / 10.0; break;
      case 0x02: if (item.size() == 2) p.fuel_l = u16_at(item, 0) / 10.0; break;
      case 0x03: if (item.size() == 2) p.recorder_speed_km_h = u16_at(item, 0) / 10.0; break;
      case 0x30: if (item.size() == 1) p.signal = byte_at(item, 0); break;
      case 0x31: if (item.size() == 1) p.satellites = byte_at(item, 0); break;
      default: break;  // makers add their own
    }
    rest.remove_prefix(2 + item.size());
  }
  return p;
}

std::string jtt808_position_body(const Jtt808Position& p) {
  std::string out;
  put_u32(out, p.alarm);
  put_u32(out, (p.status & ~0xEu) | (p.fixed ? 2 : 0) | (p.lat < 0 ? 4 : 0) | (p.lon < 0 ? 8 : 0));
  put_u32(out, static_cast<uint32_t>(std::lround(std::min(std::fabs(p.lat), 90.0) * 1e6)));
  put_u32(out, static_cast<uint32_t>(std::lround(std::min(std::fabs(p.lon), 180.0) * 1e6)));
  put_u16(out, static_cast<uint16_t>(p.altitude_m));
  put_u16(out, tenths(p.speed_km_h, 65535));
  put_u16(out, static_cast<unsigned>(std::clamp(p.direction_deg, 0, 359)));
  out += bcd_of_time(p.at, 6);
  if (p.mileage_km) put_u16(out, 0x0104), put_u32(out, tenths(*p.mileage_km, 4294967295.0));
  if (p.fuel_l) put_u16(out, 0x0202), put_u16(out, tenths(*p.fuel_l, 65535));
  if (p.recorder_speed_km_h) put_u16(out, 0x0302), put_u16(out, tenths(*p.recorder_speed_km_h, 65535));
  if (p.signal) put_u16(out, 0x3001), put_u8(out, static_cast<unsigned>(std::clamp(*p.signal, 0, 255)));
  if (p.satellites) put_u16(out, 0x3101), put_u8(out, static_cast<unsigned>(std::clamp(*p.satellites, 0, 255)));
  return out;
}

void put_observations(const Jtt808Position& p, std::vector<Observation>& out) {
  const bool placed = p.fixed && std::fabs(p.lat) <= 90 && std::fabs(p.lon) <= 180;
  const auto put = [&](const char* element, double value, std::string_view unit, bool bad = false) {
    out.push_back({element, value, bad, 0, unit, p.at});
  };
  put("lat", p.lat, "deg", !placed);
  put("lon", p.lon, "deg", !placed);
  put("altitude", p.altitude_m, "m", !placed);
  put("speed", p.speed_km_h, "km/h");
  put("direction", p.direction_deg, "deg", p.direction_deg > 359);
  put("alarm", p.alarm, "bits");
  put("status", p.status, "bits");
  if (p.mileage_km) put("mileage", *p.mileage_km, "km");
  if (p.fuel_l) put("fuel", *p.fuel_l, "L");
  if (p.recorder_speed_km_h) put("recorder_speed", *p.recorder_speed_km_h, "km/h");
  if (p.signal) put("signal", *p.signal, {});
  if (p.satellites) put("satellites", *p.satellites, {});
}

std::optional<Jtt808Registration> read_jtt808_registration(bool is_2019, std::string_view body) {
  if (body.size() < 25) return std::nullopt;
  // Widths of maker, model and terminal; the model had 8 bytes in 2011, 20 in 2013.
  const size_t maker = is_2019 ? 11 : 5, model = is_2019 ? 30 : body.size() < 37 ? 8 : 20, terminal = is_2019 ? 30 : 7;
  if (body.size() < 4 + maker + model + terminal + 1) return std::nullopt;
  Jtt808Registration r;
  r.province = u16_at(body, 0);
  r.city = u16_at(body, 2);
  // Makers of 2019 are filled on the left.
  auto maker_field = body.substr(4, maker);
  maker_field.remove_prefix(std::min(maker_field.find_first_not_of('\0'), maker_field.size()));
  r.maker = until_zero(maker_field);
  auto model_field = body.substr(4 + maker, model);
  model_field.remove_prefix(std::min(model_field.find_first_not_of('\0'), model_field.size()));
  r.model = until_zero(model_field);
  auto terminal_field = body.substr(4 + maker + model, terminal);
  terminal_field.remove_prefix(std::min(terminal_field.find_first_not_of('\0'), terminal_field.size()));
  r.terminal = until_zero(terminal_field);
  r.plate_colour = byte_at(body, 4 + maker + model + terminal);
  r.plate = until_zero(body.substr(5 + maker + model + terminal));
  return r;
}

std::string jtt808_registration_body(bool is_2019, const Jtt808Registration& r) {
  std::string out;
  put_u16(out, r.province);
  put_u16(out, r.city);
  out += filled(r.maker, is_2019 ? 11 : 5);
  out += filled(r.model, is_2019 ? 30 : 20);
  out += filled(r.terminal, is_2019 ? 30 : 7);
  put_u8(out, r.plate_colour);
  return out + r.plate;
}

std::string jtt808_authentication_body(bool is_2019, std::string_view code, std::string_view imei, std::string_view software) {
  if (!is_2019) return std::string(code);
  code = code.substr(0, 255);
  std::string out;
  put_u8(out, static_cast<unsigned>(code.size()));
  out += code;
  return out + filled(imei, 15) + filled(software, 20);
}

}  // namespace anlan
