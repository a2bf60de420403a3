#include "quake/fragility_read.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <pugixml.hpp>
#include <unordered_set>

namespace anlan::quake {
namespace {

constexpr double kGravity = 9.80665;
constexpr size_t kDetailsMax = 100, kIdMax = 200;

Error bad_file(const std::string& why) { return Error(ErrorCode::kInvalidFile, {{"why", why}}); }

// A fault of one function, to be listed with its line.
struct Fault {
  std::string zh, en;
};
// "中文 / English" as the checks of the module write it.
Fault parted(const std::string& why) {
  const size_t bar = why.find(" / ");
  return bar == std::string::npos ? Fault{why, why} : Fault{why.substr(0, bar), why.substr(bar + 3)};
}

bool is_named(const pugi::xml_node& node, std::string_view name) {
  std::string_view own = node.name();
  if (const size_t colon = own.find(':'); colon != std::string_view::npos) own.remove_prefix(colon + 1);
  return own == name;
}
pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  return node.find_child([&](const pugi::xml_node& c) { return is_named(c, name); });
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  constexpr std::string_view blanks = " \t\r\n,";
  while (true) {
    const size_t start = text.find_first_not_of(blanks);
    if (start == std::string_view::npos || out.size() > kLevelsMax) return out;
    text.remove_prefix(start);
    const size_t end = std::min(text.find_first_of(blanks), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}
std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && stop == text.data() + text.size() && std::isfinite(value) ? std::optional(value) : std::nullopt;
}
std::optional<double> attribute(const pugi::xml_node& node, const char* name) {
  const auto found = node.attribute(name);
  return found ? number(found.value()) : std::nullopt;
}
std::optional<std::vector<double>> numbers(const pugi::xml_node& node) {
  std::vector<double> out;
  for (const auto word : words(node.child_value())) {
    const auto value = number(word);
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

// The row of each limit state: its `poes` or `params`. Empty when one is absent or twice.
std::vector<pugi::xml_node> by_state(const pugi::xml_node& function, std::string_view name, const std::vector<std::string>& states) {
  std::vector<pugi::xml_node> rows(states.size());
  size_t filled = 0;
  for (const auto& row : function.children()) {
    if (!is_named(row, name)) continue;
    const auto at = std::find(states.begin(), states.end(), row.attribute("ls").value());
    if (at == states.end() || rows[static_cast<size_t>(at - states.begin())]) return {};
    rows[static_cast<size_t>(at - states.begin())] = row, ++filled;
  }
  return filled == states.size() ? rows : std::vector<pugi::xml_node>();
}

bool read_continuous(const pugi::xml_node& function, const std::vector<std::string>& states, double unit, Fragility& f, Fault& fault) {
  f.median.fill(std::numeric_limits<double>::infinity());
  f.beta.fill(1);
  if (std::strcmp(function.attribute("shape").value(), "logncdf") != 0) return fault = {"形状应为 logncdf", "the shape must be logncdf"}, false;
  const auto rows = by_state(function, "params", states);
  if (rows.empty()) return fault = {"每个极限状态应有一个 params", "one <params> for each limit state"}, false;
  for (size_t g = 0; g < rows.size(); ++g) {
    const auto mean = attribute(rows[g], "mean"), deviation = attribute(rows[g], "stddev");
    const auto median = attribute(rows[g], "median"), beta = attribute(rows[g], "beta");
    if (mean && deviation && *mean > 0 && *deviation > 0) {
      const double variation = 1 + *deviation / *mean * (*deviation / *mean);
      f.median[g] = *mean / std::sqrt(variation) * unit, f.beta[g] = std::sqrt(std::log(variation));
    } else if (median && beta) {
      f.median[g] = *median * unit, f.beta[g] = *beta;
    } else {
      return fault = {"params 应有大于 0 的 mean、stddev 或 median、beta", "<params> needs positive mean and stddev, or median and beta"}, false;
    }
  }
  return true;
}

bool read_discrete(const pugi::xml_node& function, const pugi::xml_node& imls, const std::vector<std::string>& states, double unit, std::optional<double> none_below, Fragility& f, Fault& fault) {
  f.form = Fragility::Form::discrete;
  const auto rows = by_state(function, "poes", states);
  if (rows.empty()) return fault = {"每个极限状态应有一个 poes", "one <poes> for each limit state"}, false;
  const auto levels = numbers(imls);
  if (!levels || levels->empty() || levels->size() >= kLevelsMax) return fault = {"imls 应为 1 至 999 个数字", "<imls> must hold 1 to 999 numbers"}, false;
  const bool start = none_below && *none_below < levels->front();
  if (start) f.levels.push_back(*none_below * unit);
  for (const double level : *levels) f.levels.push_back(level * unit);
  for (size_t g = 0; g < f.probability.size(); ++g) {
    if (start) f.probability[g].push_back(0);
    if (g >= rows.size()) {
      f.probability[g].assign(f.levels.size(), 0);
      continue;
    }
    const auto values = numbers(rows[g]);
    if (!values || values->size() != levels->size()) return fault = {"poes 应与 imls 个数相同", "<poes> must hold as many numbers as <imls>"}, false;
    f.probability[g].insert(f.probability[g].end(), values->begin(), values->end());
  }
  return true;
}

bool read_function(const pugi::xml_node& function, const std::vector<std::string>& states, Fragility& f, Fault& fault) {
  const auto imls = child(function, "imls");
  const std::string_view measure = imls.attribute("imt").value();
  double unit = 1;
  if (measure == "PGA") f.measure = Measure::pga, unit = kGravity;
  else if (measure == "PGV") f.measure = Measure::pgv, unit = 0.01;
  else if (measure == "MMI") f.measure = Measure::intensity;
  else return fault = {"强度指标应为 PGA、PGV 或 MMI", "the measure must be PGA, PGV or MMI"}, false;
  const auto none_below = attribute(imls, "noDamageLimit");
  if (imls.attribute("noDamageLimit") && !none_below) return fault = {"noDamageLimit 应为数字", "noDamageLimit must be a number"}, false;
  if (none_below) f.at_least = *none_below * unit;
  const std::string_view format = function.attribute("format").value();
  const bool read = format == "continuous" ? read_continuous(function, states, unit, f, fault)
                    : format == "discrete" ? read_discrete(function, imls, states, unit, none_below, f, fault)
                                           : (fault = {"format 应为 continuous 或 discrete", "the format must be continuous or discrete"}, false);
  if (!read) return false;
  const auto checked = check(f);
  if (!checked) fault = parted(std::string(checked.error().param("why")));
  return checked.ok();
}

}  // namespace

Result<FragilityModel> read_fragilities(std::string_view xml) {
  if (xml.size() > kFragilityFileMax) return Error(ErrorCode::kTooLarge, {{"what", "NRML"}, {"limit", "32 MB"}});
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) return bad_file(std::string("不是有效的 XML / not valid XML: ") + parsed.description());
  const auto nrml = child(document, "nrml");
  const auto root = child(nrml, "fragilityModel");
  if (!root) return bad_file("不是 NRML 易损性模型 / not an NRML fragility model");
  if (std::string_view(nrml.attribute("xmlns").value()).ends_with("0.4")) return bad_file("应为 NRML 0.5 / must be NRML 0.5");

  FragilityModel model;
  for (const auto word : words(child(root, "limitStates").child_value())) model.limit_states.emplace_back(word);
  if (model.limit_states.empty() || model.limit_states.size() >= kGrades) return bad_file("极限状态应为 1 至 4 个 / there must be 1 to 4 limit states");
  if (std::unordered_set<std::string>(model.limit_states.begin(), model.limit_states.end()).size() != model.limit_states.size())
    return bad_file("极限状态重名 / a limit state is there twice");

  Error faults = bad_file("");
  size_t wrong = 0, line = 1;
  ptrdiff_t counted = 0;
  std::unordered_set<std::string> seen;
  for (const auto& function : root.children()) {
    if (!is_named(function, "fragilityFunction")) continue;
    if (model.ids.size() + wrong >= kFragilitiesMax) return Error(ErrorCode::kTooLarge, {{"what", "fragilityFunction"}, {"limit", std::to_string(kFragilitiesMax)}});
    const ptrdiff_t offset = std::clamp<ptrdiff_t>(function.offset_debug(), counted, static_cast<ptrdiff_t>(xml.size()));
    line += static_cast<size_t>(std::count(xml.begin() + counted, xml.begin() + offset, '\n'));
    counted = offset;
    const std::string id = function.attribute("id").value();
    Fragility f;
    Fault fault;
    if (id.empty() || id.size() > kIdMax) fault = {"缺少 id 或太长", "no id, or too long"};
    else if (!seen.insert(id).second) fault = {"id 重复", "the id is there twice"};
    else if (read_function(function, model.limit_states, f, fault)) {
      model.ids.push_back(id);
      model.fragilities.push_back(std::move(f));
      continue;
    }
    ++wrong;
    if (faults.details.size() < kDetailsMax) faults.details.push_back({static_cast<int>(line), id.substr(0, kIdMax), fault.zh, fault.en});
  }
  if (wrong > 0) {
    faults.params[0].value = std::to_string(wrong) + " 个易损性函数有误 / " + std::to_string(wrong) + " fragility functions are wrong";
    return faults;
  }
  if (model.ids.empty()) return bad_file("没有易损性函数 / there is no fragility function");
  return model;
}

}  // namespace anlan::quake
