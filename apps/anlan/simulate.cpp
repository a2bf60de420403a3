// Devices that exist only in this program, sent against a server.
#include <fmt/format.h>

#include <boost/describe/enum_from_string.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>

#include "anlan/commands.h"
#include "base/real_ports.h"
#include "gateway/device_simulator.h"

namespace anlan {
namespace {

std::atomic<bool> stopping{false};

Error wrong(const char* field, const std::string& why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

// One code a line, of a CSV the first column; a first line that says "code" or 编码 is a heading.
Result<std::vector<std::string>> read_codes(const std::string& file) {
  constexpr size_t kCodesMax = 1'000'000;
  std::ifstream in(file);
  if (!in) return Error(ErrorCode::kNotFound, {{"what", file}});
  std::vector<std::string> codes;
  for (std::string line; std::getline(in, line) && codes.size() < kCodesMax;) {
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    line.erase(std::min(line.find_first_of(",\r"), line.size()));
    if (!line.empty() && line != "code" && line != "编码") codes.push_back(line);
  }
  return codes;
}

}  // namespace

Result<void> simulate_devices(const SimulateCommand& command) {
  SimulatorSettings s;
  if (!boost::describe::enum_from_string(command.protocol.c_str(), s.protocol)) return wrong("protocol", "sl651, hj212, jtt808, mqtt, json, line");
  if (!boost::describe::enum_from_string(command.scenario.c_str(), s.scenario)) return wrong("scenario", "steady, storm, silent, flood, bad_clock");
  std::string to = command.to;
  s.udp = to.starts_with("udp:");
  if (s.udp) to.erase(0, 4);
  const size_t colon = to.rfind(':');
  const int port = colon == std::string::npos ? 0 : std::atoi(to.c_str() + colon + 1);
  if (port < 1 || port > 65'535) return wrong("to", "host:port");
  s.host = to.substr(0, colon);
  s.port = static_cast<uint16_t>(port);
  if (command.codes.empty()) {
    s.codes = simulated_codes(s.protocol, command.prefix, command.links);
  } else {
    TRY(codes, read_codes(command.codes));
    if (codes.size() > command.links) codes.resize(command.links);
    s.codes = std::move(codes);
  }
  s.rate = command.rate;
  s.seconds = command.seconds;
  s.seed = command.seed;
  s.base = command.base;
  s.rise = command.rise;
  s.password = command.password;
  s.topic = command.topic;
  const auto begin = command.begin.empty() ? std::nullopt : parse_iso8601(command.begin);
  if (!command.begin.empty() && !begin) return wrong("begin", command.begin);
  if (command.list) {
    fmt::print("code\n");
    for (const auto& code : s.codes) fmt::print("{}\n", code);
    return {};
  }
  TRY(simulator, DeviceSimulator::create(std::move(s)));
  // So that the last reading is of now, whatever the rate.
  simulator.begin_at(begin.value_or(SystemClock().now() - simulator.hurry()));
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, [](int) { stopping = true; });
  std::signal(SIGTERM, [](int) { stopping = true; });
  const auto totals = simulator.run(stopping);
  fmt::print("sent {} answered {} refused {} unanswered {} skipped {}\n", totals.sent, totals.answered, totals.refused, totals.unanswered, totals.skipped);
  if (!totals.trouble.empty()) return Error(ErrorCode::kUnavailable, {{"what", command.to + ": " + totals.trouble}});
  return {};
}

}  // namespace anlan
