// The hash chain over the facts of one node. Each fact's hash covers the hash before it and every field, each with its
// length, so that no byte can be altered, dropped, swapped or moved between fields unnoticed.
#pragma once

#include <functional>

#include "base/hash.h"
#include "journal/fact.h"

namespace anlan {

Digest next_hash(const Digest& previous, const FactHeader& header, std::string_view kind, std::string_view body);

struct Verification {
  bool ok = true;
  int64_t facts = 0;
  std::string head;      // hex of the last hash
  int64_t bad_seq = 0;   // the first fact that does not fit; 0 when no single fact is at fault
  std::string problem;   // in words
};

// Recomputes the chain over all facts and what they are found by (facts_table.h), and checks the attachments they name.
// O(facts); memory O(subjects + attachments).
Verification verify_chain(Reader& reader, const Attachments* attachments,
                          const std::function<void(int64_t done)>& progress = {});

}  // namespace anlan
