#include "warnings/commands.h"

#include <algorithm>

namespace anlan {
namespace {

Error conflict(std::string why) { return Error(ErrorCode::kConflict, {{"why", std::move(why)}}); }
Error missing(WarningId id) { return Error(ErrorCode::kNotFound, {{"what", "预警 " + std::to_string(id.value)}}); }
Error field(std::string name, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(name)}, {"why", std::move(why)}}); }

Decision one(WarningId id, NewFact f) { return Decision{{std::move(f)}, "{\"warning\":" + std::to_string(id.value) + "}"}; }

// The place a warning's facts belong to: the one that contains all its named places, when there is one.
PlaceCode place_of(const WarningContent& c) {
  if (c.places.empty()) return {};
  PlaceCode p = c.places.front();
  while (!p.empty() && !std::all_of(c.places.begin(), c.places.end(), [&](PlaceCode o) { return p.contains(o); })) p = p.parent();
  return p;
}

template <class F>
NewFact about(F value, PlaceCode place = {}) {
  auto subject = warning_subject(value.warning);
  return fact(std::move(value), std::move(subject), place);
}

Result<WarningRow> in_state(Reader& reader, WarningId id, WarningState state, const char* why) {
  auto w = read_warning(reader, id);
  if (!w) return missing(id);
  if (w->state != state) return conflict(why);
  return std::move(*w);
}

// Whoever drafted, edited, restored or sent a draft is not its second person.
bool is_author(Reader& reader, WarningId id, const std::string& actor) {
  static const std::string sql = std::string(kFactsAbout) + "SELECT a.seq FROM about a JOIN facts f ON f.seq = a.seq WHERE f.actor = ? AND f.kind IN "
                                 "('WarningDrafted', 'WarningEdited', 'WarningSubmitted', 'WarningRestored') LIMIT 1";
  return reader.integer(sql, {warning_subject(id), Arg(actor)}).has_value();
}

// An imported update takes the place of the warnings it refers to: those of its hazard, or all where none is. An alert may
// have been drafted as several warnings, one per hazard; they share the identifier and leave one another alone.
void supersede_earlier(Reader& reader, const WarningRow& w, Decision& d) {
  if (!w.origin) return;
  std::vector<std::pair<int64_t, bool>> earlier;  // id, of the same hazard
  auto take = [&](const Row& row) { earlier.emplace_back(row.integer(0), row.text(1) == w.content.hazard); };
  reader.query("SELECT id, hazard FROM warnings WHERE state = 2 AND id <> ? AND origin_identifier = ? AND origin_sender = ? AND origin_sent < ? ORDER BY id",
               {w.id, Arg(w.origin->identifier), Arg(w.origin->sender), w.origin->sent}, take);
  for (const auto& r : w.origin->references)
    reader.query("SELECT id, hazard FROM warnings WHERE state = 2 AND id <> ? AND origin_identifier = ? AND origin_sender = ? ORDER BY id",
                 {w.id, Arg(r.identifier), Arg(r.sender)}, take);
  std::sort(earlier.begin(), earlier.end());
  earlier.erase(std::unique(earlier.begin(), earlier.end()), earlier.end());
  const bool same = std::any_of(earlier.begin(), earlier.end(), [](const auto& e) { return e.second; });
  for (const auto& [id, of_hazard] : earlier)
    if (of_hazard || !same) d.facts.push_back(about(WarningSuperseded{WarningId{id}, w.id}));
}

Decision issue(Reader& reader, const WarningRow& w, const std::string& comment, const std::string& sender) {
  Decision d = one(w.id, about(WarningIssued{w.id, w.version, w.content.level, w.content.headline, cap_identifier(sender, w.id, w.version), comment},
                               place_of(w.content)));
  supersede_earlier(reader, w, d);
  return d;
}

}  // namespace

std::string cap_identifier(const std::string& sender, WarningId id, int64_t version) {
  return sender + "." + std::to_string(id.value) + "." + std::to_string(version);
}

Result<void> check_content(const Pack& pack, const WarningContent& c, UtcTime now) {
  if (!pack.hazard(c.hazard)) return field("灾种 / hazard", c.hazard.empty() ? "请选择 / choose one" : c.hazard);
  if (c.area.polygons.empty() && c.places.empty()) return field("范围 / area", "请在地图上画出或选择地方 / draw an area or choose places");
  if (c.headline.empty()) return field("标题 / headline", "请填写 / is empty");
  for (const auto* text : {&c.headline, &c.area_label, &c.message})
    if (text->size() > 1'000) return Error(ErrorCode::kTooLarge, {{"what", "文字 / text"}, {"limit", "1,000"}});
  for (const auto* text : {&c.description, &c.instruction})
    if (text->size() > 20'000) return Error(ErrorCode::kTooLarge, {{"what", "文字 / text"}, {"limit", "20,000"}});
  if (c.places.size() > 10'000) return Error(ErrorCode::kTooLarge, {{"what", "地方 / places"}, {"limit", "10,000"}});
  if (c.expires <= c.onset) return field("有效期 / validity", "截止须晚于开始 / the end must be after the start");
  if (c.expires <= now) return field("有效期 / validity", "截止时间已过 / the end has passed");
  if (c.expires > now + hours(24 * 30)) return field("有效期 / validity", "最长 30 天 / 30 days at most");
  return {};
}

Result<Decision> draft_warning(Reader& reader, const Pack& pack, WarningSource source, const WarningContent& content,
                               const std::optional<CapOrigin>& origin, UtcTime now) {
  if (source != WarningSource::cap) TRY_VOID(check_content(pack, content, now));
  if (origin)  // the same message is drafted once
    if (const auto before = reader.integer("SELECT id FROM warnings WHERE origin_identifier = ? AND origin_sender = ? AND origin_sent = ?",
                                           {Arg(origin->identifier), Arg(origin->sender), origin->sent}))
      return Decision{{}, "{\"warning\":" + std::to_string(*before) + ",\"repeated\":true}"};
  const WarningId id{peek_id(reader, "warning")};
  return one(id, about(WarningDrafted{id, source, content, origin}, place_of(content)));
}

Result<Decision> edit_warning(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, UtcTime now) {
  TRY(w, in_state(reader, id, WarningState::draft, "只有草稿可以修改 / only a draft can be edited"));
  TRY_VOID(check_content(pack, content, now));
  return one(id, about(WarningEdited{id, content}, place_of(content)));
}

Result<Decision> discard_warning(Reader& reader, WarningId id) {
  TRY(w, in_state(reader, id, WarningState::draft, "只有草稿可以丢弃 / only a draft can be discarded"));
  return one(id, about(WarningDiscarded{id}));
}

Result<Decision> restore_warning(Reader& reader, WarningId id) {
  TRY(w, in_state(reader, id, WarningState::discarded, "这份预警没有被丢弃 / it is not discarded"));
  return one(id, about(WarningRestored{id}));
}

Result<Decision> submit_warning(Reader& reader, const Pack& pack, WarningId id, bool may_issue, const std::string& sender,
                                UtcTime now) {
  TRY(w, in_state(reader, id, WarningState::draft, "只有草稿可以送批 / only a draft can be sent for approval"));
  TRY_VOID(check_content(pack, w.content, now));
  if (may_issue && !pack.needs_second_person(w.content.level)) return issue(reader, w, "", sender);
  return one(id, about(WarningSubmitted{id, w.content.headline}, place_of(w.content)));
}

Result<Decision> approve_warning(Reader& reader, const Pack& pack, WarningId id, const std::string& actor,
                                 const std::string& comment, const std::string& sender, UtcTime now) {
  auto w = read_warning(reader, id);
  if (!w) return missing(id);
  const bool change = w->state == WarningState::in_force && w->pending;
  if (!change && w->state != WarningState::pending) return conflict("没有等待批准的内容 / nothing waits for approval");
  const WarningContent& content = change ? *w->pending : w->content;
  const bool own = change ? actor == w->proposed_by : is_author(reader, id, actor);
  if (own && pack.needs_second_person(content.level)) return Error(ErrorCode::kFourEyes);
  TRY_VOID(check_content(pack, content, now));
  if (!change) return issue(reader, *w, comment, sender);
  const int64_t version = w->version + 1;
  return one(id, about(WarningChanged{id, version, content, cap_identifier(sender, id, version), comment}, place_of(content)));
}

namespace {

// A person has worked on it, or it did not come from an alarm.
bool touched(Reader& reader, const WarningRow& w) {
  static const std::string kTouched = std::string(kFactsAbout) + "SELECT a.seq FROM about a JOIN facts f ON f.seq = a.seq WHERE f.actor <> 'node' LIMIT 1";
  return w.source != WarningSource::alarm || reader.integer(kTouched, {warning_subject(w.id)}).has_value();
}

}  // namespace

Result<Decision> issue_as_granted(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, const std::string& why, const std::string& sender,
                                  UtcTime now) {
  TRY(w, in_state(reader, id, WarningState::draft, "已有人处理 / somebody is working on it"));
  if (touched(reader, w)) return conflict("已有人处理 / somebody is working on it");
  TRY_VOID(check_content(pack, content, now));
  w.content = content;
  Decision decision;
  decision.facts.push_back(about(WarningEdited{id, content}, place_of(content)));
  auto issued = issue(reader, w, why, sender);
  issued.facts.insert(issued.facts.begin(), decision.facts.begin(), decision.facts.end());
  return issued;
}

Result<Decision> edit_as_granted(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, UtcTime now) {
  TRY(w, in_state(reader, id, WarningState::draft, "已有人处理 / somebody is working on it"));
  if (touched(reader, w)) return Decision{};
  TRY_VOID(check_content(pack, content, now));
  return one(id, about(WarningEdited{id, content}, place_of(content)));
}

Result<Decision> change_as_granted(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, const std::string& why, const std::string& sender,
                                   UtcTime now) {
  TRY(w, in_state(reader, id, WarningState::in_force, "预警不在有效期内 / the warning is not in force"));
  if (touched(reader, w)) return conflict("已有人处理 / somebody is working on it");
  TRY_VOID(check_content(pack, content, now));
  const int64_t version = w.version + 1;
  return one(id, about(WarningChanged{id, version, content, cap_identifier(sender, id, version), why}, place_of(content)));
}

Result<Decision> return_warning(Reader& reader, WarningId id, const std::string& comment) {
  auto w = read_warning(reader, id);
  if (!w) return missing(id);
  if (w->state != WarningState::pending && !w->pending) return conflict("没有等待批准的内容 / nothing waits for approval");
  if (comment.empty()) return field("原因 / reason", "请说明退回原因 / say why");
  return one(id, about(WarningReturned{id, comment}));
}

Result<Decision> change_warning(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content,
                                const std::string& comment, bool may_issue, const std::string& sender, UtcTime now) {
  TRY(w, in_state(reader, id, WarningState::in_force, "预警不在有效期内 / the warning is not in force"));
  TRY_VOID(check_content(pack, content, now));
  const bool lowered = content.level < w.content.level;
  if (may_issue && (lowered || !pack.needs_second_person(content.level))) {
    const int64_t version = w.version + 1;
    return one(id, about(WarningChanged{id, version, content, cap_identifier(sender, id, version), comment}, place_of(content)));
  }
  return one(id, about(WarningChangeProposed{id, content, comment}, place_of(content)));
}

Result<Decision> extend_warning(Reader& reader, WarningId id, UtcTime expires, UtcTime now) {
  TRY(w, in_state(reader, id, WarningState::in_force, "预警不在有效期内 / the warning is not in force"));
  if (expires <= w.content.expires) return field("有效期 / validity", "须晚于现在的截止时间 / must be after the present end");
  if (expires > now + hours(24 * 30)) return field("有效期 / validity", "最长 30 天 / 30 days at most");
  return one(id, about(WarningExtended{id, expires}));
}

Result<Decision> cancel_warning(Reader& reader, WarningId id, const std::string& comment) {
  TRY(w, in_state(reader, id, WarningState::in_force, "预警不在有效期内 / the warning is not in force"));
  return one(id, about(WarningCancelled{id, w.content.headline, comment}));
}

Result<Decision> expire_warnings(Reader& reader, UtcTime now) {
  Decision d;
  reader.query("SELECT id, headline FROM warnings WHERE state = 2 AND expires <= ? ORDER BY id", {now},
               [&](const Row& row) { d.facts.push_back(about(WarningExpired{WarningId{row.integer(0)}, row.str(1)})); });
  return d;
}

Result<Decision> add_cap_source(Reader& reader, const std::string& url, int64_t interval_s) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return field("网址 / url", "http:// 或 https:// …");
  if (url.size() > 2'000) return Error(ErrorCode::kTooLarge, {{"what", "url"}, {"limit", "2,000"}});
  if (interval_s < 30 || interval_s > 86'400) return field("间隔 / interval", "30 – 86,400 s");
  if (reader.integer("SELECT COUNT(*) FROM cap_sources WHERE removed = 0").value_or(0) >= 50)
    return Error(ErrorCode::kTooLarge, {{"what", "CAP"}, {"limit", "50"}});
  if (reader.integer("SELECT id FROM cap_sources WHERE removed = 0 AND url = ?", {Arg(url)})) return conflict("这个来源已在轮询 / this source is polled already");
  const int64_t id = peek_id(reader, "cap_source");
  return Decision{{fact(CapSourceAdded{id, url, interval_s}, "cap_source:" + std::to_string(id))}, "{\"source\":" + std::to_string(id) + "}"};
}

Result<Decision> remove_cap_source(Reader& reader, int64_t source) {
  const auto url = reader.text("SELECT url FROM cap_sources WHERE id = ? AND removed = 0", {source});
  if (!url) return Error(ErrorCode::kNotFound, {{"what", "CAP"}});
  return Decision{{fact(CapSourceRemoved{source, *url}, "cap_source:" + std::to_string(source))}, "{}"};
}

}  // namespace anlan
