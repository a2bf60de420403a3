#include "registry/sourced_read.h"

namespace anlan {

void read_sourced(MapReader& item, Sourced& s) {
  s.id = item.id("id", Need::kRequired);
  s.zh = item.text("zh", Need::kRequired, 60);
  s.en = item.text("en", Need::kRequired, 120);
  s.source = item.text("source", Need::kRequired, 300);
  s.effective_from = item.date("effective_from", Need::kRequired);
  s.verified = item.flag("verified", false);
}

}  // namespace anlan
