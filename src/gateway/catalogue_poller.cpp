#include "gateway/catalogue_poller.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/error_catalogue.h"
#include "base/hash.h"
#include "protocols/quakeml.h"
#include "protocols/usgs_events.h"

namespace anlan {
namespace {

constexpr std::string_view kSinceMark = "{since}";
constexpr size_t kFormerMax = 100'000;

// Scheme and host: a path or a question may hold a key.
std::string host_of(const std::string& url) {
  const size_t host = url.find("://");
  if (host == std::string::npos) return readable_text(url.substr(0, url.find_first_of("/?")), 100);
  const auto authority = url.substr(host + 3, url.find_first_of("/?#", host + 3) - host - 3);
  return readable_text(authority.substr(authority.rfind('@') + 1), 100);
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
  return text;
}

std::string address_of(const std::string& url, UtcTime since) {
  const auto c = to_civil(since, 0);
  return replaced(url, kSinceMark, fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second));
}

// Of all that an event tells but `updated`, its address and its other ids.
uint64_t content_of(const CatalogueEvent& e) {
  const auto number = [](const auto& v) { return v ? fmt::format("{}", *v) : std::string("-"); };
  const auto text = fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", static_cast<int>(e.status), e.kind, e.origin.ms, e.epicentre.lon, e.epicentre.lat, number(e.depth_km), number(e.magnitude),
                                e.magnitude_type, e.place, e.source, number(e.origin_sigma_s), number(e.horizontal_sigma_km), number(e.depth_sigma_km), number(e.magnitude_sigma), number(e.stations),
                                number(e.azimuthal_gap_deg));
  const auto digest = sha256(text);
  uint64_t out = 0;
  for (size_t i = 0; i < 8; ++i) out = out << 8 | static_cast<uint8_t>(digest[i]);
  return out;
}

Result<Catalogue> read_catalogue(std::string_view document) {
  const size_t first = document.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != document.npos && document[first] == '{') return read_usgs_events(document.substr(first));
  if (first != document.npos && document[first] == '<') return read_quakeml(document);
  return Error(ErrorCode::kInvalidFile, {{"why", "既不是 GeoJSON 也不是 QuakeML / neither GeoJSON nor QuakeML: " + readable_text(document.substr(0, 80), 80)}});
}

}  // namespace

CataloguePoller::CataloguePoller(Fetcher& fetcher, std::vector<CatalogueSource> sources, Sink sink, std::function<void(std::string_view)> log, Millis timeout)
    : fetcher_(fetcher), sink_(std::move(sink)), log_(std::move(log)), timeout_(timeout) {
  CHECK(sources.size() <= kSourcesMax);
  for (auto& s : sources) {
    Source source;
    source.state.name = s.name.empty() ? host_of(s.url) : s.name;
    source.from.name = source.state.name;
    source.from = std::move(s);
    sources_.push_back(std::move(source));
  }
}

std::vector<CatalogueSourceState> CataloguePoller::states() const {
  const std::scoped_lock guard(lock_);
  std::vector<CatalogueSourceState> out;
  for (const auto& s : sources_) out.push_back(s.state);
  return out;
}

void CataloguePoller::poll(UtcTime now) {
  for (auto& source : sources_) {
    const Millis every = source.from.every, longest = std::max(every, kRetryMax);
    if (source.due > now && source.due - now <= longest) continue;  // further away: the clock went back
    auto state = source.state;
    const auto polled = poll_source(source, now, state);
    state.last_try = now;
    std::string fault;
    if (polled) {
      state.last_success = now;
      state.failures = 0;
    } else {
      state.failures = std::min(state.failures + 1, 20);
      fault = sentence(polled.error(), Language::kZh) + " / " + sentence(polled.error(), Language::kEn);
      for (const auto& url : {address_of(source.from.url, now - kSince), source.from.url}) fault = replaced(std::move(fault), url, state.name);
    }
    if (fault != state.fault) log_("catalogue " + state.name + ": " + (fault.empty() ? "可读 / readable again" : fault));
    state.fault = std::move(fault);
    source.due = now + (state.failures ? std::min(longest, every * (int64_t{1} << (state.failures - 1))) : every);
    const std::scoped_lock guard(lock_);
    source.state = std::move(state);
  }
}

Result<void> CataloguePoller::poll_source(Source& source, UtcTime now, CatalogueSourceState& state) {
  TRY(document, fetcher_.get(address_of(source.from.url, now - kSince), source.etag, kCatalogueBytesMax, timeout_));
  if (document.status == 304 && !source.etag.empty()) return {};
  Catalogue catalogue;
  if (document.status != 204) {  // an FDSN service that has no events says so
    if (document.status != 200) return Error(ErrorCode::kUnavailable, {{"what", state.name + " (HTTP " + std::to_string(document.status) + ")"}});
    TRY(read, read_catalogue(document.body));
    catalogue = std::move(read);
  }
  source.etag = document.etag;
  state.listed = catalogue.events.size() + catalogue.refused;
  state.refused = catalogue.refused;
  state.remark = catalogue.faults.empty() ? "" : catalogue.faults.front().id + ": " + catalogue.faults.front().why;
  // What came to be known first is told first.
  std::vector<const CatalogueEvent*> order;
  for (const auto& event : catalogue.events) order.push_back(&event);
  std::sort(order.begin(), order.end(), [](const CatalogueEvent* a, const CatalogueEvent* b) { return std::tie(a->updated, a->origin, a) < std::tie(b->updated, b->origin, b); });
  for (const auto* event : order) take(source, *event, state);
  if (source.seen.size() > kSeenMax) forget(source, catalogue);
  return {};
}

void CataloguePoller::take(Source& source, const CatalogueEvent& event, CatalogueSourceState& state) {
  const Seen now{event.updated, content_of(event)};
  const auto it = source.seen.find(event.id);
  const bool deleted = event.status == CatalogueStatus::deleted;
  auto news = deleted ? CatalogueNews::deleted : CatalogueNews::changed;
  if (it != source.seen.end()) {
    if (event.updated < it->second.updated) return;
    const bool same = it->second.content == now.content;
    it->second = now;
    if (same) return;
  } else {
    const bool renamed = source.former.contains(event.id) || std::any_of(event.also.begin(), event.also.end(), [&](const std::string& id) { return source.seen.contains(id); });
    if (!deleted && !renamed) news = CatalogueNews::fresh;
    source.seen.emplace(event.id, now);
  }
  if (source.former.size() < kFormerMax) source.former.insert(event.also.begin(), event.also.end());
  ++(news == CatalogueNews::fresh ? state.fresh : news == CatalogueNews::changed ? state.changed : state.deleted);
  sink_(event, news, source.from);
}

void CataloguePoller::forget(Source& source, const Catalogue& listed) {
  std::map<std::string, Seen> kept;
  std::set<std::string> former;
  for (const auto& event : listed.events) {
    kept.emplace(event.id, source.seen.at(event.id));
    former.insert(event.also.begin(), event.also.end());
  }
  source.seen = std::move(kept);
  source.former = std::move(former);
}

}  // namespace anlan
