#include "registry/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "documents/encoding.h"
#include "documents/faults.h"

namespace anlan {
namespace {

// Leaves the parser at the first thing we do not accept; caught in parse_yaml.
struct Refused {
  int line;
  std::string zh, en;
};

int line_of(const YAML::Mark& mark) { return mark.line < 0 ? 0 : mark.line + 1; }

class TreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root) throw Refused{line_of(mark), "一个文件只能有一个 YAML 文档", "a file holds one YAML document only"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add({YamlNode::Kind::kNull, line_of(mark)}, mark);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark, 1); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    refuse_anchor(mark, anchor);
    if (tag != "?" && tag != "!" && !tag.empty()) refuse_tag(mark);
    YamlNode node{YamlNode::Kind::kScalar, line_of(mark), value};
    node.quoted = tag == "!";
    add(std::move(node), mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open({YamlNode::Kind::kList, line_of(mark)}, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open({YamlNode::Kind::kMap, line_of(mark)}, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlNode> root;

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlNode::Key> key;  // of a map, waiting for its value
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor) throw Refused{line_of(mark), "不支持锚点和引用（& 和 *），请写出完整内容", "anchors and aliases (& and *) are refused; write the value out"};
  }
  static void refuse_tag(const YAML::Mark& mark) {
    throw Refused{line_of(mark), "不支持标签（!）", "tags (!) are refused"};
  }

  void open(YamlNode node, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    if (tag != "?" && !tag.empty()) refuse_tag(mark);
    if (static_cast<int>(open_.size()) >= kYamlDepthMax)
      throw Refused{line_of(mark), fmt::format("嵌套超过 {} 层", kYamlDepthMax), fmt::format("nested deeper than {}", kYamlDepthMax)};
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && !open_.back().key)
      throw Refused{line_of(mark), "键必须是文字", "a key must be a plain word"};
    open_.push_back({std::move(node), std::nullopt});
  }
  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(node));
  }
  void add(YamlNode node, const YAML::Mark& mark) {
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && !open_.back().key) {
      auto& map = open_.back().node;
      if (node.kind != YamlNode::Kind::kScalar) throw Refused{line_of(mark), "键必须是文字", "a key must be a plain word"};
      if (map.child(node.text))
        throw Refused{line_of(mark), fmt::format("键“{}”重复", node.text), fmt::format("the key “{}” is repeated", node.text)};
      if (map.keys.size() >= kKeysMax)
        throw Refused{line_of(mark), fmt::format("一个表的键超过 {} 个", kKeysMax), fmt::format("more than {} keys in one map", kKeysMax)};
      open_.back().key = YamlNode::Key{std::move(node.text), node.line};
      return;
    }
    place(std::move(node));
  }
  void place(YamlNode node) {
    if (++nodes_ > kYamlNodesMax)
      throw Refused{node.line, fmt::format("内容超过 {} 项", kYamlNodesMax), fmt::format("more than {} items", kYamlNodesMax)};
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    auto& above = open_.back();
    if (above.node.kind == YamlNode::Kind::kMap) {
      above.node.keys.push_back(std::move(*above.key));
      above.key.reset();
    }
    above.node.children.push_back(std::move(node));
  }

  static constexpr size_t kKeysMax = 500;  // a key is compared with all before it
  std::vector<Open> open_;
  size_t nodes_ = 0;
};

}  // namespace

const YamlNode* YamlNode::child(std::string_view key) const {
  for (size_t i = 0; i < keys.size() && i < children.size(); ++i)
    if (keys[i].text == key) return &children[i];
  return nullptr;
}

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kYamlBytesMax) return Error(ErrorCode::kTooLarge, {{"what", file}, {"limit", "1 MiB"}});
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (const size_t good = utf8_prefix(text); good < text.size() || text.find('\0') != text.npos) {
    const size_t at = std::min(good, text.find('\0'));
    const auto line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n'));
    return file_fault(line, file, "文件不是 UTF-8 文本", "the file is not UTF-8 text");
  }
  TreeBuilder builder;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    return file_fault(refused.line, file, refused.zh, refused.en);
  } catch (const YAML::Exception& e) {
    return file_fault(line_of(e.mark), file, fmt::format("YAML 语法有误：{}", e.msg), fmt::format("not YAML: {}", e.msg));
  } catch (const std::exception& e) {
    return file_fault(0, file, fmt::format("YAML 无法读取：{}", e.what()), fmt::format("cannot be read: {}", e.what()));
  }
  if (!builder.root) return YamlNode{};
  return std::move(*builder.root);
}

}  // namespace anlan
