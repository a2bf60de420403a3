// From a situation to a warning: its hazard and level, the places where its alarms stand, the text of the pack.
#pragma once

#include "loop/node.h"
#include "signals/queries.h"

namespace anlan {

// A place is named when its alarms stand in it: towns, or the whole county from this many towns on.
inline constexpr size_t kTownsNamedMax = 12;

// The places in which the alarms stand, widest first; none for a situation without standing alarms.
std::vector<PlaceCode> places_of_alarms(Node& node, std::span<const AlarmRow> alarms);

// Drafts a warning and names it to the situation, in one decision; {"warning":id} as response, also of a draft that was
// there before. kConflict when no alarm stands.
Result<Decision> warn_of_situation(Node& node, Reader& reader, SituationId id, UtcTime now);

// Situations with an alarm of a level from which its rule drafts by itself, and without a warning.
std::vector<SituationId> situations_to_draft(Reader& reader, const Pack& pack);

}  // namespace anlan
