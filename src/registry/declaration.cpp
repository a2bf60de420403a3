#include "registry/declaration.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace anlan {

void Faults::add(const Spot& spot, std::string zh, std::string en) {
  if (++count_ <= kShown) details_.push_back({spot.line, spot.file, std::move(zh), std::move(en)});
}

void Faults::add(const Error& error) {
  for (const auto& d : error.details) add({d.field, d.line}, d.zh, d.en);
  if (error.details.empty()) add({std::string(error.param("what")), 0}, error.describe(), error.describe());
}

Error Faults::error(std::string_view what) const {
  Error error(ErrorCode::kInvalidFile, {{"why", fmt::format("{}: {}", what, count_)}});
  error.details = details_;
  return error;
}

bool is_declared_id(std::string_view text) {
  return !text.empty() && text.size() <= 40 && text[0] >= 'a' && text[0] <= 'z' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

MapReader::MapReader(const YamlNode& node, std::string file, std::string where, Faults& faults)
    : node_(node), file_(std::move(file)), where_(std::move(where)), faults_(faults) {
  if (node_.kind != YamlNode::Kind::kMap)
    faults_.add(spot(), fmt::format("{}：应为“键: 值”的表", where_), fmt::format("{}: expected a map of key: value", where_));
}

void MapReader::fault(int line, std::string_view key, std::string zh, std::string en) {
  const std::string name = key.empty() ? where_ : where_.empty() ? std::string(key) : where_ + "." + std::string(key);
  faults_.add(spot(line), fmt::format("{}：{}", name, zh), fmt::format("{}: {}", name, en));
}

void MapReader::finish() {
  for (const auto& key : node_.keys) {
    if (known_.contains(key.text)) continue;
    std::string names;
    for (const auto& k : known_) names += (names.empty() ? "" : ", ") + k;
    fault(key.line, key.text, "不认识这个键，可用：" + names, "unknown key; expected one of " + names);
  }
}

const YamlNode* MapReader::take(std::string_view key, Need need) {
  known_.emplace(key);
  const auto* child = node_.child(key);
  if (child && child->kind == YamlNode::Kind::kNull) child = nullptr;
  if (!child && need == Need::kRequired && node_.kind == YamlNode::Kind::kMap)
    fault(0, key, "缺少这一项", "is missing");
  return child;
}

const YamlNode* MapReader::scalar(std::string_view key, Need need) {
  const auto* child = take(key, need);
  if (!child || child->kind == YamlNode::Kind::kScalar) return child;
  fault(child->line, key, "应为一个值，不是列表或表", "expected one value, not a list or map");
  return nullptr;
}

std::string MapReader::text(std::string_view key, Need need, size_t characters_max) {
  const auto* child = scalar(key, need);
  if (!child) return {};
  size_t characters = 0;
  for (const unsigned char c : child->text) {
    characters += (c & 0xC0) != 0x80;
    if ((c < 0x20 && c != '\n') || c == 0x7F) {
      fault(child->line, key, "含有控制字符", "has a control character");
      return {};
    }
  }
  if (characters > characters_max)
    fault(child->line, key, fmt::format("有 {} 个字，最多 {} 个", characters, characters_max),
          fmt::format("has {} characters; at most {}", characters, characters_max));
  if (child->text.empty() && need == Need::kRequired) fault(child->line, key, "不能为空", "must not be empty");
  return child->text;
}

std::string MapReader::id(std::string_view key, Need need) {
  const auto* child = scalar(key, need);
  if (!child) return {};
  if (!is_declared_id(child->text)) {
    fault(child->line, key, fmt::format("“{}”应为小写字母开头的字母、数字、下划线，最多 40 个", child->text),
          fmt::format("“{}” must be lower-case letters, digits and _, beginning with a letter, at most 40", child->text));
    return {};
  }
  return child->text;
}

std::string MapReader::date(std::string_view key, Need need) {
  const auto* child = scalar(key, need);
  if (!child) return {};
  if (child->text.size() != 10 || !parse_iso8601(child->text + "T00:00:00+08:00")) {
    fault(child->line, key, fmt::format("“{}”应为日期，如 2026-11-21", child->text),
          fmt::format("“{}” must be a date like 2026-11-21", child->text));
    return {};
  }
  return child->text;
}

std::optional<double> MapReader::parse_number(const YamlNode& node, std::string_view key, double min, double max, bool whole) {
  double value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [at, problem] = std::from_chars(node.text.data(), end, value);
  if (node.quoted || problem != std::errc() || at != end || !std::isfinite(value) || (whole && value != std::floor(value))) {
    fault(node.line, key, fmt::format("“{}”应为{}", node.text, whole ? "整数" : "数字"),
          fmt::format("“{}” must be a {}", node.text, whole ? "whole number" : "number"));
    return std::nullopt;
  }
  if (value < min || value > max) {
    fault(node.line, key, fmt::format("{} 超出范围 {} 到 {}", node.text, min, max),
          fmt::format("{} is outside {} to {}", node.text, min, max));
    return std::nullopt;
  }
  return value;
}

int64_t MapReader::integer(std::string_view key, int64_t min, int64_t max, std::optional<int64_t> otherwise) {
  const auto* child = scalar(key, otherwise ? Need::kOptional : Need::kRequired);
  const auto value = child ? parse_number(*child, key, static_cast<double>(min), static_cast<double>(max), true) : std::nullopt;
  return value ? static_cast<int64_t>(*value) : otherwise.value_or(min);
}

double MapReader::number(std::string_view key, double min, double max, std::optional<double> otherwise) {
  const auto* child = scalar(key, otherwise ? Need::kOptional : Need::kRequired);
  const auto value = child ? parse_number(*child, key, min, max, false) : std::nullopt;
  return value ? *value : otherwise.value_or(min);
}

std::optional<double> MapReader::maybe_number(std::string_view key) {
  const auto* child = scalar(key, Need::kOptional);
  return child ? parse_number(*child, key, -1e15, 1e15, false) : std::nullopt;
}

bool MapReader::flag(std::string_view key, std::optional<bool> otherwise) {
  const auto* child = scalar(key, otherwise ? Need::kOptional : Need::kRequired);
  if (!child) return otherwise.value_or(false);
  if (child->quoted || (child->text != "true" && child->text != "false")) {
    fault(child->line, key, fmt::format("“{}”应为 true 或 false", child->text), fmt::format("“{}” must be true or false", child->text));
    return otherwise.value_or(false);
  }
  return child->text == "true";
}

Millis MapReader::duration(std::string_view key, Millis min, Millis max, std::optional<Millis> otherwise) {
  const auto* child = scalar(key, otherwise ? Need::kOptional : Need::kRequired);
  if (!child) return otherwise.value_or(min);
  int64_t n = 0;
  const char* end = child->text.data() + child->text.size();
  const auto [at, problem] = std::from_chars(child->text.data(), end, n);
  std::string_view unit(at, static_cast<size_t>(end - at));
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  const Millis one = unit == "s" ? seconds(1) : unit == "min" ? minutes(1) : unit == "h" ? hours(1) : unit == "d" ? hours(24) : Millis{};
  if (problem != std::errc() || one.count == 0 || n < 0 || n > 1'000'000) {
    fault(child->line, key, fmt::format("“{}”应为时长，如 90 s、15 min、2 h、180 d", child->text),
          fmt::format("“{}” must be a duration like 90 s, 15 min, 2 h, 180 d", child->text));
    return otherwise.value_or(min);
  }
  const Millis value = one * n;
  if (value < min || value > max)
    fault(child->line, key, fmt::format("{} 超出范围 {} s 到 {} s", child->text, min.count / 1000, max.count / 1000),
          fmt::format("{} is outside {} s to {} s", child->text, min.count / 1000, max.count / 1000));
  return value;
}

const std::vector<YamlNode>& MapReader::list(std::string_view key, Need need) {
  static const std::vector<YamlNode> kNone;
  const auto* child = take(key, need);
  if (!child) return kNone;
  if (child->kind == YamlNode::Kind::kList) return child->children;
  fault(child->line, key, "应为列表", "expected a list");
  return kNone;
}

}  // namespace anlan
