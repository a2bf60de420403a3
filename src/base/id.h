// Identifiers: small integers given out by the node that owns the record, one type per kind of record.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace anlan {

template <class Tag>
struct Id {
  int64_t value = 0;  // 0 is "none"
  constexpr explicit operator bool() const { return value != 0; }
  auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;
using PersonId = Id<struct PersonTag>;
using PostId = Id<struct PostTag>;
using RecordId = Id<struct RecordTag>;
using WarningId = Id<struct WarningTag>;
using AlarmId = Id<struct AlarmTag>;
using SituationId = Id<struct SituationTag>;
using RoadStateId = Id<struct RoadStateTag>;  // a closure or limit on roads for a time
using MissionId = Id<struct MissionTag>;      // a team on its way to somewhere
using ReliefPlanId = Id<struct ReliefPlanTag>;
using RoundId = Id<struct RoundTag>;  // one call round (叫应任务) of one warning

}  // namespace anlan

template <class Tag>
struct std::hash<anlan::Id<Tag>> {
  size_t operator()(anlan::Id<Tag> id) const noexcept { return std::hash<int64_t>{}(id.value); }
};
