// One entry of the log: a batch of readings as it was handed in, in its order. It lives until its readings are in blocks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/reading.h"

namespace anlan {

// About 11 bytes a reading: the changes of link and time as short numbers, the value as it is.
std::string write_log_entry(std::span<const Reading> readings);
// Replaces `out`. False when the bytes are not an entry.
[[nodiscard]] bool read_log_entry(std::string_view bytes, std::vector<Reading>& out);

}  // namespace anlan
