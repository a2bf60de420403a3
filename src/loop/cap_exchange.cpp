#include "loop/cap_exchange.h"

#include <algorithm>

#include "base/geojson.h"

namespace anlan {
namespace {

constexpr size_t kReferencesMax = 100;

WarningLevel level_of(CapSeverity severity) {
  switch (severity) {
    case CapSeverity::Extreme: return WarningLevel::red;
    case CapSeverity::Severe: return WarningLevel::orange;
    case CapSeverity::Moderate: return WarningLevel::yellow;
    default: return WarningLevel::blue;
  }
}

CapSeverity severity_of(WarningLevel level) {
  switch (level) {
    case WarningLevel::red: return CapSeverity::Extreme;
    case WarningLevel::orange: return CapSeverity::Severe;
    case WarningLevel::yellow: return CapSeverity::Moderate;
    default: return CapSeverity::Minor;
  }
}

// Chinese senders name the colour in the headline or a parameter; that beats the severity.
std::optional<WarningLevel> colour_in(std::string_view text) {
  static constexpr std::pair<std::string_view, WarningLevel> kWords[] = {{"红色", WarningLevel::red}, {"橙色", WarningLevel::orange}, {"黄色", WarningLevel::yellow}, {"蓝色", WarningLevel::blue}};
  for (const auto& [word, level] : kWords)
    if (text.find(word) != std::string_view::npos) return level;
  return std::nullopt;
}

const Hazard* hazard_of(const Pack& pack, const CapInfo& info) {
  for (const auto& code : info.event_codes)
    for (const auto& h : pack.hazards)
      if (!h.event_code.empty() && h.event_code == code.value) return &h;
  const Hazard* best = nullptr;
  size_t length = 0;
  auto consider = [&](const Hazard& h, std::string_view name) {
    if (name.size() > length && info.event.find(name) != std::string::npos) {
      best = &h;
      length = name.size();
    }
  };
  for (const auto& h : pack.hazards) {
    consider(h, h.zh);
    consider(h, h.en);
    for (const auto& name : h.cap_events) consider(h, name);
  }
  return best;
}

bool is_chinese(const CapInfo& info) { return info.language.starts_with("zh"); }

std::string cut(std::string text, size_t bytes) {
  if (text.size() <= bytes) return text;
  text.resize(bytes);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.pop_back();
  return text;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

const char* level_word(const Pack& pack, WarningLevel level, std::string& kept) {
  const auto id = boost::describe::enum_to_string(level, "");
  for (const auto& l : pack.levels)
    if (l.id == id) kept = l.zh;
  return kept.c_str();
}

}  // namespace

Result<std::vector<CapDraft>> drafts_of(const CapAlert& alert, const Pack& pack, const PlaceTable& places,
                                        const std::string& attachment, UtcTime now, std::vector<ErrorDetail>& remarks) {
  if (alert.msg_type == CapMsgType::Ack || alert.msg_type == CapMsgType::Error || alert.status == CapStatus::System ||
      alert.status == CapStatus::Test || alert.status == CapStatus::Draft)
    return Error(ErrorCode::kConflict, {{"why", "这份 CAP 不是预警（状态或类型为系统、测试、草稿、确认） / this CAP message is no warning"}});
  auto remark = [&](std::string field, std::string zh, std::string en) { remarks.push_back({0, std::move(field), std::move(zh), std::move(en)}); };

  // Blocks with the same event and codes say the same in several languages.
  std::vector<const CapInfo*> chosen;
  for (const auto& info : alert.infos) {
    auto same = std::find_if(chosen.begin(), chosen.end(), [&](const CapInfo* other) {
      return other->severity == info.severity && other->areas == info.areas && other->language != info.language;
    });
    if (same == chosen.end()) chosen.push_back(&info);
    else if (is_chinese(info) && !is_chinese(**same)) *same = &info;
  }

  std::vector<CapDraft> drafts;
  for (const auto* info : chosen) {
    CapDraft d;
    d.cancels = alert.msg_type == CapMsgType::Cancel;
    auto& c = d.content;
    std::vector<Polygon> polygons;
    std::vector<Circle> circles;
    std::string label;
    for (const auto& area : info->areas) {
      for (const auto& ring : area.polygons) polygons.push_back({ring, {}});
      for (auto circle : area.circles) {
        if (circle.radius_km <= 0) circle.radius_km = 1;  // a point: what lies around it
        circles.push_back(circle);
      }
      for (const auto& code : area.geocodes)
        if (const auto place = PlaceCode::parse(code.value); place && places.index_of(*place) != kNoPlace) c.places.push_back(*place);
      if (!area.area_desc.empty()) label += (label.empty() ? "" : "、") + area.area_desc;
    }
    c.area_label = cut(label, 300);
    if (!polygons.empty() || !circles.empty()) {
      auto area = normalise(std::move(polygons), circles);
      if (!area) return area.error();
      c.area = std::move(*area);
    } else if (c.places.empty()) {
      remark("area", "没有可用的多边形、圆或行政区划代码，请补画范围", "no usable polygon, circle or place code: please draw the area");
    }
    if (const auto* hazard = hazard_of(pack, *info)) c.hazard = hazard->id;
    else remark("event", "不认识的事件“" + info->event + "”，请选择灾种", "unknown event “" + info->event + "”: please choose the hazard");
    c.level = colour_in(info->headline).value_or(colour_in(info->event).value_or(level_of(info->severity)));
    for (const auto& p : info->parameters)
      if (const auto colour = colour_in(p.value)) c.level = *colour;
    c.headline = cut(info->headline.empty() ? info->event : info->headline, 300);
    c.description = cut(info->description, 20'000);
    c.instruction = cut(info->instruction, 20'000);
    c.onset = info->onset ? info->onset->at : info->effective ? info->effective->at : alert.sent.at;
    c.expires = info->expires ? info->expires->at : c.onset + hours(24);
    if (!info->expires) remark("expires", "没有截止时间，先按 24 小时", "no end: 24 hours assumed");
    if (c.expires <= now) {
      remark("expires", "这份预警已过期，请改有效期后再发", "this alert has expired: change the validity before sending");
    }
    d.origin = {alert.sender, alert.identifier, alert.sent.at, info->sender_name, alert.status == CapStatus::Exercise, attachment, {}};
    for (const auto& r : alert.references)
      if (d.origin.references.size() < kReferencesMax) d.origin.references.push_back({r.sender, r.identifier});
    drafts.push_back(std::move(d));
  }
  return drafts;
}

CapAlert cap_of(const WarningRow& w, const Pack& pack, const PlaceTable& places, const NodeSettings& settings) {
  const int offset = settings.utc_offset_minutes;
  auto time = [&](UtcTime t) { return CapTime{UtcTime{t.ms / 1000 * 1000}, offset}; };
  const bool ended = w.state == WarningState::cancelled || w.state == WarningState::superseded;
  CapAlert alert;
  alert.identifier = w.cap_identifier.empty() ? cap_identifier(settings.sender, w.id, w.version) : w.cap_identifier;
  alert.sender = settings.sender;
  alert.sent = time(ended && w.ended_at ? *w.ended_at : w.changed_at.value_or(w.created_at));
  alert.status = w.state == WarningState::draft || w.state == WarningState::pending ? CapStatus::Draft : w.origin && w.origin->exercise ? CapStatus::Exercise : CapStatus::Actual;
  alert.msg_type = ended ? CapMsgType::Cancel : w.version > 1 ? CapMsgType::Update : CapMsgType::Alert;
  std::string earlier = w.cap_references;
  if (ended) {
    earlier += (earlier.empty() ? "" : " ") + alert.identifier;
    alert.identifier += ".cancel";
  }
  for (size_t at = 0; at < earlier.size();) {
    const size_t end = std::min(earlier.find(' ', at), earlier.size());
    alert.references.push_back({settings.sender, earlier.substr(at, end - at), time(w.issued_at.value_or(w.created_at))});
    at = end + 1;
  }
  if (w.origin) alert.source = w.origin->sender + " " + w.origin->identifier;

  const auto& c = w.content;
  const auto* hazard = pack.hazard(c.hazard);
  CapInfo info;
  info.language = "zh-CN";
  auto category = CapCategory::Other;
  if (hazard) boost::describe::enum_from_string(hazard->cap_category.c_str(), category);
  info.categories = {category};
  std::string level;
  info.event = (hazard ? hazard->zh : c.hazard) + level_word(pack, c.level, level) + "预警";
  info.response_types = {ended ? CapResponseType::AllClear : c.level >= WarningLevel::orange ? CapResponseType::Evacuate : CapResponseType::Prepare};
  info.urgency = ended ? CapUrgency::Past : c.level == WarningLevel::red ? CapUrgency::Immediate : CapUrgency::Expected;
  info.severity = severity_of(c.level);
  info.certainty = CapCertainty::Likely;
  if (hazard && !hazard->event_code.empty()) info.event_codes = {{"anlan:hazard", hazard->event_code}};
  info.effective = time(w.issued_at.value_or(w.created_at));
  info.onset = time(c.onset);
  info.expires = time(c.expires);
  info.sender_name = settings.name;
  info.headline = c.headline;
  info.description = c.description;
  info.instruction = c.instruction;
  info.parameters = {{"level", std::string(boost::describe::enum_to_string(c.level, ""))}};
  CapArea area;
  area.area_desc = c.area_label.empty() ? settings.name : c.area_label;
  for (const auto& p : c.area.polygons) area.polygons.push_back(p.outer);
  for (const auto p : c.places)
    if (places.index_of(p) != kNoPlace) area.geocodes.push_back({"GB/T 2260", p.text()});
  info.areas = {area};
  alert.infos = {info};
  return alert;
}

namespace {

std::string filled(std::string text, const Pack& pack, const WarningContent& c, const NodeSettings& settings) {
  const auto* hazard = pack.hazard(c.hazard);
  const auto until = to_civil(c.expires, settings.utc_offset_minutes);
  std::string level;
  level_word(pack, c.level, level);
  replace_all(text, "{area}", c.area_label);
  replace_all(text, "{hazard}", hazard ? hazard->zh : "");
  replace_all(text, "{level}", level);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%d日%02d:%02d", until.day, until.hour, until.minute);
  replace_all(text, "{until}", buffer);
  replace_all(text, "{issuer}", settings.name);
  return text;
}

}  // namespace

std::string cancel_text(const Pack& pack, const WarningContent& content, const NodeSettings& settings) {
  return filled(pack.cancelled, pack, content, settings);
}

WarningText fill_text(const Pack& pack, const WarningContent& c, const NodeSettings& settings) {
  const TextTemplate* best = nullptr;
  int rank = -1;
  for (const auto& t : pack.templates) {
    if ((!t.hazard.empty() && t.hazard != c.hazard) || (t.level && *t.level != c.level)) continue;
    const int r = (t.hazard.empty() ? 0 : 2) + (t.level ? 1 : 0);
    if (r > rank) {
      best = &t;
      rank = r;
    }
  }
  if (!best) return {};
  const auto fill = [&](const std::string& text) { return filled(text, pack, c, settings); };
  return {fill(best->headline), fill(best->description), fill(best->instruction), fill(best->message)};
}

}  // namespace anlan
