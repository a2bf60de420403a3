// From a situation to a warning: its hazard and level, the places where its alarms stand, the text of the pack.
#pragma once

#include "loop/node.h"
#include "signals/queries.h"

namespace anlan {

// A place is named when its alarms stand in it: towns, or the whole county from this many towns on.
inline constexpr size_t kTownsNamedMax = 12;

// The places in which the alarms stand, widest first; none for a situation without standing alarms.
std::vector<PlaceCode> places_of_alarms(Node& node, std::span<const AlarmRow> alarms);

// The situation has a warning that is a draft, waits or is in force; one that was discarded, cancelled or has run out
// leaves it free for another.
bool is_warned(Reader& reader, const SituationRow& situation);

// Drafts a warning and names it to the situation, in one decision; {"warning":id} as response, also of the one there is.
// kConflict when no alarm stands.
Result<Decision> warn_of_situation(Node& node, Reader& reader, SituationId id, UtcTime now);

// Issues the draft of the situation, brought up to now, because `rule` grants it; {"warning":id}. kConflict when a
// person has worked on the draft or no alarm stands.
Result<Decision> issue_of_situation(Node& node, Reader& reader, SituationId id, const std::string& rule, UtcTime now);

// Situations with an alarm of a level from which its rule drafts by itself, for which none was ever drafted.
std::vector<SituationId> situations_to_draft(Reader& reader, const RuleBook& rules);

// Situations whose draft a rule may issue without approval, and the rule's name.
std::vector<std::pair<SituationId, std::string>> situations_to_issue(Reader& reader, const RuleBook& rules);

}  // namespace anlan
