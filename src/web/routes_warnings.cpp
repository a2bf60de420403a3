// Warnings: draft, preview, approval, changes, CAP in and out.
#include "base/geojson.h"
#include "gateway/cap_arrival.h"
#include "registry/coverage.h"
#include "registry/personal_data.h"
#include "web/json_members.h"
#include "web/routes_json.h"
#include "web/warning_json.h"

namespace anlan {
namespace {

constexpr size_t kDraftBytesMax = 16u << 20;

Error bad_field(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }

// Fields that are sent replace those of `base`; "geometry": null empties the area.
Result<WarningContent> content_from(const json::object& o, WarningContent base, Node& node) {
  auto& c = base;
  Members members(o);
  for (const auto& [name, field] : {std::pair("hazard", &c.hazard), {"headline", &c.headline}, {"description", &c.description}, {"instruction", &c.instruction},
                                    {"message", &c.message}, {"area_label", &c.area_label}})
    if (auto text = members.text(name)) *field = std::move(*text);
  for (const auto& [name, field] : {std::pair("onset", &c.onset), {"expires", &c.expires}})
    if (const auto time = members.time(name); time && *time) *field = **time;
  TRY_VOID(members.result());
  if (const auto* level = o.if_contains("level")) {
    auto r = json::try_value_to<WarningLevel>(*level);
    if (!r) return bad_field("level", "blue, yellow, orange, red");
    c.level = *r;
  }
  if (const auto* geometry = o.if_contains("geometry")) {
    if (geometry->is_null()) {
      c.area = {};
    } else {
      TRY(area, area_from_geojson(*geometry));
      c.area = std::move(area);
    }
  }
  if (const auto* places = o.if_contains("places")) {
    auto r = json::try_value_to<std::vector<PlaceCode>>(*places);
    if (!r) return bad_field("places", r.error().message());
    for (const auto p : *r)
      if (!node.places().get()->find(p)) return bad_field("places", p.text());
    c.places = std::move(*r);
  }
  if (!c.onset.ms) c.onset = node.clock().now();
  if (!c.expires.ms) c.expires = c.onset + hours(6);
  return c;
}

// What the body makes of `base`; only inside the account's own places. Answers when it may not be.
std::optional<WarningContent> proposed(const CallPtr& call, const json::object& body, WarningContent base = {}) {
  auto content = content_from(body, std::move(base), call->node());
  if (!content) call->fail(content.error());
  else if (!call->may(Need::duty, place_of_warning(call->node(), *content)))
    call->fail(Error(ErrorCode::kForbidden, {{"why", "范围超出您的管辖 / the area lies outside your place"}}));
  else return std::move(*content);
  return std::nullopt;
}

// The comment of a body, which may be without. Answers when there is none to be read.
std::optional<std::string> comment_of(const CallPtr& call) {
  const auto body = call->body();
  if (!body) {
    call->fail(body.error());
    return std::nullopt;
  }
  Members members(*body);
  auto comment = members.text("comment");
  if (const auto read = members.result(); !read) {
    call->fail(read.error());
    return std::nullopt;
  }
  return std::move(comment).value_or("");
}

WarningId warning_id(const CallPtr& call) { return WarningId{call->id()}; }

void answer_with_warning(const CallPtr& call, WarningId id, int status = 200) {
  auto value = call->read([&](Reader& reader) -> std::optional<json::object> {
    const auto w = read_warning(reader, id);
    if (!w) return std::nullopt;
    return warning_json(*call, reader, *w);
  });
  if (value) call->ok(std::move(*value), status);
}

// Reads the warning and checks that the account may do this for its place; answers otherwise.
std::optional<WarningRow> warning_for(const CallPtr& call, Need need) {
  std::optional<WarningRow> w;
  const bool read = call->read([&](Reader& reader) {
    w = read_warning(reader, warning_id(call));
    return true;
  });
  if (!read) return std::nullopt;
  if (!w || !call->may(Need::session, place_of_warning(call->node(), w->content))) {
    call->fail(Error(ErrorCode::kNotFound, {{"what", "预警 " + std::to_string(call->id())}}));
    return std::nullopt;
  }
  if (!call->may(need, place_of_warning(call->node(), w->content))) {
    call->fail(Error(ErrorCode::kForbidden, {{"why", need == Need::approver ? "需要批准权限 / approver role needed" : "需要值班权限 / duty role needed"}}));
    return std::nullopt;
  }
  return w;
}

// A command on one warning whose answer is the warning as it then stands.
void command(const CallPtr& call, std::function<Result<Decision>(Reader&, UtcTime)> decide) {
  const auto id = warning_id(call);
  call->change(std::move(decide), [call, id](const Answer&) { answer_with_warning(call, id); });
}

void list(const CallPtr& call) {
  const auto state = call->text("state");
  std::vector<WarningState> states;
  if (state == "draft") states = {WarningState::draft};
  else if (state == "pending") states = {WarningState::pending};
  else if (state == "in_force") states = {WarningState::in_force};
  else if (state == "ended") states = {WarningState::cancelled, WarningState::expired, WarningState::superseded};
  else if (state == "discarded") states = {WarningState::discarded};
  else states = {WarningState::draft, WarningState::pending, WarningState::in_force, WarningState::cancelled, WarningState::expired, WarningState::superseded};
  const auto offset = call->number("offset", 0, 0, 1'000'000), limit = call->number("limit", 50, 1, 500);
  if (!offset) return call->fail(offset.error());
  if (!limit) return call->fail(limit.error());
  const auto q = call->text("q");
  auto value = call->read([&](Reader& reader) {
    json::array items;
    int64_t total = 0;
    for (const auto& w : list_warnings(reader, states, 10'000, 0)) {
      if (!q.empty() && w.content.headline.find(q) == std::string::npos && w.content.area_label.find(q) == std::string::npos) continue;
      if (total++ < *offset || static_cast<int64_t>(items.size()) >= *limit) continue;
      items.push_back(warning_row_json(*call, reader, w));
    }
    return std::optional(json::object{{"total", total}, {"items", items}});
  });
  if (value) call->ok(std::move(*value));
}

void draft(const CallPtr& call) {
  auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto content = proposed(call, *body);
  if (!content) return;
  call->change([call, c = *content](Reader& reader, UtcTime now) { return draft_warning(reader, call->node().pack(), WarningSource::drawn, c, {}, now); },
               [call](const Answer& a) {
                 const auto response = parse_json(a.response);
                 answer_with_warning(call, WarningId{response->at("warning").as_int64()}, 201);
               });
}

void import_cap(const CallPtr& call) {
  auto& node = call->node();
  auto alert = read_cap(call->http.body);
  if (!alert) return call->fail(alert.error());
  auto attachment = node.attachments().put(call->http.body);
  if (!attachment) return call->fail(attachment.error());
  auto remarks = std::make_shared<std::vector<ErrorDetail>>(alert->remarks);
  const auto index = node.places().get();
  auto drafts = drafts_of(*alert, node.pack(), index->places(), *attachment, node.clock().now(), *remarks);
  if (!drafts) return call->fail(drafts.error());
  if (drafts->size() > 20) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "CAP info"}, {"limit", "20"}}));
  if (!drafts->empty() && drafts->front().cancels)  // ending a warning in force is a person's decision
    remarks->push_back({0, "msgType", "这是一份解除：草稿已撤下；有效的预警请在原预警上选择“解除”", "this message cancels an earlier one: drafts of it are gone; a warning in force is yours to cancel"});
  call->change([call, drafts = *drafts](Reader& reader, UtcTime now) { return take_cap(reader, call->node().pack(), drafts, now); },
      [call, remarks](const Answer& a) {
        const auto response = parse_json(a.response);
        auto value = call->read([&](Reader& reader) {
          json::array warnings, notes;
          for (const auto& id : response->at("warnings").as_array())
            if (const auto w = read_warning(reader, WarningId{id.as_int64()})) warnings.push_back(warning_row_json(*call, reader, *w));
          for (const auto& r : *remarks) notes.push_back({{"line", r.line}, {"field", r.field}, {"message", call->language == Language::kZh ? r.zh : r.en}});
          return std::optional(json::object{{"warnings", warnings}, {"remarks", notes}});
        });
        if (value) call->ok(std::move(*value), 201);
      });
}

void text(const CallPtr& call) {
  auto body = call->body();
  if (!body) return call->fail(body.error());
  auto content = content_from(*body, {}, call->node());
  if (!content) return call->fail(content.error());
  call->ok(json::value_from(fill_text(call->node().pack(), *content, call->node().settings())));
}

// What a preview is about: with a body the warning as that would change it, which only those may ask who might change it
// so; else what waits for approval, or the warning as it stands. Answers when there is none.
std::optional<WarningContent> previewed(const CallPtr& call) {
  const bool change = call->http.method == "POST";
  auto w = warning_for(call, change ? Need::duty : Need::session);
  if (!w) return std::nullopt;
  if (!change) return w->pending ? std::move(*w->pending) : std::move(w->content);
  const auto body = call->body();
  if (body) return proposed(call, *body, std::move(w->content));
  call->fail(body.error());
  return std::nullopt;
}

void preview_figures(const CallPtr& call) {
  const auto content = previewed(call);
  if (!content) return;
  const auto index = call->node().places().get();
  json::object o;
  call->node().with_targets(*content, [&](const Targets& targets, const Directory& directory, const PlaceTable& places, const TargetQuery& query) {
    const auto p = preview(directory, targets, places, query, [&](PersonId p) { return call->node().contacts().has_account(p); });
    json::array empty, channels, ranks, rows;
    for (size_t i = 0; i < p.villages_empty.size() && i < 1'000; ++i) empty.push_back(place_json(*index, p.villages_empty[i]));
    for (const auto& c : p.channels) channels.push_back({{"id", c.channel}, {"people", c.people}});
    for (const auto& r : p.by_rank) ranks.push_back({{"rank", r.rank}, {"people", r.people}, {"vacant", r.vacant}, {"answer_limit_s", r.answer_limit.count / 1000}});
    for (const auto& r : p.by_place) rows.push_back(coverage_row_json(r));
    o = {{"people", p.all.people}, {"posts", p.all.posts}, {"vacant", p.all.vacant}, {"no_phone", p.all.no_phone}, {"stale_phone", p.all.stale_phone},
         {"shared_phone", p.all.shared_phone}, {"outside", p.all.outside}, {"towns", p.towns}, {"villages", p.villages}, {"villages_empty", empty},
         {"channels", channels}, {"minutes", p.minutes}, {"by_rank", ranks}, {"by_place", rows}};
  });
  call->ok(std::move(o));
}

void preview_people(const CallPtr& call) {
  const auto offset = call->number("offset", 0, 0, 10'000'000), limit = call->number("limit", 100, 1, 500);
  if (!offset) return call->fail(offset.error());
  if (!limit) return call->fail(limit.error());
  PreviewGroup group = PreviewGroup::all;
  if (const auto name = call->text("group"); !name.empty() && !boost::describe::enum_from_string(name.c_str(), group)) return call->fail(bad_field("group", name));
  const auto content = previewed(call);
  if (!content) return;
  json::object o;
  PersonalDataRead shown;
  call->node().with_targets(*content, [&](const Targets& targets, const Directory& directory, const PlaceTable&, const TargetQuery& query) {
    const auto page = preview_names(directory, targets, group, call->place(), call->text("q"), query.now, static_cast<size_t>(*offset), static_cast<size_t>(*limit));
    PeopleJson people(call->node(), directory);
    json::array items;
    for (const auto& item : page.items) items.push_back({{"post", people.post_row_json(item.post)}, {"problem", std::string(item.problem)}});
    o = {{"total", page.total}, {"items", items}};
    shown = people.shown("preview", place_of_warning(call->node(), *content));
  });
  ok_personal(call, std::move(o), std::move(shown));
}

void rehearse(const CallPtr& call) {
  auto w = warning_for(call, Need::duty);
  if (!w) return;
  const auto id = w->id;
  const auto key = call->key();
  if (key.empty()) return;
  call->node().open_round(*w, RoundMode::rehearsal, call->actor(), key, [call, id](const Result<Answer>& answer) {
    if (!answer) return call->fail(answer.error());
    call->api().workers().run([call, id] { answer_with_warning(call, id); });
  });
}

void cap_xml(const CallPtr& call) {
  auto w = warning_for(call, Need::session);
  if (!w) return;
  const auto index = call->node().places().get();
  call->file(write_cap(cap_of(*w, call->node().pack(), index->places(), call->node().settings())), "application/cap+xml", "warning-" + std::to_string(w->id.value) + ".xml");
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: if (static_cast<unsigned char>(c) >= 0x20 || c == '\n') out += c;
    }
  return out;
}

// The public feed: what is in force, and what ended within a day.
void feed(const CallPtr& call) {
  auto& node = call->node();
  const UtcTime now = node.clock().now();
  auto xml = call->read([&](Reader& reader) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>" + xml_text(node.settings().public_url) +
                      "/cap/feed.atom</id>\n<title>" + xml_text(node.settings().name) + " CAP</title>\n<updated>" + to_iso8601(now, node.settings().utc_offset_minutes) + "</updated>\n";
    for (const auto& w : list_warnings(reader, {WarningState::in_force, WarningState::cancelled, WarningState::superseded}, 500, 0)) {
      if (w.ended_at && *w.ended_at + hours(24) < now) continue;
      const auto updated = w.ended_at.value_or(w.changed_at.value_or(w.created_at));
      const std::string link = node.settings().public_url + "/cap/" + std::to_string(w.id.value) + ".xml";
      out += "<entry><id>" + xml_text(link) + "</id><title>" + xml_text(w.content.headline) + "</title><updated>" + to_iso8601(updated, node.settings().utc_offset_minutes) +
             "</updated><link rel=\"alternate\" type=\"application/cap+xml\" href=\"" + xml_text(link + "?v=" + std::to_string(w.version) + (w.ended_at ? "e" : "")) + "\"/><summary>" + xml_text(w.content.area_label) + "</summary></entry>\n";
    }
    return out + "</feed>\n";
  });
  if (xml.empty()) return;
  HttpResponse r = HttpResponse::text(200, xml);
  r.headers.set("Content-Type", "application/atom+xml; charset=utf-8");
  call->respond(std::move(r));
}

void public_cap(const CallPtr& call) {
  const std::string_view name = std::string_view(call->http.path).substr(5);  // after "/cap/"
  const auto index = call->node().places().get();
  const int64_t id = name.ends_with(".xml") ? std::atoll(std::string(name).c_str()) : 0;
  auto xml = call->read([&](Reader& reader) {
    const auto w = read_warning(reader, WarningId{id});
    if (!w || w->cap_identifier.empty()) return std::string("-");
    return write_cap(cap_of(*w, call->node().pack(), index->places(), call->node().settings()));
  });
  if (xml.empty()) return;
  if (xml == "-") return call->fail(Error(ErrorCode::kNotFound, {{"what", "CAP"}}));
  HttpResponse r = HttpResponse::text(200, xml);
  r.headers.set("Content-Type", "application/cap+xml; charset=utf-8");
  call->respond(std::move(r));
}

void sources(const CallPtr& call, int status = 200) {
  auto value = call->read([&](Reader& reader) {
    json::array items;
    reader.query("SELECT id, url, interval_s, last_ok_at, last_error FROM cap_sources WHERE removed = 0 ORDER BY id", {}, [&](const Row& row) {
      items.push_back({{"id", row.integer(0)}, {"url", row.str(1)}, {"interval_s", row.integer(2)},
                       {"last_ok_at", row.is_null(3) ? json::value(nullptr) : json::value(row.integer(3))},
                       {"last_error", row.is_null(4) ? json::value(nullptr) : json::value(row.str(4))}});
    });
    return std::optional(json::object{{"items", items}});
  });
  if (value) call->ok(std::move(*value), status);
}

}  // namespace

void add_warning_routes(Api& api) {
  api.add({"GET", "/warnings", Need::session, list});
  api.add({"POST", "/warnings", Need::duty, draft, Run::worker, kDraftBytesMax});
  api.add({"POST", "/warnings/import-cap", Need::duty, import_cap, Run::worker, kCapBytesMax});
  api.add({"POST", "/warnings/text", Need::duty, text, Run::worker, kDraftBytesMax});
  api.add({"GET", "/warnings/{id}", Need::session, [](CallPtr call) {
             if (warning_for(call, Need::session)) answer_with_warning(call, warning_id(call));
           }});
  api.add({"PATCH", "/warnings/{id}", Need::duty, [](CallPtr call) {
             auto w = warning_for(call, Need::duty);
             if (!w) return;
             auto body = call->body();
             if (!body) return call->fail(body.error());
             const auto content = proposed(call, *body, std::move(w->content));
             if (!content) return;
             command(call, [call, c = *content](Reader& reader, UtcTime now) { return edit_warning(reader, call->node().pack(), warning_id(call), c, now); });
           }, Run::worker, kDraftBytesMax});
  api.add({"DELETE", "/warnings/{id}", Need::duty, [](CallPtr call) {
             if (!warning_for(call, Need::duty)) return;
             call->change([call](Reader& reader, UtcTime) { return discard_warning(reader, warning_id(call)); },
                          [call](const Answer&) { call->respond(HttpResponse::empty(204)); });
           }});
  api.add({"POST", "/warnings/{id}/restore", Need::duty, [](CallPtr call) {
             if (warning_for(call, Need::duty)) command(call, [call](Reader& reader, UtcTime) { return restore_warning(reader, warning_id(call)); });
           }});
  api.add({"GET", "/warnings/{id}/preview", Need::session, preview_figures});
  api.add({"POST", "/warnings/{id}/preview", Need::duty, preview_figures, Run::worker, kDraftBytesMax});
  api.add({"GET", "/warnings/{id}/preview/people", Need::session, preview_people});
  api.add({"POST", "/warnings/{id}/preview/people", Need::duty, preview_people, Run::worker, kDraftBytesMax});
  api.add({"POST", "/warnings/{id}/submit", Need::duty, [](CallPtr call) {
             if (!warning_for(call, Need::duty)) return;
             command(call, [call](Reader& reader, UtcTime now) {
               return submit_warning(reader, call->node().pack(), warning_id(call), true, call->node().settings().sender, now);
             });
           }});
  api.add({"POST", "/warnings/{id}/approve", Need::approver, [](CallPtr call) {
             if (!warning_for(call, Need::approver)) return;
             const auto comment = comment_of(call);
             if (!comment) return;
             command(call, [call, comment = *comment](Reader& reader, UtcTime now) {
               return approve_warning(reader, call->node().pack(), warning_id(call), call->actor(), comment, call->node().settings().sender, now);
             });
           }});
  api.add({"POST", "/warnings/{id}/return", Need::session, [](CallPtr call) {
             if (!warning_for(call, Need::session)) return;
             const auto comment = comment_of(call);
             if (!comment) return;
             command(call, [call, comment = *comment](Reader& reader, UtcTime) { return return_warning(reader, warning_id(call), comment); });
           }});
  api.add({"POST", "/warnings/{id}/rehearse", Need::duty, rehearse});
  api.add({"POST", "/warnings/{id}/change", Need::duty, [](CallPtr call) {
             auto w = warning_for(call, Need::duty);
             if (!w) return;
             const auto body = call->body();
             if (!body) return call->fail(body.error());
             const auto content = proposed(call, *body, std::move(w->content));
             const auto comment = content ? comment_of(call) : std::nullopt;
             if (!comment) return;
             command(call, [call, c = *content, comment = *comment](Reader& reader, UtcTime now) {
               return change_warning(reader, call->node().pack(), warning_id(call), c, comment, true, call->node().settings().sender, now);
             });
           }, Run::worker, kDraftBytesMax});
  api.add({"POST", "/warnings/{id}/extend", Need::duty, [](CallPtr call) {
             if (!warning_for(call, Need::duty)) return;
             auto body = call->body();
             if (!body) return call->fail(body.error());
             Members members(*body);
             const auto expires = members.time("expires").value_or(std::nullopt);
             if (!expires) members.refuse("expires", "请填写结束时间", "say until when");
             if (auto read = members.result(); !read) return call->fail(read.error());
             command(call, [call, expires = *expires](Reader& reader, UtcTime now) { return extend_warning(reader, warning_id(call), expires, now); });
           }});
  api.add({"POST", "/warnings/{id}/cancel", Need::duty, [](CallPtr call) {
             if (!warning_for(call, Need::duty)) return;
             const auto comment = comment_of(call);
             if (!comment) return;
             command(call, [call, comment = *comment](Reader& reader, UtcTime) { return cancel_warning(reader, warning_id(call), comment); });
           }});
  api.add({"GET", "/warnings/{id}/cap", Need::session, cap_xml});
  api.add({"GET", "/cap-sources", Need::admin, [](CallPtr call) { sources(call); }});
  api.add({"POST", "/cap-sources", Need::admin, [](CallPtr call) {
             auto body = call->body();
             if (!body) return call->fail(body.error());
             Members members(*body);
             const auto url = members.text("url").value_or("");
             const auto interval_s = members.number("interval_s").value_or(std::nullopt).value_or(300);
             if (!(interval_s >= 30 && interval_s <= 86'400)) members.refuse("interval_s", "应为 30 至 86400 秒", "must be 30 to 86,400 seconds");
             if (auto read = members.result(); !read) return call->fail(read.error());
             call->change([url, interval_s = static_cast<int64_t>(interval_s)](Reader& reader, UtcTime) { return add_cap_source(reader, url, interval_s); }, [call](const Answer&) { sources(call, 201); });
           }});
  api.add({"DELETE", "/cap-sources/{id}", Need::admin, [](CallPtr call) {
             call->change([id = call->id()](Reader& reader, UtcTime) { return remove_cap_source(reader, id); },
                          [call](const Answer&) { call->respond(HttpResponse::empty(204)); });
           }});
  api.add_page("/cap/feed.atom", feed);
  api.add_page("/cap/", public_cap);
}

}  // namespace anlan
