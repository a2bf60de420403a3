#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/enum_from_string.hpp>
#include <charconv>
#include <span>
#include <tuple>

#include "warnings/cap_document.h"
#include "warnings/cap_values.h"
#include "warnings/xml_text.h"

namespace anlan {
namespace {

constexpr std::string_view kAlertElements[] = {"identifier", "sender",     "sent",        "status",    "msgType",
                                               "source",     "scope",      "restriction", "addresses", "code",
                                               "note",       "references", "incidents",   "info",      "password"};
constexpr std::string_view kInfoElements[] = {
    "language",    "category",    "event",     "responseType", "urgency",   "severity",   "certainty",
    "audience",    "eventCode",   "effective", "onset",        "expires",   "senderName", "headline",
    "description", "instruction", "web",       "contact",      "parameter", "resource",   "area"};
constexpr std::string_view kResourceElements[] = {"resourceDesc", "mimeType", "size", "uri", "derefUri", "digest"};
constexpr std::string_view kAreaElements[] = {"areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"};
constexpr std::string_view kNamedValueElements[] = {"valueName", "value"};

Error invalid_file(std::vector<ErrorDetail> faults) {
  Error error(ErrorCode::kInvalidFile,
              {{"why", fmt::format("CAP文件有{}处错误 / {} fault{} in the CAP file", faults.size(), faults.size(),
                                   faults.size() == 1 ? "" : "s")}});
  error.details = std::move(faults);
  return error;
}

class CapReader {
 public:
  explicit CapReader(XmlText text) : document_(std::move(text.utf8)), remarks_(std::move(text.remarks)) {}

  Result<CapAlert> read() {
    if (auto unreadable = document_.open()) return invalid_file({std::move(*unreadable)});
    alert_.version = document_.version();
    const int line = document_.line_of(document_.root());
    if (alert_.version == CapVersion::v1_1) remark(line, "alert", "这是CAP 1.1消息", "this is a CAP 1.1 message");
    if (!document_.has_namespace())
      remark(line, "alert", "没有声明CAP命名空间，按CAP 1.2读取", "no CAP namespace is declared; read as CAP 1.2");
    read_alert(document_.root());
    apply_rules();
    if (!faults_.empty()) return invalid_file(std::move(faults_));
    alert_.remarks = std::move(remarks_);
    return std::move(alert_);
  }

 private:
  using Node = pugi::xml_node;

  int line_of(Node node) const { return document_.line_of(node); }

  static void add(std::vector<ErrorDetail>& list, int line, std::string field, std::string zh, std::string en) {
    if (list.size() + 1 < kCapFaultsMax)
      list.push_back({line, std::move(field), std::move(zh), std::move(en)});
    else if (list.size() < kCapFaultsMax)
      list.push_back({0, "", "其余问题不再列出", "further ones are not listed"});
  }
  void fault(int line, std::string field, std::string zh, std::string en) {
    add(faults_, line, std::move(field), std::move(zh), std::move(en));
  }
  void remark(int line, std::string field, std::string zh, std::string en) {
    add(remarks_, line, std::move(field), std::move(zh), std::move(en));
  }

  void note_unknown(Node parent, const std::string& path, std::span<const std::string_view> known) {
    for (Node node : parent.children()) {
      const auto name = document_.cap_name(node);
      if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end())
        remark(line_of(node), path + std::string(name), "CAP没有这个元素，已略过",
               "CAP has no such element; passed over");
      if (std::string_view(node.name()).ends_with("Signature"))
        remark(line_of(node), path + node.name(), "消息带有数字签名，未作校验",
               "the message is signed; the signature was not checked");
    }
  }

  // All text of an element: comments and CDATA sections may split it.
  std::string content(Node node, const std::string& path) {
    std::string out;
    for (Node part : node.children()) {
      if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) out += part.value();
      if (part.type() == pugi::node_element) {
        fault(line_of(part), path, "内部不应有元素" + quoted(part.name()),
              "must not contain the element " + quoted(part.name()));
        return {};
      }
    }
    if (!is_xml_text(out)) {
      fault(line_of(node), path, "含有XML不允许的字符", "holds a character that XML does not allow");
      return {};
    }
    return std::string(trim_xml(out));
  }

  Node single(Node parent, const char* name, const std::string& path) {
    const auto found = document_.children(parent, name);
    if (found.size() > 1) fault(line_of(found[1]), path + name, "出现多次，只能有一个", "appears more than once");
    return found.empty() ? Node() : found[0];
  }

  void text(Node parent, const char* name, const std::string& path, std::string& out) {
    if (const Node node = single(parent, name, path)) out = content(node, path + name);
  }

  template <class E>
  void read_choice(Node node, const std::string& path, E& out) {
    const auto value = content(node, path);
    if (boost::describe::enum_from_string(value.c_str(), out)) return;
    std::string allowed;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto d) { allowed += allowed.empty() ? d.name : std::string(", ") + d.name; });
    fault(line_of(node), path, (value.empty() ? "为空" : "值" + quoted(value) + "无效") + "，应为其中之一：" + allowed,
          (value.empty() ? "empty" : quoted(value) + " is not known") + "; must be one of " + allowed);
  }

  template <class E>
  void choice(Node parent, const char* name, const std::string& path, E& out) {
    if (const Node node = single(parent, name, path))
      read_choice(node, path + name, out);
    else
      fault(line_of(parent), path + name, "缺少必填元素", "missing");
  }

  template <class E>
  void choices(Node parent, const char* name, const std::string& path, std::vector<E>& out) {
    for (const Node node : document_.children(parent, name)) read_choice(node, path + name, out.emplace_back());
  }

  bool read_time(Node node, const std::string& path, CapTime& out) {
    const auto value = content(node, path);
    CapValueFault odd;
    const auto time = parse_cap_time(value, odd);
    if (odd) remark(line_of(node), path, odd.zh, odd.en);
    if (time)
      out = *time;
    else
      fault(line_of(node), path, "时间" + quoted(value) + "无效，应如2026-11-21T18:53:00+08:00",
            quoted(value) + " is not a time such as 2026-11-21T18:53:00+08:00");
    return time.has_value();
  }

  void time(Node parent, const char* name, const std::string& path, std::optional<CapTime>& out) {
    const Node node = single(parent, name, path);
    CapTime t;
    if (!node || !node.first_child()) return;
    if (read_time(node, path + name, t)) out = t;
  }

  void decimal(Node parent, const char* name, const std::string& path, std::optional<double>& out) {
    std::string value;
    text(parent, name, path, value);
    if (value.empty()) return;
    out = parse_decimal(value);
    if (!out)
      fault(line_of(single(parent, name, path)), path + name, quoted(value) + "不是数字",
            quoted(value) + " is not a number");
  }

  void named(Node parent, const char* name, const std::string& path, std::vector<CapNamedValue>& out) {
    for (const Node node : document_.children(parent, name)) {
      const auto inner = fmt::format("{}{}[{}].", path, name, out.size());
      auto& value = out.emplace_back();
      text(node, "valueName", inner, value.value_name);
      text(node, "value", inner, value.value);
      note_unknown(node, inner, kNamedValueElements);
    }
  }

  void read_alert(Node root) {
    text(root, "identifier", "", alert_.identifier);
    text(root, "sender", "", alert_.sender);
    if (const Node node = single(root, "sent", "")) read_time(node, "sent", alert_.sent);
    choice(root, "status", "", alert_.status);
    choice(root, "msgType", "", alert_.msg_type);
    text(root, "source", "", alert_.source);
    choice(root, "scope", "", alert_.scope);
    text(root, "restriction", "", alert_.restriction);
    std::string list;
    text(root, "addresses", "", list);
    alert_.addresses = parse_list(list);
    for (const Node node : document_.children(root, "code"))
      if (auto code = content(node, "code"); !code.empty()) alert_.codes.push_back(std::move(code));
    text(root, "note", "", alert_.note);
    list.clear();
    text(root, "references", "", list);
    CapValueFault odd;
    alert_.references = parse_references(list, odd);
    if (odd) remark(line_of(single(root, "references", "")), "references", odd.zh, odd.en);
    list.clear();
    text(root, "incidents", "", list);
    alert_.incidents = parse_list(list);
    note_unknown(root, "", kAlertElements);
    for (const Node node : document_.children(root, "info")) {
      if (alert_.infos.size() > kCapInfosMax) break;  // one too many: the rules refuse it
      const auto path = fmt::format("info[{}].", alert_.infos.size());
      read_info(node, path, alert_.infos.emplace_back());
    }
  }

  void read_info(Node node, const std::string& path, CapInfo& info) {
    text(node, "language", path, info.language);
    choices(node, "category", path, info.categories);
    text(node, "event", path, info.event);
    choices(node, "responseType", path, info.response_types);
    choice(node, "urgency", path, info.urgency);
    choice(node, "severity", path, info.severity);
    choice(node, "certainty", path, info.certainty);
    text(node, "audience", path, info.audience);
    named(node, "eventCode", path, info.event_codes);
    time(node, "effective", path, info.effective);
    time(node, "onset", path, info.onset);
    time(node, "expires", path, info.expires);
    text(node, "senderName", path, info.sender_name);
    text(node, "headline", path, info.headline);
    text(node, "description", path, info.description);
    text(node, "instruction", path, info.instruction);
    text(node, "web", path, info.web);
    text(node, "contact", path, info.contact);
    named(node, "parameter", path, info.parameters);
    note_unknown(node, path, kInfoElements);
    for (const Node child : document_.children(node, "resource")) {
      if (resources_++ > kCapAreasMax) break;
      const auto inner = fmt::format("{}resource[{}].", path, info.resources.size());
      read_resource(child, inner, info.resources.emplace_back());
    }
    for (const Node child : document_.children(node, "area")) {
      if (areas_++ > kCapAreasMax) break;
      const auto inner = fmt::format("{}area[{}].", path, info.areas.size());
      read_area(child, inner, info.areas.emplace_back());
    }
  }

  void read_resource(Node node, const std::string& path, CapResource& resource) {
    text(node, "resourceDesc", path, resource.resource_desc);
    text(node, "mimeType", path, resource.mime_type);
    std::string size;
    text(node, "size", path, size);
    int64_t bytes = 0;
    const auto [end, ec] = std::from_chars(size.data(), size.data() + size.size(), bytes);
    if (!size.empty() && ec == std::errc() && end == size.data() + size.size() && bytes >= 0)
      resource.size = bytes;
    else if (!size.empty())
      remark(line_of(single(node, "size", path)), path + "size", quoted(size) + "不是字节数，已略去",
             quoted(size) + " is not a number of bytes and was passed over");
    text(node, "uri", path, resource.uri);
    text(node, "derefUri", path, resource.deref_uri);
    text(node, "digest", path, resource.digest);
    note_unknown(node, path, kResourceElements);
  }

  void read_area(Node node, const std::string& path, CapArea& area) {
    text(node, "areaDesc", path, area.area_desc);
    for (const Node child : document_.children(node, "polygon")) {
      const auto field = fmt::format("{}polygon[{}]", path, area.polygons.size());
      auto& ring = area.polygons.emplace_back();
      if (vertices_full_) continue;
      if (const auto odd = parse_polygon(content(child, field), kAreaVerticesMax - vertices_, ring)) {
        fault(line_of(child), field, odd.zh, odd.en);
        vertices_full_ = ring.size() >= kAreaVerticesMax - vertices_;
      }
      vertices_ += ring.size();
    }
    for (const Node child : document_.children(node, "circle")) {
      const auto field = fmt::format("{}circle[{}]", path, area.circles.size());
      if (const auto odd = parse_circle(content(child, field), area.circles.emplace_back()))
        fault(line_of(child), field, odd.zh, odd.en);
    }
    named(node, "geocode", path, area.geocodes);
    decimal(node, "altitude", path, area.altitude_ft);
    decimal(node, "ceiling", path, area.ceiling_ft);
    note_unknown(node, path, kAreaElements);
  }

  // An element that could not be read has its fault already; what the rules say of its empty value is no news.
  void apply_rules() {
    auto findings = examine_cap(alert_);
    const auto read_faults = faults_.size();
    const auto news = [&](const ErrorDetail& d) {
      if (vertices_full_ && d.field.find("polygon") != std::string::npos) return false;
      return std::none_of(faults_.begin(), faults_.begin() + static_cast<ptrdiff_t>(read_faults),
                          [&](const auto& f) { return f.field == d.field; });
    };
    for (auto& d : findings.faults)
      if (news(d)) fault(document_.line_of_path(d.field), d.field, d.zh, d.en);
    for (auto& d : findings.remarks)
      if (news(d)) remark(document_.line_of_path(d.field), d.field, d.zh, d.en);
    // What has no line, such as the note that the list was cut, comes last.
    const auto by_line = [](const ErrorDetail& a, const ErrorDetail& b) {
      return std::tuple(a.line == 0, a.line, std::string_view(a.field)) <
             std::tuple(b.line == 0, b.line, std::string_view(b.field));
    };
    std::sort(faults_.begin(), faults_.end(), by_line);
    std::sort(remarks_.begin(), remarks_.end(), by_line);
  }

  CapDocument document_;
  CapAlert alert_;
  std::vector<ErrorDetail> faults_, remarks_;
  size_t vertices_ = 0, areas_ = 0, resources_ = 0;
  bool vertices_full_ = false;
};

Error too_large(const char* what, std::string limit) {
  return Error(ErrorCode::kTooLarge, {{"what", what}, {"limit", std::move(limit)}});
}

}  // namespace

Result<CapAlert> read_cap(std::string_view bytes) {
  if (bytes.size() > kCapBytesMax) return too_large("CAP文件 / CAP file", "32 MiB");
  TRY(text, decode_xml(bytes));
  const auto count = [&](char c) { return static_cast<size_t>(std::count(text.utf8.begin(), text.utf8.end(), c)); };
  // Before parsing: a tree takes many times the memory of its text.
  if (text.utf8.size() > 2 * kCapBytesMax || count('<') > 2 * kCapElementsMax || count('=') > kCapElementsMax)
    return too_large("CAP文件元素数 / elements of the CAP file", std::to_string(kCapElementsMax));
  return CapReader(std::move(text)).read();
}

}  // namespace anlan
