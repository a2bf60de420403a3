#include "gateway/cap_poller.h"

#include <algorithm>
#include <future>
#include <pugixml.hpp>

#include "base/error_catalogue.h"
#include "base/hash.h"
#include "gateway/cap_arrival.h"

namespace anlan {
namespace {

std::string local_name(const pugi::xml_node& n) {
  const std::string name = n.name();
  const size_t colon = name.find(':');
  return colon == std::string::npos ? name : name.substr(colon + 1);
}

std::string resolve(const std::string& base, const std::string& link) {
  if (link.starts_with("http://") || link.starts_with("https://")) return link;
  const size_t host = base.find("://");
  if (host == std::string::npos) return {};
  const size_t path = base.find('/', host + 3);
  if (link.starts_with("/")) return base.substr(0, path) + link;
  const size_t last = base.rfind('/');
  return (last == std::string::npos || last < host + 3 ? base + "/" : base.substr(0, last + 1)) + link;
}

// Waits for a command of our own; the poller has a thread of its own.
Result<Answer> run(Writer& writer, std::function<Result<Decision>(Reader&, UtcTime)> decide) {
  auto promise = std::make_shared<std::promise<Result<Answer>>>();
  auto answer = promise->get_future();
  writer.submit({"node", "", "", std::move(decide), [promise](const Result<Answer>& a) { promise->set_value(a); }, {}});
  return answer.get();
}

}  // namespace

std::optional<std::vector<CapLink>> cap_links(std::string_view feed, const std::string& base_url, size_t limit) {
  pugi::xml_document doc;
  if (!doc.load_buffer(feed.data(), feed.size(), pugi::parse_default & ~pugi::parse_doctype)) return std::nullopt;
  const auto root = doc.document_element();
  const bool atom = local_name(root) == "feed", rss = local_name(root) == "rss" || local_name(root) == "RDF";
  if (!atom && !rss) return std::nullopt;
  std::vector<CapLink> links;
  auto take = [&](const pugi::xml_node& entry) {
    CapLink link;
    std::string best;
    for (const auto& child : entry.children()) {
      const auto name = local_name(child);
      if (name == "updated" || name == "pubDate" || name == "date") link.changed = child.text().get();
      if (name != "link") continue;
      const std::string href = atom ? child.attribute("href").value() : child.text().get();
      if (best.empty() || std::string(child.attribute("type").value()).find("cap+xml") != std::string::npos) best = href;
    }
    link.url = best.empty() ? "" : resolve(base_url, best);
    if (!link.url.empty()) links.push_back(std::move(link));
  };
  for (const auto& parent : {root, root.child("channel")})  // RSS 1.0 has its items beside the channel
    for (const auto& entry : parent.children())
      if (const auto name = local_name(entry); links.size() < limit && (name == "entry" || name == "item")) take(entry);
  return links;
}

void CapPoller::poll(UtcTime now) {
  struct Source {
    int64_t id;
    std::string url;
    Millis interval;
  };
  std::vector<Source> sources;
  auto reader = node_.store().connect();
  if (!reader) return;
  (*reader)->query("SELECT id, url, interval_s FROM cap_sources WHERE removed = 0 ORDER BY id", {},
                   [&](const Row& row) { sources.push_back({row.integer(0), row.str(1), seconds(row.integer(2))}); });
  if ((*reader)->failure()) return;
  std::erase_if(sources_, [&](const auto& kept) { return std::none_of(sources.begin(), sources.end(), [&](const Source& s) { return s.id == kept.first; }); });
  for (const auto& source : sources) {
    auto& state = sources_[source.id];
    const Millis longest = std::max(source.interval, kRetryMax);
    if (state.due > now && state.due - now <= longest) continue;  // further away: the clock went back
    const auto outcome = poll_source(source.url, state, now);
    state.failures = outcome.failed ? std::min(state.failures + 1, 20) : 0;
    state.due = now + (state.failures ? std::min(longest, source.interval * (int64_t{1} << (state.failures - 1))) : source.interval);
    if (state.known && outcome.error == state.last_error && outcome.changed == 0) continue;  // nothing new to tell
    state.known = true;
    state.last_error = outcome.error;
    const CapPolled polled{source.id, outcome.error, outcome.changed};
    const auto told = run(node_.writer(), [polled](Reader&, UtcTime) -> Result<Decision> { return Decision{{fact(polled, "cap_source:" + std::to_string(polled.source))}, "{}"}; });
    if (!told) state.known = false;  // a full disk, say: told again
  }
}

Result<FetchedDocument> CapPoller::fetch(const std::string& url, const std::string& etag) {
  TRY(document, fetcher_.get(url, etag, kCapBytesMax, timeout_));
  if (document.status != 200 && (document.status != 304 || etag.empty())) return Error(ErrorCode::kUnavailable, {{"what", url + " (HTTP " + std::to_string(document.status) + ")"}});
  return document;
}

CapPoller::Outcome CapPoller::poll_source(const std::string& url, State& state, UtcTime now) {
  const auto failed = [](const Error& error) { return Outcome{0, sentence(error, Language::kZh), true, false}; };
  const auto document = fetch(url, state.etag);
  if (!document) return failed(document.error());
  if (document->status == 304) return {0, state.last_error, false, true};
  Outcome outcome;
  if (const auto links = cap_links(document->body, url, kLinksMax)) {
    outcome = poll_links(*links, state, now);
  } else if (const std::string hash = to_hex(sha256(document->body)); !state.seen.contains(hash)) {
    const auto alert = read_cap(document->body);
    if (!alert) return failed(alert.error());
    const auto taken = take(*alert, document->body, now);
    if (!taken) return failed(taken.error());
    state.seen.insert(hash);
    outcome.changed = *taken;
  }
  state.etag = outcome.complete ? document->etag : "";  // an unchanged feed is not looked at again
  return outcome;
}

CapPoller::Outcome CapPoller::poll_links(const std::vector<CapLink>& links, State& state, UtcTime now) {
  Outcome outcome;
  std::vector<Document> documents;
  std::map<std::string, std::string> refused;
  const auto fail = [&](const Error& error) {
    outcome.error = sentence(error, Language::kZh);
    outcome.failed = true;
    outcome.complete = false;
  };
  size_t fetched = 0, bytes = 0;
  for (const auto& link : links) {
    const std::string key = link.url + " " + link.changed;
    if (const auto it = state.refused.find(key); it != state.refused.end()) refused.insert(*it);
    if (state.seen.contains(key) || refused.contains(key)) continue;
    if (fetched == kDocumentsMax || bytes >= kDocumentBytesMax) {
      outcome.complete = false;  // the rest at the next poll
      break;
    }
    ++fetched;
    auto one = fetch(link.url, "");
    if (!one) {
      fail(one.error());
      continue;
    }
    bytes += one->body.size();
    auto alert = read_cap(one->body);
    if (alert) documents.push_back({key, std::move(one->body), std::move(*alert)});
    else refused.emplace(key, link.url + "：" + sentence(alert.error(), Language::kZh));
  }
  // Feeds list the newest first or last; an update is understood after what it updates.
  std::sort(documents.begin(), documents.end(), [](const Document& a, const Document& b) { return std::tie(a.alert.sent.at, a.alert.identifier) < std::tie(b.alert.sent.at, b.alert.identifier); });
  for (const auto& d : documents) {
    const auto taken = take(d.alert, d.bytes, now);
    if (taken) {
      outcome.changed += *taken;
      state.seen.insert(d.key);
    } else if (taken.error().code == ErrorCode::kInvalidField || taken.error().code == ErrorCode::kTooLarge) {
      refused.emplace(d.key, d.key + "：" + sentence(taken.error(), Language::kZh));  // an area beyond repair, say
    } else {
      fail(taken.error());
    }
  }
  if (!outcome.failed && !refused.empty()) outcome.error = refused.begin()->second;
  state.refused = std::move(refused);
  if (state.seen.size() > kSeenMax) state.seen.clear();  // drafting itself knows what it has
  return outcome;
}

// Counts what changed on the desk: drafts made, and drafts and warnings that were cancelled.
Result<int64_t> CapPoller::take(const CapAlert& alert, const std::string& document, UtcTime now) {
  TRY(attachment, node_.attachments().put(document));
  std::vector<ErrorDetail> remarks;
  const auto index = node_.places().get();
  auto drafts = drafts_of(alert, node_.pack(), index->places(), attachment, now, remarks);
  if (!drafts) return drafts.error().code == ErrorCode::kConflict ? Result<int64_t>(int64_t{0}) : Result<int64_t>(drafts.error());
  std::erase_if(*drafts, [&](const CapDraft& d) { return !d.cancels && d.content.expires <= now; });  // old news of the feed
  if (drafts->empty()) return int64_t{0};
  TRY(answer, run(node_.writer(), [this, d = std::move(*drafts)](Reader& reader, UtcTime at) { return take_cap(reader, node_.pack(), d, at); }));
  const auto response = parse_json(answer.response).value();
  return response.at("drafted").to_number<int64_t>() + response.at("ended").to_number<int64_t>();
}

}  // namespace anlan
