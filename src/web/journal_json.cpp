#include "web/journal_json.h"

#include <algorithm>

#include "registry/phone_number.h"

namespace anlan {
namespace {

constexpr int kDepthMax = 32;
constexpr size_t kNamedMax = 20;

bool looks_like_phone(std::string_view s) {
  if (!std::all_of(s.begin(), s.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) return false;
  // Place codes have 2, 4, 6, 9 or 12 digits and never begin with 0.
  return (s.size() == 11 && s.front() == '1') || (s.size() >= 10 && s.size() <= 12 && s.front() == '0');
}

void mask(const Pack& pack, json::value& v, std::string_view name, int depth) {
  if (depth > kDepthMax) {
    v = nullptr;
    return;
  }
  if (auto* s = v.if_string()) {
    const std::string_view text(s->data(), s->size());
    if (name == "phone" || name == "phones" || looks_like_phone(text)) v = json::string(mask_phone(text));
    else if (name == "note" && !text.empty()) v = "***";
  } else if (auto* list = v.if_array()) {
    const size_t all = list->size();
    if (all > kShownMax) list->resize(kShownMax);
    for (auto& item : *list) mask(pack, item, name, depth + 1);
    if (all > kShownMax) list->push_back(json::string("… +" + std::to_string(all - kShownMax)));
  } else if (auto* object = v.if_object()) {
    const auto* type = object->if_contains("type");
    const auto* record_type = type && type->is_string() ? pack.record_type({type->get_string().data(), type->get_string().size()}) : nullptr;
    for (auto& member : *object) {
      if (member.key() == "fields" && member.value().is_object() && type) {
        for (auto& field : member.value().get_object()) {
          const auto* declared = record_type ? [&]() -> const Field* {
            for (const auto& f : record_type->fields)
              if (f.id == field.key()) return &f;
            return nullptr;
          }() : nullptr;
          if (!declared || declared->personal) field.value() = "***";
          else mask(pack, field.value(), field.key(), depth + 2);
        }
      } else {
        mask(pack, member.value(), member.key(), depth + 1);
      }
    }
  }
}

std::string word(const Pack& pack, Language language, std::string_view name, const std::string& value) {
  const bool zh = language == Language::kZh;
  auto named = [&](const Named* n) { return !n ? value : zh ? n->zh : n->en; };
  if (name == "meaning") return named(pack.answer(value));
  if (name == "channel") return named(pack.channel(value));
  if (name == "hazard") return named(pack.hazard(value));
  if (name == "type") return named(pack.record_type(value));
  if (name == "reason") {
    if (value == "cancelled") return zh ? "预警解除" : "the warning was cancelled";
    if (value == "expired") return zh ? "预警到期" : "the warning expired";
    if (value == "superseded") return zh ? "预警已更新" : "the warning was replaced";
    if (value == "rehearsed") return zh ? "演练完成" : "the rehearsal is done";
  }
  if (name == "what") {
    if (value == "phones") return zh ? "电话号码" : "telephone numbers";
    if (value == "call_record") return zh ? "叫应记录" : "call record";
    if (value == "calls" || value == "call") return zh ? "叫应名单" : "calls";
    if (value == "preview") return zh ? "叫应预览" : "preview";
    if (value.ends_with("export")) return zh ? "导出" : "export";
  }
  return value;
}

std::string value_text(const Pack& pack, Language language, std::string_view name, const json::value& v) {
  if (v.is_null()) return {};
  if (const auto* s = v.if_string()) return word(pack, language, name, std::string(*s));
  if (const auto* list = v.if_array()) return std::to_string(list->size());
  if (const auto* on = v.if_bool(); on && name == "on") return language == Language::kZh ? (*on ? "启用" : "停用") : (*on ? "on" : "off");
  if (const auto* object = v.if_object()) {  // {account: {account: "wang"}}
    const auto* inner = object->if_contains(name);
    return inner && inner->is_string() ? std::string(inner->get_string()) : std::string();
  }
  return json::serialize(v);
}

}  // namespace

const std::string& ActorNames::of(const std::string& actor) {
  const auto it = names_.find(actor);
  if (it != names_.end()) return it->second;
  return names_[actor] = actor_name(api_.node(), api_.sessions(), actor);
}

std::vector<std::string> ActorNames::actors_named(const std::string& name) {
  if (name == "node" || name.find(':') != std::string::npos) return {name};
  std::vector<std::string> actors;
  if (name == api_.node().settings().name) actors.push_back("node");
  for (const auto& a : api_.sessions().accounts())
    if ((a.name == name || a.account == name) && actors.size() < kNamedMax) actors.push_back("account:" + std::to_string(a.id.value));
  const auto directory = api_.node().directory().read();
  for (uint32_t id = 1; id < directory->person_slots() && actors.size() < kNamedMax; ++id)
    if (directory->person_row(id).name == name) actors.push_back("person:" + std::to_string(id));
  return actors;
}

std::string fact_sentence(const Pack& pack, Language language, std::string_view kind, const std::string& actor, const json::value& body) {
  const auto it = pack.sentences.find(std::string(kind));
  if (it == pack.sentences.end()) return std::string(kind);
  const std::string& pattern = language == Language::kZh ? it->second.zh : it->second.en;
  std::string out;
  for (size_t at = 0; at < pattern.size();) {
    const size_t open = pattern.find('{', at), close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos) {
      out += pattern.substr(at);
      break;
    }
    out += pattern.substr(at, open - at);
    const std::string name = pattern.substr(open + 1, close - open - 1);
    const auto* object = body.if_object();
    const auto* value = object ? object->if_contains(name) : nullptr;
    if (name == "actor") out += actor;
    else if (value) out += value_text(pack, language, name, *value);
    at = close + 1;
  }
  // Nothing was said after "：".
  for (const std::string_view end : {"：", ": ", ":", " "})
    if (out.ends_with(end)) out.resize(out.size() - end.size());
  return out;
}

json::value masked_body(const Pack& pack, json::value body) {
  mask(pack, body, {}, 0);
  return body;
}

}  // namespace anlan
