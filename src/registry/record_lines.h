// The attachment of a RecordsImported fact: one JSON object per line, the whole new state of each record, members as
// in the facts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/records.h"

namespace anlan {

std::string write_records(const std::vector<RecordState>& records);

// Lines are our own, of a fact: a malformed one is a broken store (CHECK).
void read_records(std::string_view lines, const std::function<void(RecordState)>& each);

}  // namespace anlan
