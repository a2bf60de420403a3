#include "gateway/cap_poller.h"

#include <future>
#include <pugixml.hpp>

#include "base/error_catalogue.h"
#include "base/hash.h"
#include "loop/cap_exchange.h"

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

std::vector<std::string> cap_links(std::string_view feed, const std::string& base_url, size_t limit) {
  pugi::xml_document doc;
  std::vector<std::string> links;
  if (!doc.load_buffer(feed.data(), feed.size(), pugi::parse_default & ~pugi::parse_doctype)) return links;
  const auto root = doc.document_element();
  const bool atom = local_name(root) == "feed", rss = local_name(root) == "rss";
  if (!atom && !rss) return links;
  const auto parent = atom ? root : root.first_child();
  for (const auto& entry : parent.children()) {
    if (links.size() >= limit) break;
    const auto name = local_name(entry);
    if (name != "entry" && name != "item") continue;
    std::string best;
    for (const auto& child : entry.children()) {
      if (local_name(child) != "link") continue;
      const std::string href = atom ? child.attribute("href").value() : child.text().get();
      if (best.empty() || std::string(child.attribute("type").value()).find("cap+xml") != std::string::npos) best = href;
    }
    if (const auto url = resolve(base_url, best); !best.empty() && !url.empty()) links.push_back(url);
  }
  return links;
}

void CapPoller::poll(UtcTime now) {
  struct Source {
    int64_t id;
    std::string url;
    int64_t interval_s;
  };
  std::vector<Source> sources;
  auto reader = node_.store().connect();
  if (!reader) return;
  (*reader)->query("SELECT id, url, interval_s FROM cap_sources WHERE removed = 0 ORDER BY id", {},
                   [&](const Row& row) { sources.push_back({row.integer(0), row.str(1), row.integer(2)}); });
  for (const auto& source : sources) {
    auto& state = sources_[source.id];
    if (state.due > now) continue;
    state.due = now + seconds(source.interval_s);
    const auto drafted = poll_source(source.url, state, now);
    const std::string error = drafted ? "" : sentence(drafted.error(), Language::kZh);
    if (state.known && error == state.last_error && (!drafted || *drafted == 0)) continue;  // nothing new to tell
    state.known = true;
    state.last_error = error;
    const CapPolled fact_value{source.id, error, drafted ? *drafted : 0};
    (void)run(node_.writer(), [fact_value](Reader&, UtcTime) -> Result<Decision> {
      return Decision{{fact(fact_value, "cap_source:" + std::to_string(fact_value.source))}, "{}"};
    });
  }
}

Result<int64_t> CapPoller::poll_source(const std::string& url, State& state, UtcTime now) {
  TRY(document, fetcher_.get(url, state.etag, kCapBytesMax, kTimeout));
  if (document.status == 304) return int64_t{0};
  if (document.status != 200) return Error(ErrorCode::kUnavailable, {{"what", url + " (HTTP " + std::to_string(document.status) + ")"}});
  state.etag = document.etag;
  const auto links = cap_links(document.body, url, kDocumentsMax);
  if (links.empty()) return take(document.body, state, now);
  int64_t drafted = 0;
  std::optional<Error> failure;
  for (const auto& link : links) {
    if (!state.seen.insert(link).second) continue;
    auto one = fetcher_.get(link, "", kCapBytesMax, kTimeout);
    auto taken = one ? take(one->body, state, now) : Result<int64_t>(one.error());
    if (taken) drafted += *taken;
    else failure = taken.error();
  }
  if (state.seen.size() > 10'000) state.seen.clear();  // drafting itself knows what it has
  if (failure && !drafted) return *failure;
  return drafted;
}

Result<int64_t> CapPoller::take(const std::string& document, State& state, UtcTime now) {
  if (!state.seen.insert(to_hex(sha256(document))).second) return int64_t{0};
  TRY(alert, read_cap(document));
  TRY(attachment, node_.attachments().put(document));
  std::vector<ErrorDetail> remarks;
  const auto index = node_.places().get();
  auto drafts = drafts_of(alert, node_.pack(), index->places(), attachment, now, remarks);
  if (!drafts) return drafts.error().code == ErrorCode::kConflict ? Result<int64_t>(int64_t{0}) : Result<int64_t>(drafts.error());
  int64_t drafted = 0;
  for (const auto& d : *drafts) {
    if (d.content.expires <= now) continue;  // old news of the feed
    TRY(answer, run(node_.writer(), [this, d](Reader& reader, UtcTime at) {
      return draft_warning(reader, node_.pack(), WarningSource::cap, d.content, d.origin, at);
    }));
    if (answer.response.find("repeated") == std::string::npos) ++drafted;
  }
  return drafted;
}

}  // namespace anlan
