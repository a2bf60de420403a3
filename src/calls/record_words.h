// The words of the call record, in both languages.
#pragma once

#include <string>

#include "base/error_catalogue.h"
#include "calls/facts.h"

namespace anlan {

inline const char* either(Language language, const char* zh, const char* en) { return language == Language::kZh ? zh : en; }

inline const char* word(CallState s, Language l) {
  switch (s) {
    case CallState::queued: return either(l, "待叫", "queued");
    case CallState::calling: return either(l, "呼叫中", "calling");
    case CallState::waiting: return either(l, "待应答", "waiting");
    case CallState::answered: return either(l, "已应答", "answered");
    case CallState::covered: return either(l, "他人代应", "covered");
    case CallState::escalated: return either(l, "未应，已转呼", "silent, passed on");
    case CallState::exhausted: return either(l, "未应，无人可转", "silent, nobody left");
    case CallState::vacant: return either(l, "空缺", "vacant");
    case CallState::stopped: return either(l, "不再需要", "no longer needed");
  }
  return "";
}

inline const char* word(Outcome o, Language l) {
  switch (o) {
    case Outcome::placed: return either(l, "已发出", "placed");
    case Outcome::delivered: return either(l, "已送达", "delivered");
    case Outcome::read: return either(l, "已读", "read");
    case Outcome::answered: return either(l, "接通", "answered");
    case Outcome::no_answer: return either(l, "无人接听", "no answer");
    case Outcome::busy: return either(l, "占线", "busy");
    case Outcome::wrong_number: return either(l, "号码错误", "wrong number");
    case Outcome::failed: return either(l, "失败", "failed");
    case Outcome::stopped: return either(l, "中止", "stopped");
    case Outcome::rehearsed: return either(l, "演练未拨出", "rehearsed");
  }
  return "";
}

inline const char* word(CallKind k, Language l) {
  switch (k) {
    case CallKind::holder: return either(l, "责任人", "holder");
    case CallKind::deputy: return either(l, "副职", "deputy");
    case CallKind::superior: return either(l, "上级", "superior");
    case CallKind::duty_above: return either(l, "上级值班室", "duty room above");
  }
  return "";
}

inline const char* word(RoundState s, Language l) {
  switch (s) {
    case RoundState::listing: return either(l, "正在列名单", "listing");
    case RoundState::calling: return either(l, "叫应中", "calling");
    case RoundState::stopped: return either(l, "已暂停", "stopped");
    case RoundState::closed: return either(l, "已结束", "closed");
  }
  return "";
}

// Through which an answer came.
inline std::string answer_channel_word(const Pack& pack, const std::string& id, Language l) {
  if (const auto* c = pack.channel(id)) return l == Language::kZh ? c->zh : c->en;
  if (id == "link") return either(l, "短信链接", "link");
  if (id == "desk") return either(l, "值班员代录", "written down at the desk");
  return id;
}

}  // namespace anlan
