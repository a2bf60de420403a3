// Reading declared things from YAML with every fault noted where it stands: file, line, what is wrong, what was
// expected. A reader goes on after a fault, so that one run shows all of them.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "registry/yaml_tree.h"

namespace anlan {

struct Spot {
  std::string file;
  int line = 0;
};

// At most kShown are kept, all are counted.
class Faults {
 public:
  static constexpr size_t kShown = 100;
  void add(const Spot& spot, std::string zh, std::string en);
  void add(const Error& error);  // a file that could not be parsed
  bool empty() const { return count_ == 0; }
  Error error(std::string_view what) const;  // kInvalidFile: {why} counts, details list; field is the file

 private:
  std::vector<ErrorDetail> details_;
  size_t count_ = 0;
};

// Lower-case letters, digits and underscores, beginning with a letter; at most 40.
bool is_declared_id(std::string_view text);

enum class Need { kOptional, kRequired };

// One map. Every accessor marks its key as known; finish() reports the keys nobody asked for.
class MapReader {
 public:
  // where: how a fault names this map, e.g. "hazards[3]".
  MapReader(const YamlNode& node, std::string file, std::string where, Faults& faults);

  const YamlNode* take(std::string_view key, Need need);
  std::string text(std::string_view key, Need need, size_t characters_max = 200);
  std::string id(std::string_view key, Need need);
  std::string date(std::string_view key, Need need);  // 2026-11-21
  int64_t integer(std::string_view key, int64_t min, int64_t max, std::optional<int64_t> otherwise = {});
  double number(std::string_view key, double min, double max, std::optional<double> otherwise = {});
  std::optional<double> maybe_number(std::string_view key);
  bool flag(std::string_view key, std::optional<bool> otherwise = {});
  // "90 s", "15 min", "2 h", "180 d"
  Millis duration(std::string_view key, Millis min, Millis max, std::optional<Millis> otherwise = {});
  // The items of a list; nothing and a fault when it is no list.
  const std::vector<YamlNode>& list(std::string_view key, Need need);

  template <class E>
  std::optional<E> choice(std::string_view key, Need need) {
    const auto* node = scalar(key, need);
    return node ? parse_choice<E>(*node, key) : std::nullopt;
  }
  template <class E>
  std::vector<E> choices(std::string_view key, Need need) {
    std::vector<E> out;
    for (const auto& node : list(key, need))
      if (auto value = parse_choice<E>(node, key)) out.push_back(*value);
    return out;
  }

  void fault(int line, std::string_view key, std::string zh, std::string en);
  void finish();
  const YamlNode& node() const { return node_; }
  Spot spot(int line = 0) const { return {file_, line ? line : node_.line}; }
  Faults& faults() { return faults_; }

 private:
  const YamlNode* scalar(std::string_view key, Need need);
  std::optional<double> parse_number(const YamlNode& node, std::string_view key, double min, double max, bool whole);
  template <class E>
  std::optional<E> parse_choice(const YamlNode& node, std::string_view key) {
    std::optional<E> found;
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
      if (node.kind == YamlNode::Kind::kScalar && node.text == d.name) found = d.value;
      names += (names.empty() ? "" : ", ") + std::string(d.name);
    });
    if (!found) fault(node.line, key, "“" + node.text + "”不可用，应为 " + names + " 之一", "“" + node.text + "” is not one of " + names);
    return found;
  }

  const YamlNode& node_;
  std::string file_, where_;
  Faults& faults_;
  std::set<std::string, std::less<>> known_;
};

// Reads every map of the list `section`; keys that nobody asked for are faults.
template <class Read>
void each(MapReader& top, std::string_view section, Read read) {
  const auto& items = top.list(section, Need::kOptional);
  for (size_t i = 0; i < items.size(); ++i) {
    MapReader item(items[i], top.spot().file, std::string(section) + "[" + std::to_string(i + 1) + "]", top.faults());
    if (items[i].kind != YamlNode::Kind::kMap) continue;
    read(item);
    item.finish();
  }
}

}  // namespace anlan
