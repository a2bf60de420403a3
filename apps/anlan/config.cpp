#include "anlan/config.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <functional>
#include <map>

namespace anlan {
namespace {

// Throws what yaml-cpp throws for a wrong type.
Config::FireSpots read_fire_spots(const YAML::Node& n) {
  Config::FireSpots spots;
  if (!n.IsMap()) throw YAML::RepresentationException(n.Mark(), "map");
  for (const auto& entry : n) {
    const auto key = entry.first.as<std::string>();
    if (key == "url") {
      spots.urls = entry.second.IsSequence() ? entry.second.as<std::vector<std::string>>() : std::vector{entry.second.as<std::string>()};
    } else if (key == "folder") {
      spots.folder = entry.second.as<std::string>();
    } else if (key == "every") {
      const auto text = entry.second.as<std::string>();
      if (!text.ends_with(" min") || text.find_first_not_of("0123456789") != text.size() - 4 || text.size() < 5 || text.size() > 8) throw YAML::RepresentationException(entry.second.Mark(), "every");
      spots.every_minutes = std::stoi(text);
    } else {
      throw YAML::RepresentationException(entry.first.Mark(), key);
    }
  }
  return spots;
}

}  // namespace

Result<Config> read_config(const std::string& file) {
  if (!std::filesystem::exists(file)) return Error(ErrorCode::kNotFound, {{"what", file}});
  Config c;
  const std::map<std::string, std::function<void(const YAML::Node&)>> keys = {
      {"data", [&](const YAML::Node& n) { c.data = n.as<std::string>(); }},
      {"store", [&](const YAML::Node& n) { c.store = n.as<std::string>(); }},
      {"pack", [&](const YAML::Node& n) { c.pack = n.as<std::string>(); }},
      {"ui", [&](const YAML::Node& n) { c.ui = n.as<std::string>(); }},
      {"openapi", [&](const YAML::Node& n) { c.openapi = n.as<std::string>(); }},
      {"name", [&](const YAML::Node& n) { c.name = n.as<std::string>(); }},
      {"place", [&](const YAML::Node& n) { c.place = n.as<std::string>(); }},
      {"duty_phone", [&](const YAML::Node& n) { c.duty_phone = n.as<std::string>(); }},
      {"sender", [&](const YAML::Node& n) { c.sender = n.as<std::string>(); }},
      {"public_url", [&](const YAML::Node& n) { c.public_url = n.as<std::string>(); }},
      {"utc_offset_minutes", [&](const YAML::Node& n) { c.utc_offset_minutes = n.as<int>(); }},
      {"listen", [&](const YAML::Node& n) { c.listen = n.IsSequence() ? n.as<std::vector<std::string>>() : std::vector{n.as<std::string>()}; }},
      {"tls_cert", [&](const YAML::Node& n) { c.tls_cert = n.as<std::string>(); }},
      {"tls_key", [&](const YAML::Node& n) { c.tls_key = n.as<std::string>(); }},
      {"base_maps", [&](const YAML::Node& n) { c.base_maps = n.as<std::vector<std::string>>(); }},
      {"devices", [&](const YAML::Node& n) { c.devices = n.as<std::vector<std::string>>(); }},
      {"frames_max_gb", [&](const YAML::Node& n) { c.frames_max_gb = n.as<double>(); }},
      {"mqtt", [&](const YAML::Node& n) { c.mqtt = n.as<std::vector<std::string>>(); }},
      {"fire_spots", [&](const YAML::Node& n) { c.fire_spots = read_fire_spots(n); }},
      {"seedlink", [&](const YAML::Node& n) { c.seedlink = n.as<std::vector<std::string>>(); }},
      {"earthquake_feeds", [&](const YAML::Node& n) { c.earthquake_feeds = n.as<std::vector<std::string>>(); }},
      {"outlet", [&](const YAML::Node& n) { c.outlet = n.as<std::string>(); }},
      {"outlet_token", [&](const YAML::Node& n) { c.outlet_token = n.as<std::string>(); }},
      {"local_cap_sources", [&](const YAML::Node& n) { c.local_cap_sources = n.as<bool>(); }},
      {"web_threads", [&](const YAML::Node& n) { c.web_threads = n.as<int>(); }},
      {"workers", [&](const YAML::Node& n) { c.workers = n.as<int>(); }},
      {"simulated_phones", [&](const YAML::Node& n) { c.simulated_phones = n.as<bool>(); }},
  };
  Error faults(ErrorCode::kInvalidFile, {{"why", file}});
  auto fault = [&](int line, const std::string& field, std::string zh, std::string en) { faults.details.push_back({line, field, std::move(zh), std::move(en)}); };
  try {
    const YAML::Node root = YAML::LoadFile(file);
    if (!root.IsNull() && !root.IsMap()) fault(1, "", "应为 键: 值", "expected key: value");
    if (root.IsMap())
      for (const auto& entry : root) {
        const auto key = entry.first.as<std::string>();
        const int line = entry.first.Mark().line + 1;
        const auto it = keys.find(key);
        if (it == keys.end()) {
          fault(line, key, "没有这个配置项", "unknown key");
          continue;
        }
        try {
          it->second(entry.second);
        } catch (const YAML::Exception& e) {
          fault(line, key, "值的类型不对", "the value has the wrong type");
        }
      }
  } catch (const YAML::Exception& e) {
    fault(e.mark.line + 1, "", e.msg, e.msg);
  }
  if (c.utc_offset_minutes < -720 || c.utc_offset_minutes > 840) fault(0, "utc_offset_minutes", "应在 -720 至 840 之间", "must be -720 … 840");
  if (!(c.frames_max_gb >= 0.01 && c.frames_max_gb <= 10'000)) fault(0, "frames_max_gb", "应在 0.01 至 10000 之间", "must be 0.01 … 10000");
  if (c.fire_spots.every_minutes < 1 || c.fire_spots.every_minutes > 1440) fault(0, "fire_spots", "every 应在 1 min 至 1440 min 之间", "every must be 1 min … 1440 min");
  if (c.fire_spots.urls.size() > 10) fault(0, "fire_spots", "url 最多 10 个", "at most 10 urls");
  if (!c.outlet.empty() && !c.outlet.starts_with("http://") && !c.outlet.starts_with("https://"))
    fault(0, "outlet", "应以 http:// 或 https:// 开头", "must begin with http:// or https://");
  if (c.web_threads < 1 || c.web_threads > 64) fault(0, "web_threads", "应在 1 至 64 之间", "must be 1 … 64");
  if (c.workers < 1 || c.workers > 64) fault(0, "workers", "应在 1 至 64 之间", "must be 1 … 64");
  if (c.tls_cert.empty() != c.tls_key.empty()) fault(0, "tls_cert", "证书和私钥须同时给出", "certificate and key belong together");
  if (!faults.details.empty()) return faults;
  return c;
}

}  // namespace anlan
