#include <fmt/format.h>

#include <cmath>

#include "warnings/cap.h"

namespace anlan {
namespace {

class Examination {
 public:
  explicit Examination(const CapAlert& alert) : alert_(alert) {}

  CapFindings run() {
    name("identifier", alert_.identifier);
    name("sender", alert_.sender);
    if (alert_.sent == CapTime{{0}, alert_.sent.offset_minutes}) fault("sent", "缺少发布时间", "missing");
    time("sent", alert_.sent);
    audience_rules();
    if (alert_.msg_type != CapMsgType::Alert && alert_.references.empty())
      remark("references", "更新、取消、确认和更正消息应指明所引用的消息",
             "Update, Cancel, Ack and Error must refer to a message");
    for (const auto& reference : alert_.references) {
      time("references", reference.sent);
      if (!is_name(reference.sender) || !is_name(reference.identifier))
        fault("references", "引用的发布者或标识为空或含有空格、逗号、<、&",
              "sender or identifier empty or with space, comma, < or &");
    }
    if (alert_.msg_type == CapMsgType::Error && alert_.note.empty())
      remark("note", "更正消息应在note中说明原因", "an Error message must say why in its note");
    if (alert_.infos.empty() && (alert_.msg_type == CapMsgType::Alert || alert_.msg_type == CapMsgType::Update))
      remark("info", "没有info，消息没有内容", "there is no info: the message says nothing");
    limits();
    for (size_t i = 0; i < alert_.infos.size() && i < kCapInfosMax; ++i)
      info(fmt::format("info[{}]", i), alert_.infos[i]);
    return std::move(findings_);
  }

 private:
  static void add(std::vector<ErrorDetail>& list, std::string field, std::string zh, std::string en) {
    if (list.size() < kCapFaultsMax) list.push_back({0, std::move(field), std::move(zh), std::move(en)});
  }
  void fault(std::string field, std::string zh, std::string en) {
    add(findings_.faults, std::move(field), std::move(zh), std::move(en));
  }
  void remark(std::string field, std::string zh, std::string en) {
    add(findings_.remarks, std::move(field), std::move(zh), std::move(en));
  }

  static bool is_name(const std::string& text) {
    return !text.empty() && text.find_first_of(" ,<&\t\r\n") == std::string::npos;
  }

  void name(const char* field, const std::string& text) {
    if (text.empty()) return fault(field, "缺少或为空", "missing or empty");
    if (!is_name(text)) remark(field, "不应含有空格、逗号、<或&", "must not hold a space, comma, < or &");
  }

  void required(const std::string& field, const std::string& text) {
    if (text.empty()) fault(field, "缺少或为空", "missing or empty");
  }

  void time(const std::string& field, const CapTime& t) {
    if (std::abs(t.offset_minutes) > 14 * 60 + 59 || !parse_iso8601(to_iso8601(t.at, t.offset_minutes)))
      fault(field, "时间或时区偏移超出范围（1900至2200年）", "time or offset out of range (years 1900 to 2200)");
  }

  void audience_rules() {
    if (alert_.scope == CapScope::Restricted && alert_.restriction.empty())
      remark("restriction", "受限发布（Restricted）应写明限制范围", "required for scope Restricted");
    if (alert_.scope != CapScope::Restricted && !alert_.restriction.empty())
      remark("restriction", "只用于受限发布（Restricted）", "only for scope Restricted");
    if (alert_.scope == CapScope::Private && alert_.addresses.empty())
      remark("addresses", "定向发布（Private）应写明接收者", "required for scope Private");
    for (const auto* list : {&alert_.addresses, &alert_.incidents})
      for (const auto& item : *list)
        if (item.empty() || item.find('"') != std::string::npos)
          remark(list == &alert_.addresses ? "addresses" : "incidents", "不应为空或含有引号",
                 "must not be empty or hold a quotation mark");
  }

  void limits() {
    size_t areas = 0, resources = 0, vertices = 0;
    for (const auto& info : alert_.infos) {
      areas += info.areas.size();
      resources += info.resources.size();
      for (const auto& area : info.areas)
        for (const auto& ring : area.polygons) vertices += ring.size();
    }
    const auto at_most = [&](const char* field, size_t count, size_t limit) {
      if (count > limit)
        fault(field, fmt::format("共{}个，超过上限{}", count, limit),
              fmt::format("{} in all; the limit is {}", count, limit));
    };
    at_most("info", alert_.infos.size(), kCapInfosMax);
    at_most("info.area", areas, kCapAreasMax);
    at_most("info.resource", resources, kCapAreasMax);
    at_most("info.area.polygon", vertices, kAreaVerticesMax);
  }

  void info(const std::string& path, const CapInfo& info) {
    language(path + ".language", info.language);
    if (info.categories.empty()) fault(path + ".category", "缺少类别", "missing");
    required(path + ".event", info.event);
    for (const auto& [field, t] :
         {std::pair{".effective", &info.effective}, {".onset", &info.onset}, {".expires", &info.expires}})
      if (*t) time(path + field, **t);
    const auto& start = info.effective ? *info.effective : alert_.sent;
    if (info.expires && info.expires->at <= start.at)
      remark(path + ".expires", "失效时间不晚于生效时间", "not later than effective (or sent)");
    names(path + ".eventCode", info.event_codes);
    names(path + ".parameter", info.parameters);
    for (size_t i = 0; i < info.resources.size() && i < kCapAreasMax; ++i)
      resource(fmt::format("{}.resource[{}]", path, i), info.resources[i]);
    for (size_t i = 0; i < info.areas.size() && i < kCapAreasMax; ++i)
      area(fmt::format("{}.area[{}]", path, i), info.areas[i]);
  }

  // RFC 3066: parts of one to eight letters or digits, the first of letters.
  void language(const std::string& field, const std::string& text) {
    size_t part = 0;
    bool first = true, good = true;
    for (const char c : text) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
      if (c == '-') {
        good &= part > 0;
        part = 0, first = false;
      } else {
        good &= (letter || (digit && !first)) && ++part <= 8;
      }
    }
    if (!text.empty() && (!good || part == 0))
      remark(field, "不是语言代码（如zh-CN）", "not a language tag such as zh-CN");
  }

  void names(const std::string& path, const std::vector<CapNamedValue>& values) {
    for (size_t i = 0; i < values.size() && findings_.remarks.size() < kCapFaultsMax; ++i)
      if (values[i].value_name.empty())
        remark(fmt::format("{}[{}].valueName", path, i), "缺少或为空", "missing or empty");
  }

  void resource(const std::string& path, const CapResource& resource) {
    required(path + ".resourceDesc", resource.resource_desc);
    if (resource.mime_type.empty()) {
      if (alert_.version == CapVersion::v1_2)
        fault(path + ".mimeType", "缺少或为空", "missing or empty");
      else
        remark(path + ".mimeType", "缺少（CAP 1.2必填）", "missing (mandatory since CAP 1.2)");
    }
    if (resource.size && *resource.size < 0) fault(path + ".size", "不能为负", "must not be negative");
  }

  void area(const std::string& path, const CapArea& area) {
    required(path + ".areaDesc", area.area_desc);
    for (size_t i = 0; i < area.polygons.size(); ++i) ring(fmt::format("{}.polygon[{}]", path, i), area.polygons[i]);
    for (size_t i = 0; i < area.circles.size(); ++i) circle(fmt::format("{}.circle[{}]", path, i), area.circles[i]);
    names(path + ".geocode", area.geocodes);
    const auto finite = [&](const char* field, const std::optional<double>& feet) {
      if (feet && !std::isfinite(*feet)) fault(path + field, "不是有效数字", "not a number");
    };
    finite(".altitude", area.altitude_ft);
    finite(".ceiling", area.ceiling_ft);
    if (area.ceiling_ft && !area.altitude_ft) remark(path + ".ceiling", "有ceiling时须有altitude", "needs an altitude");
    if (area.ceiling_ft && area.altitude_ft && *area.ceiling_ft < *area.altitude_ft)
      remark(path + ".ceiling", "低于altitude", "lower than the altitude");
  }

  void ring(const std::string& field, const Ring& ring) {
    for (size_t i = 0; i < ring.size(); ++i)
      if (!is_valid(ring[i]))
        return fault(field, fmt::format("第{}个坐标超出范围（纬度-90至90，经度-180至180）", i + 1),
                     fmt::format("pair {} is out of range (lat -90..90, lon -180..180)", i + 1));
    if (ring.size() < 4) return fault(field, "至少需要四对坐标", "needs at least four pairs");
    if (ring.front() != ring.back())
      fault(field, "首尾坐标不同，多边形没有闭合", "first and last pair differ: the polygon is not closed");
  }

  void circle(const std::string& field, const Circle& circle) {
    if (!is_valid(circle.centre))
      fault(field, "圆心超出范围（纬度-90至90，经度-180至180）",
            "the centre is out of range (lat -90..90, lon -180..180)");
    else if (!(circle.radius_km >= 0 && std::isfinite(circle.radius_km)))
      fault(field, "半径不能为负", "the radius must not be negative");
  }

  const CapAlert& alert_;
  CapFindings findings_;
};

}  // namespace

CapFindings examine_cap(const CapAlert& alert) {
  return Examination(alert).run();
}

std::vector<ErrorDetail> validate_cap(const CapAlert& alert) {
  auto findings = examine_cap(alert);
  findings.faults.insert(findings.faults.end(), std::make_move_iterator(findings.remarks.begin()),
                         std::make_move_iterator(findings.remarks.end()));
  return std::move(findings.faults);
}

bool same_message(const CapAlert& a, const CapAlert& b) {
  return a.identifier == b.identifier && a.sender == b.sender && a.sent == b.sent && a.status == b.status &&
         a.msg_type == b.msg_type && a.source == b.source && a.scope == b.scope && a.restriction == b.restriction &&
         a.addresses == b.addresses && a.codes == b.codes && a.note == b.note && a.references == b.references &&
         a.incidents == b.incidents && a.infos == b.infos;
}

}  // namespace anlan
