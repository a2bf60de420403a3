// What follows from a CAP alert that arrives, by poll or by hand:
//
//   an alert    drafts, one per event
//   an update   drafts; earlier drafts that it refers to are discarded with the reason. A warning in force that it refers
//               to stays until a person issues the draft, which then takes its place (issue in warnings/commands.cpp)
//   a cancel    drafts that it refers to are discarded with the reason. A warning in force keeps the reason beside it:
//               ending it is a person's decision
//
// The same message again changes nothing.
#pragma once

#include "loop/cap_exchange.h"

namespace anlan {

// The reason beside a warning in force whose sender has cancelled it.
inline constexpr std::string_view kCancelledBySender = "发布单位已解除 / cancelled by its sender: ";

// All drafts of one alert. Response: {"warnings":[ids of drafts, also earlier ones],"drafted":n,"ended":n}, where ended
// counts the drafts and warnings of a cancel or update that were told so.
Result<Decision> take_cap(Reader& reader, const Pack& pack, const std::vector<CapDraft>& drafts, UtcTime now);

}  // namespace anlan
