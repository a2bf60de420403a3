// Polls the CAP sources that an administrator named: a CAP file, or an Atom or RSS feed that links to CAP files. What
// is new becomes warning drafts (cap_arrival.h); a person decides what is sent.
//
// A source that fails is tried again after its interval, then after twice that, and so on up to kRetryMax (or the
// interval, if longer). Its last failure is shown with it until it works again. All times are of the clock handed in.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/ports.h"
#include "loop/node.h"
#include "warnings/cap.h"

namespace anlan {

struct CapLink {
  std::string url;
  std::string changed;  // when the entry says it last changed; "" when it says nothing
  bool operator==(const CapLink&) const = default;
};
// The CAP documents an Atom or RSS feed links to, relative addresses resolved, as listed; at most `limit`. Nothing when
// it is no feed; a feed may be empty.
std::optional<std::vector<CapLink>> cap_links(std::string_view feed, const std::string& base_url, size_t limit);

class CapPoller {
 public:
  static constexpr size_t kLinksMax = 2'000;                // looked at in a feed
  static constexpr size_t kDocumentsMax = 50;               // fetched per poll of a source, and
  static constexpr size_t kDocumentBytesMax = 64u << 20;    // of that size together
  static constexpr size_t kSeenMax = 20'000;                // remembered per source
  static constexpr Millis kTimeout = seconds(20);           // for one document
  static constexpr Millis kRetryMax = minutes(10);

  CapPoller(Node& node, Fetcher& fetcher, Millis timeout = kTimeout) : node_(node), fetcher_(fetcher), timeout_(timeout) {}
  // Polls the sources that are due. Blocks while fetching: call it on a thread of its own.
  void poll(UtcTime now);

 private:
  struct State {
    UtcTime due;
    std::string etag, last_error;
    bool known = false;
    int failures = 0;                            // in a row
    std::set<std::string> seen;                  // entries and documents that were taken
    std::map<std::string, std::string> refused;  // entries that cannot be read: why; as long as the feed lists them
  };
  struct Document {
    std::string key, bytes;  // key: of the feed's entry
    CapAlert alert;
  };
  struct Outcome {
    int64_t changed = 0;         // drafts made or ended, warnings cancelled by their sender
    std::string error;           // shown; "" when all went well
    bool failed = false;         // worth another try soon; a document that cannot be read is not
    bool complete = true;        // all that the feed lists was looked at
  };
  Outcome poll_source(const std::string& url, State& state, UtcTime now);
  Outcome poll_links(const std::vector<CapLink>& links, State& state, UtcTime now);
  Result<FetchedDocument> fetch(const std::string& url, const std::string& etag);
  Result<int64_t> take(const CapAlert& alert, const std::string& document, UtcTime now);

  Node& node_;
  Fetcher& fetcher_;
  Millis timeout_;
  std::map<int64_t, State> sources_;
};

}  // namespace anlan
