#include <boost/describe/enum_to_string.hpp>

#include "warnings/cap_values.h"

namespace anlan {
namespace {

// Two spaces per level. A carriage return is written as a reference, or a reader would turn it into a line feed.
class CapWriter {
 public:
  std::string write(const CapAlert& alert) {
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n";
    ++depth_;
    element("identifier", alert.identifier);
    element("sender", alert.sender);
    element("sent", to_cap_time(alert.sent));
    choice("status", alert.status);
    choice("msgType", alert.msg_type);
    optional("source", alert.source);
    choice("scope", alert.scope);
    optional("restriction", alert.restriction);
    optional("addresses", write_list(alert.addresses));
    for (const auto& code : alert.codes) element("code", code);
    optional("note", alert.note);
    optional("references", write_references(alert.references));
    optional("incidents", write_list(alert.incidents));
    for (const auto& info : alert.infos) block("info", [&] { write(info); });
    out_ += "</alert>\n";
    return std::move(out_);
  }

 private:
  void write(const CapInfo& info) {
    optional("language", info.language);
    for (const auto category : info.categories) choice("category", category);
    element("event", info.event);
    for (const auto type : info.response_types) choice("responseType", type);
    choice("urgency", info.urgency);
    choice("severity", info.severity);
    choice("certainty", info.certainty);
    optional("audience", info.audience);
    named("eventCode", info.event_codes);
    time("effective", info.effective);
    time("onset", info.onset);
    time("expires", info.expires);
    optional("senderName", info.sender_name);
    optional("headline", info.headline);
    optional("description", info.description);
    optional("instruction", info.instruction);
    optional("web", info.web);
    optional("contact", info.contact);
    named("parameter", info.parameters);
    for (const auto& resource : info.resources) block("resource", [&] { write(resource); });
    for (const auto& area : info.areas) block("area", [&] { write(area); });
  }

  void write(const CapResource& resource) {
    element("resourceDesc", resource.resource_desc);
    element("mimeType", resource.mime_type);
    if (resource.size) element("size", std::to_string(*resource.size));
    optional("uri", resource.uri);
    optional("derefUri", resource.deref_uri);
    optional("digest", resource.digest);
  }

  void write(const CapArea& area) {
    element("areaDesc", area.area_desc);
    for (const auto& ring : area.polygons) element("polygon", write_polygon(ring));
    for (const auto& circle : area.circles) element("circle", write_circle(circle));
    named("geocode", area.geocodes);
    if (area.altitude_ft) element("altitude", write_decimal(*area.altitude_ft));
    if (area.ceiling_ft) element("ceiling", write_decimal(*area.ceiling_ft));
  }

  void indent() { out_.append(2 * static_cast<size_t>(depth_), ' '); }

  template <class Body>
  void block(const char* name, Body body) {
    indent();
    out_.append("<").append(name).append(">\n");
    ++depth_;
    body();
    --depth_;
    indent();
    out_.append("</").append(name).append(">\n");
  }

  void element(const char* name, std::string_view text) {
    indent();
    out_.append("<").append(name).append(">");
    escape(text);
    out_.append("</").append(name).append(">\n");
  }

  void optional(const char* name, std::string_view text) {
    if (!text.empty()) element(name, text);
  }

  template <class E>
  void choice(const char* name, E value) {
    const char* text = boost::describe::enum_to_string(value, nullptr);
    CHECK(text);
    element(name, text);
  }

  void time(const char* name, const std::optional<CapTime>& t) {
    if (t) element(name, to_cap_time(*t));
  }

  void named(const char* name, const std::vector<CapNamedValue>& values) {
    for (const auto& v : values)
      block(name, [&] {
        element("valueName", v.value_name);
        element("value", v.value);
      });
  }

  void escape(std::string_view text) {
    for (const char c : text) switch (c) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        case '\r':
          out_ += "&#13;";
          break;
        default:
          if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out_ += c;
      }
  }

  std::string out_;
  int depth_ = 0;
};

}  // namespace

std::string write_cap(const CapAlert& alert) {
  return CapWriter().write(alert);
}

}  // namespace anlan
