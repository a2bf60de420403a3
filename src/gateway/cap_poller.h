// Polls the CAP sources that an administrator named: a CAP file, or an Atom or RSS feed that links to CAP files. What
// is new becomes warning drafts; a person decides what is sent.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/ports.h"
#include "loop/node.h"

namespace anlan {

// Addresses of CAP documents in an Atom or RSS feed, relative ones resolved; at most `limit`. Empty when it is no feed.
std::vector<std::string> cap_links(std::string_view feed, const std::string& base_url, size_t limit);

class CapPoller {
 public:
  static constexpr size_t kDocumentsMax = 50;  // fetched per poll
  static constexpr Millis kTimeout = seconds(20);

  CapPoller(Node& node, Fetcher& fetcher) : node_(node), fetcher_(fetcher) {}
  // Polls the sources that are due. Blocks while fetching: call it on a thread of its own.
  void poll(UtcTime now);

 private:
  struct State {
    UtcTime due;
    std::string etag, last_error;
    bool known = false;
    std::set<std::string> seen;  // documents drafted already, by hash; bounded
  };
  Result<int64_t> poll_source(const std::string& url, State& state, UtcTime now);
  Result<int64_t> take(const std::string& document, State& state, UtcTime now);

  Node& node_;
  Fetcher& fetcher_;
  std::map<int64_t, State> sources_;
};

}  // namespace anlan
