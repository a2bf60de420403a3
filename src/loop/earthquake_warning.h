// From an earthquake to those who answer for the places it shakes: a warning for the towns, and orders to the machines that
// can do something before the shaking arrives.
#pragma once

#include "earthquakes/commands.h"
#include "earthquakes/queries.h"
#include "loop/node.h"

namespace anlan {

inline constexpr Millis kWarnedFor = hours(6);
inline constexpr Millis kActedOn = minutes(30);      // an older earthquake calls nobody by itself
inline constexpr Millis kChangedEvery = seconds(20);  // calls are not begun anew more often
inline constexpr size_t kTownsWarnedMax = 3'000;

// What the warning of an earthquake would say now: towns from the policy's intensity on, its colour by the strongest.
// Nothing when no town is reached.
std::optional<WarningContent> earthquake_content(Node& node, const EarthquakeRow& quake, UtcTime now);

// Drafts the warning and names it to the earthquake. Nothing when there is one, or no town is reached.
Result<Decision> warn_of_earthquake(Node& node, Reader& reader, int64_t id, UtcTime now);
// Issues the draft, or widens what is in force, where the policy calls by itself: stations and catalogues, never a drill or
// what an officer has entered: their draft is brought up to now. A person who works on the warning stops it.
Result<Decision> issue_of_earthquake(Node& node, Reader& reader, int64_t id, UtcTime now);
// Cancels or discards the warning of an earthquake that was none.
Result<Decision> unwarn_of_earthquake(Reader& reader, int64_t id);

// Who is told by machine, by the rules of the pack: after what stations and catalogues say. A drill has orders too, which
// stay inside the house.
std::vector<LinkageOrder> linkages_reached(Node& node, const EarthquakeRow& quake, UtcTime now);
// The message as it goes out.
std::string linkage_message(const Pack& pack, const LinkageOrder& order, const std::string& from, int utc_offset_minutes);

}  // namespace anlan
