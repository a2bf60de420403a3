#include "warnings/cap_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "warnings/cap_values.h"

namespace anlan {
namespace {

constexpr std::string_view kNamespace11 = "urn:oasis:names:tc:emergency:cap:1.1";
constexpr std::string_view kNamespace12 = "urn:oasis:names:tc:emergency:cap:1.2";

struct Name {
  std::string_view prefix, local;
};

Name split(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

std::string declaration_of(std::string_view prefix) {
  return prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
}

}  // namespace

CapDocument::CapDocument(std::string utf8) : text_(std::move(utf8)) {
  for (size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_ends_.push_back(i);
}

std::optional<ErrorDetail> CapDocument::open() {
  // A document type is kept as a node only so that it can be refused.
  const auto parsed =
      document_.load_buffer(text_.data(), text_.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_utf8);
  if (!parsed)
    return ErrorDetail{line_at_offset(parsed.offset), "", fmt::format("XML格式错误（{}）", parsed.description()),
                       fmt::format("not well-formed XML: {}", parsed.description())};
  if (auto fault = find_root()) return fault;
  if (auto fault = check_depth()) return fault;
  return find_namespace();
}

std::optional<ErrorDetail> CapDocument::find_root() {
  for (const auto node : document_.children()) {
    if (node.type() == pugi::node_doctype)
      return ErrorDetail{line_of(node), "DOCTYPE", "不接受文档类型声明（DOCTYPE）和实体",
                         "a document type and its entities are not accepted"};
    if (node.type() != pugi::node_element) continue;
    if (root_) return ErrorDetail{line_of(node), node.name(), "有多个根元素", "there is more than one root element"};
    root_ = node;
  }
  return std::nullopt;
}

// Without recursion: a hostile file nests as deep as it is long.
std::optional<ErrorDetail> CapDocument::check_depth() const {
  int depth = 1;
  for (auto node = root_; node;) {
    if (node.first_child()) {
      node = node.first_child();
      if (++depth > kCapDepthMax)
        return ErrorDetail{line_of(node), "", fmt::format("元素嵌套超过{}层", kCapDepthMax),
                           fmt::format("elements nest deeper than {}", kCapDepthMax)};
      continue;
    }
    while (node != root_ && !node.next_sibling()) node = node.parent(), --depth;
    if (node == root_) break;
    node = node.next_sibling();
  }
  return std::nullopt;
}

std::optional<ErrorDetail> CapDocument::find_namespace() {
  const auto name = split(root_.name());
  namespace_ = root_.attribute(declaration_of(name.prefix).c_str()).value();
  prefixes_ = {std::string(name.prefix)};
  for (const auto attribute : root_.attributes()) {
    const std::string_view declares = attribute.name();
    if (attribute.value() != namespace_) continue;
    if (declares == "xmlns") prefixes_.emplace_back();
    if (declares.starts_with("xmlns:")) prefixes_.emplace_back(declares.substr(6));
  }
  if (name.local != "alert")
    return ErrorDetail{line_of(root_), "alert", "根元素是" + quoted(root_.name()) + "，不是alert",
                       "the root element is " + quoted(root_.name()) + ", not alert"};
  if (namespace_ == kNamespace11) version_ = CapVersion::v1_1;
  if (namespace_.empty() || namespace_ == kNamespace11 || namespace_ == kNamespace12) return std::nullopt;
  return ErrorDetail{line_of(root_), "alert", "命名空间" + quoted(namespace_) + "不是CAP 1.2或1.1",
                     "the namespace " + quoted(namespace_) + " is neither CAP 1.2 nor 1.1"};
}

std::string_view CapDocument::cap_name(pugi::xml_node node) const {
  if (node.type() != pugi::node_element) return {};
  const auto name = split(node.name());
  if (node.first_attribute())
    if (const auto own = node.attribute(declaration_of(name.prefix).c_str()))
      return own.value() == namespace_ ? name.local : std::string_view();
  return std::find(prefixes_.begin(), prefixes_.end(), name.prefix) != prefixes_.end() ? name.local
                                                                                       : std::string_view();
}

std::vector<pugi::xml_node> CapDocument::children(pugi::xml_node parent, std::string_view name) const {
  std::vector<pugi::xml_node> out;
  for (const auto node : parent.children())
    if (cap_name(node) == name) out.push_back(node);
  return out;
}

int CapDocument::line_at_offset(ptrdiff_t offset) const {
  const auto at = static_cast<size_t>(std::max<ptrdiff_t>(offset, 0));
  return 1 + static_cast<int>(std::lower_bound(line_ends_.begin(), line_ends_.end(), at) - line_ends_.begin());
}

int CapDocument::line_of(pugi::xml_node node) const {
  return line_at_offset(node.offset_debug());
}

int CapDocument::line_of_path(std::string_view path) const {
  auto node = root_;
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    auto step = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    size_t index = 0;
    if (const auto bracket = step.find('['); bracket != std::string_view::npos) {
      std::from_chars(step.data() + bracket + 1, step.data() + step.size(), index);
      step = step.substr(0, bracket);
    }
    const auto found = children(node, step);
    if (index >= found.size()) break;
    node = found[index];
  }
  return line_of(node);
}

}  // namespace anlan
