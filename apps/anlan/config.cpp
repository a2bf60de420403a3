#include "anlan/config.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <functional>
#include <map>

namespace anlan {

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
      {"mqtt", [&](const YAML::Node& n) { c.mqtt = n.as<std::vector<std::string>>(); }},
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
  if (c.web_threads < 1 || c.web_threads > 64) fault(0, "web_threads", "应在 1 至 64 之间", "must be 1 … 64");
  if (c.workers < 1 || c.workers > 64) fault(0, "workers", "应在 1 至 64 之间", "must be 1 … 64");
  if (c.tls_cert.empty() != c.tls_key.empty()) fault(0, "tls_cert", "证书和私钥须同时给出", "certificate and key belong together");
  if (!faults.details.empty()) return faults;
  return c;
}

}  // namespace anlan
