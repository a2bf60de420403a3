#include "web/sensorthings_read.h"

#include <algorithm>
#include <charconv>
#include <deque>

#include "web/http_message.h"

namespace anlan {
namespace {

Error too_much(const char* what, uint64_t limit) { return Error(ErrorCode::kTooLarge, {{"what", what}, {"limit", std::to_string(limit)}}); }

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

// Keeps the entities of one page out of many that pass by: O(log page) each, and no more than are needed in memory.
class StaReader::Collector {
 public:
  // `ordered`: they come in the order that is asked for, so that there is nothing to sort and a page can end the walk.
  Collector(const StaReader& reader, const StaPlan& plan, bool ordered)
      : model_(reader.model_), plan_(plan), ordered_(ordered), skip_(static_cast<size_t>(plan.query->skip)), page_(static_cast<size_t>(plan.query->page())), counts_(plan.query->count) {}

  Collector(const Collector&) = delete;

  // Of an entity that matches.
  void add(const StaView& view) {
    ++total_;
    if (ordered_) {
      if (total_ > skip_ && kept_.size() <= page_) kept_.push_back({{}, total_, view.kept()});
      return;
    }
    next_.number = total_;
    next_.keys.clear();
    for (const auto& o : plan_.order) next_.keys.push_back(model_.value(o.field, view));
    if (kept_.size() > skip_ + page_) {
      if (!before(next_, kept_.front())) return;
      std::pop_heap(kept_.begin(), kept_.end(), before_);
      kept_.pop_back();
    }
    next_.subject = view.kept();
    kept_.push_back(std::move(next_));
    std::push_heap(kept_.begin(), kept_.end(), before_);
  }
  // Nothing more is needed.
  bool full() const { return ordered_ && !counts_ && kept_.size() > page_; }
  void do_not_count() { counts_ = false; }
  const StaPlan& plan() const { return plan_; }

  StaPage take() && {
    StaPage page;
    if (counts_) page.total = static_cast<int64_t>(total_);
    if (!ordered_) {
      std::sort_heap(kept_.begin(), kept_.end(), before_);
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(std::min(skip_, kept_.size())));
    }
    page.more = kept_.size() > page_ && page_ > 0;
    for (size_t i = 0; i < std::min(kept_.size(), page_); ++i) page.items.push_back(std::move(kept_[i].subject));
    return page;
  }

 private:
  struct Kept {
    std::vector<ODataValue> keys;
    size_t number = 0;  // in the order of arrival, which decides between equals
    StaSubject subject;
  };
  bool before(const Kept& a, const Kept& b) const {
    for (size_t i = 0; i < a.keys.size(); ++i)
      if (const int order = compare(a.keys[i], b.keys[i])) return plan_.order[i].descending ? order > 0 : order < 0;
    return a.number < b.number;
  }

  const StaModel& model_;
  const StaPlan& plan_;
  const bool ordered_;
  const size_t skip_, page_;
  bool counts_;
  size_t total_ = 0;
  Kept next_;
  std::vector<Kept> kept_;  // a heap with the last on top, unless they come ordered
  std::function<bool(const Kept&, const Kept&)> before_ = [this](const Kept& a, const Kept& b) { return before(a, b); };
};

bool StaReader::visible(const LinkRow& link) const {
  return std::any_of(scopes_.begin(), scopes_.end(), [&](PlaceCode p) { return p.contains(link.place); });
}

bool StaReader::matches(const StaPlan& plan, const StaView& view) const {
  return !plan.query->filter || plan.query->filter->matches([&](size_t path) { return model_.value(plan.filter[path], view); });
}

std::vector<StaSubject> StaReader::types() const {
  std::vector<StaSubject> out;
  const auto& all = node_.pack().record_types;
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].signal) out.push_back({nullptr, static_cast<uint16_t>(i), {}});
  return out;
}

StaPage StaReader::few(const StaPlan& plan, std::vector<StaSubject> subjects) {
  Collector collector(*this, plan, plan.order.empty());
  for (const auto& s : subjects)
    if (matches(plan, s)) collector.add(s);
  return std::move(collector).take();
}

// --- links

void StaReader::walk(int64_t after, const std::function<bool(const LinkRow&)>& take) const {
  // Some at a time, so that a long condition never holds up the watch.
  constexpr size_t kAtOnce = 256;
  std::vector<LinkRow> some;
  RecordId last{std::max<int64_t>(after, 0)};
  do {
    some.clear();
    node_.watch().each_after(last, [&](const LinkRow& link) {
      some.push_back(link);
      return some.size() < kAtOnce;
    });
    for (const auto& link : some)
      if (!take(link)) return;
    if (!some.empty()) last = some.back().id;
  } while (some.size() == kAtOnce);
}

StaPage StaReader::links(const StaPlan& plan, std::optional<uint16_t> type) {
  const bool by_id = plan.order.empty();
  const bool needs_reading = plan.kind == StaKind::observation, needs_position = plan.kind == StaKind::location;
  const auto after = by_id ? plan.query->after.value_or(INT64_MIN) : INT64_MIN;
  Collector collector(*this, plan, by_id);
  int64_t passed = 0;  // by earlier pages, when they are counted too
  walk(plan.query->count ? INT64_MIN : after, [&](const LinkRow& link) {
    if ((type && link.type != *type) || (needs_reading && !link.last) || (needs_position && !link.position) || !visible(link)) return true;
    const StaView view(link, link.last.value_or(Sample{}));
    if (!matches(plan, view)) return true;
    if (link.id.value <= after) ++passed;
    else collector.add(view);
    return !collector.full();
  });
  auto page = std::move(collector).take();
  if (page.total) *page.total += passed;
  if (by_id && page.more) page.after = page.items.back().link->id.value;
  return page;
}

std::map<uint16_t, StaPage> StaReader::links_by_type(const StaPlan& plan, const std::vector<StaSubject>& types) {
  std::map<uint16_t, Collector> collectors;
  for (const auto& t : types) collectors.try_emplace(t.type, *this, plan, plan.order.empty());
  walk(INT64_MIN, [&](const LinkRow& link) {
    const auto found = collectors.find(link.type);
    if (found == collectors.end() || found->second.full() || !visible(link)) return true;
    const StaView view(link, link.last.value_or(Sample{}));
    if (matches(plan, view)) found->second.add(view);
    return true;
  });
  std::map<uint16_t, StaPage> pages;
  for (auto& [type, collector] : collectors) {
    auto& page = pages[type] = std::move(collector).take();
    if (plan.order.empty() && page.more) page.after = page.items.back().link->id.value;
  }
  return pages;
}

// --- readings of one link

Result<void> StaReader::readings(const StaPlan& plan, const StaSubject& subject, UtcTime from, UtcTime until, const std::function<bool(const Sample&)>& each) {
  const auto* history = node_.watch().history();
  const auto take = [&](const Sample& s) {
    StaView view(subject);
    view.sample = s;
    return !matches(plan, view) || each(s);
  };
  if (!history) {
    if (const auto& last = subject.link->last; last && last->at >= from && last->at < until) take(*last);
    return {};
  }
  bool over = false;
  const uint64_t weight = 1 + (plan.query->filter ? plan.query->filter->nodes() / 8 : 0);
  const auto read = history->read(subject.link->readings_of, from, until, [&](std::span<const Sample> samples) {
    for (const auto& s : samples) {
      over = (readings_ += weight) > kStaReadingsMax;
      if (over || !take(s)) return false;
    }
    return true;
  });
  if (!read) return read.error();
  if (over) return too_much("要查看的读数 / the number of readings to look at", kStaReadingsMax);
  return {};
}

Result<void> StaReader::observations_by_time(Collector& collector, const StaSubject& subject, UtcTime from, UtcTime until, bool newest_first, int64_t wanted) {
  const auto& plan = collector.plan();
  StaView view(subject);
  const auto add = [&](const Sample& s) {
    view.sample = s;
    collector.add(view);
    return !collector.full();
  };
  if (!newest_first) return readings(plan, subject, from, until, add);
  // Backwards in spans that grow: what is wanted mostly lies in the first.
  Millis span = std::max(model_.type(view).signal->interval * (wanted + 1), hours(1));
  std::deque<Sample> found;
  for (int round = 0; until > from && !collector.full(); ++round) {
    // Nothing lies before the first reading, so that the walk ends there.
    if (round == 1) from = std::max(from, model_.first_at(*subject.link).value_or(until));
    const UtcTime begin = until - from > span ? until - span : from;
    found.clear();
    TRY_VOID(readings(plan, subject, begin, until, [&](const Sample& s) {
      found.push_back(s);
      if (static_cast<int64_t>(found.size()) > wanted) found.pop_front();
      return true;
    }));
    for (auto s = found.rbegin(); s != found.rend() && add(*s); ++s) {}
    until = begin;
    span = span * 4;
  }
  return {};
}

Result<StaPage> StaReader::observations(const StaPlan& plan, const StaSubject& subject) {
  const auto& link = *subject.link;
  if (!link.last) return few(plan, {});
  ODataFilter::Span span;
  if (plan.query->filter) span = plan.query->filter->span_of(plan.is_time);
  UtcTime from = std::max(span.from, UtcTime{0}), until = std::min(span.until, link.last->at + milliseconds(1));
  const auto newest_first = plan.newest_first();
  const auto& after = plan.query->after;
  if (newest_first == true && plan.query->page() == 1 && !plan.query->skip && !plan.query->filter && !plan.query->count && !after)
    return StaPage{{{subject.link, subject.type, *link.last}}, std::nullopt, node_.watch().history() != nullptr, link.last->at.ms};

  std::optional<int64_t> total;
  if (plan.query->count) {
    total = 0;
    TRY_VOID(readings(plan, subject, from, until, [&](const Sample&) { return ++*total > 0; }));
  }
  if (after && newest_first) (*newest_first ? until : from) = *newest_first ? std::min(until, UtcTime{*after}) : std::max(from, UtcTime{*after} + milliseconds(1));
  Collector collector(*this, plan, newest_first.has_value());
  collector.do_not_count();
  if (newest_first) {
    TRY_VOID(observations_by_time(collector, subject, from, until, *newest_first, plan.query->skip + plan.query->page() + 1));
  } else {
    StaView view(subject);
    TRY_VOID(readings(plan, subject, from, until, [&](const Sample& s) {
      view.sample = s;
      collector.add(view);
      return true;
    }));
  }
  auto page = std::move(collector).take();
  page.total = total;
  if (newest_first && page.more) page.after = page.items.back().sample.at.ms;
  return page;
}

// --- entities and what belongs to them

Result<std::optional<StaSubject>> StaReader::find(StaKind kind, std::string_view id) {
  const bool quoted = id.size() >= 2 && id.front() == '\'' && id.back() == '\'';
  const auto name = quoted ? id.substr(1, id.size() - 2) : id;
  const auto none = std::optional<StaSubject>();
  if (is_of_type(kind)) {
    for (const auto& t : types())
      if (quoted && node_.pack().record_types[t.type].id == name) return std::optional(t);
    return none;
  }
  const bool reading = kind == StaKind::observation;
  if (quoted != reading) return none;
  const size_t dash = reading ? name.find('-') : name.size();
  const auto number = whole_number(name.substr(0, dash));
  auto link = number ? node_.watch().find(RecordId{*number}) : std::nullopt;
  if (!link || !visible(*link) || (kind == StaKind::location && !link->position)) return none;
  StaSubject subject{nullptr, link->type, {}};
  subject.link = std::make_shared<const LinkRow>(std::move(*link));
  if (!reading) return std::optional(std::move(subject));
  const auto at = dash < name.size() ? whole_number(name.substr(dash + 1)) : std::nullopt;
  if (!at || *at < 0 || *at >= kNever.ms) return none;
  static const ODataQuery anything;
  const StaPlan plan{StaKind::observation, &anything, {}, {}, {}, {}};
  std::optional<StaSubject> found;
  TRY_VOID(readings(plan, subject, UtcTime{*at}, UtcTime{*at + 1}, [&](const Sample& s) {
    subject.sample = s;
    found = subject;
    return false;
  }));
  return found;
}

StaPage StaReader::all(const StaPlan& plan) { return is_of_type(plan.kind) ? few(plan, types()) : links(plan, std::nullopt); }

Result<StaPage> StaReader::related(const StaPlan& plan, StaKind from, const StaSubject& subject) {
  if (is_of_type(from)) {
    const auto prepared = by_type_.find(subject.type);
    return prepared == by_type_.end() ? links(plan, subject.type) : std::move(prepared->second);
  }
  if (plan.kind == StaKind::observation) return observations(plan, subject);
  if (plan.kind == StaKind::location && !subject.link->position) return few(plan, {});
  return few(plan, {subject});
}

StaSubject StaReader::one(StaKind to, const StaSubject& subject) {
  return is_of_type(to) ? StaSubject{nullptr, subject.type, {}} : subject;
}

// --- JSON

Result<json::object> StaReader::entity(const StaPlan& plan, const StaSubject& subject) {
  if (++entities_ > kStaEntitiesMax) return too_much("要显示的实体 / the number of entities to show", kStaEntitiesMax);
  const StaView view(subject);
  const auto& spec = sta_spec(plan.kind);
  const auto address = model_.address(plan.kind, view);
  json::object o;
  if (plan.shows("id") || plan.shows("@iot.id")) o["@iot.id"] = model_.property(plan.kind, StaProp::id, view);
  if (plan.shows("@iot.selfLink")) o["@iot.selfLink"] = json::string(address);
  for (const auto& p : spec.properties) {
    if (!plan.shows(p.name)) continue;
    auto value = model_.property(plan.kind, p.prop, view);
    // What is optional in the standard is left out where there is none.
    if (value.is_null() && (p.prop == StaProp::result_quality || p.prop == StaProp::phenomenon_time)) continue;
    o[p.name] = std::move(value);
  }
  for (const auto& nav : spec.navs)
    if (plan.shows(nav.name)) o[std::string(nav.name) + "@iot.navigationLink"] = address + "/" + std::string(nav.name);
  for (const auto& e : plan.expand) {
    const std::string name(e.nav->name);
    if (!e.nav->many) {
      TRY(inner, entity(e.plan, one(e.nav->to, subject)));
      o[name] = std::move(inner);
      continue;
    }
    TRY(page, related(e.plan, plan.kind, subject));
    json::array items;
    for (const auto& item : page.items) {
      TRY(inner, entity(e.plan, item));
      items.push_back(std::move(inner));
    }
    o[name] = std::move(items);
    if (page.total) o[name + "@iot.count"] = *page.total;
    if (page.more) o[name + "@iot.nextLink"] = next_address(e.plan, page, address + "/" + name);
  }
  return o;
}

Result<json::object> StaReader::collection(const StaPlan& plan, const StaPage& page, const std::string& address) {
  if (is_of_type(plan.kind))
    for (const auto& e : plan.expand) by_type_ = links_by_type(e.plan, page.items);
  json::object o;
  if (page.total) o["@iot.count"] = *page.total;
  if (page.more) o["@iot.nextLink"] = next_address(plan, page, address);
  json::array items;
  for (const auto& item : page.items) {
    TRY(shown, entity(plan, item));
    items.push_back(std::move(shown));
  }
  o["value"] = std::move(items);
  return o;
}

std::string StaReader::next_address(const StaPlan& plan, const StaPage& page, const std::string& address) const {
  std::string out = address;
  char mark = '?';
  const auto put = [&](std::string_view name, std::string_view value) {
    out += mark;
    out += std::string(name) + "=" + percent_encode(value);
    mark = '&';
  };
  for (const auto& [name, value] : plan.query->said) put(name, value);
  if (page.after) put("$skiptoken", std::to_string(*page.after));
  else put("$skip", std::to_string(plan.query->skip + plan.query->page()));
  return out;
}

}  // namespace anlan
