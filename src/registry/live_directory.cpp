#include "registry/live_directory.h"

#include <algorithm>
#include <array>

namespace anlan {
namespace {

// Beyond this many in one commit, sorting everything anew is cheaper than shifting for each.
constexpr size_t kSingleChangesMax = 64;

bool concerns_people(std::string_view kind) {
  static constexpr std::array<std::string_view, 8> kKinds{
      PersonAdded::kKind, PersonChanged::kKind, PersonRemoved::kKind, PhoneConfirmed::kKind,
      PostAdded::kKind,   PostChanged::kKind,   PostRemoved::kKind,   PeopleImported::kKind};
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

}  // namespace

void LiveDirectory::load(Reader& reader) {
  std::unique_lock lock(mutex_);
  directory_.load(reader);
}

void LiveDirectory::on_committed(const std::vector<RecordedFact>& facts) {
  std::vector<const RecordedFact*> ours;
  size_t shifts = 0;
  for (const auto& f : facts)
    if (concerns_people(f.body->kind())) {
      ours.push_back(&f);
      if (f.body->kind() != PhoneConfirmed::kKind) ++shifts;
    }
  if (ours.empty()) return;
  std::unique_lock lock(mutex_);
  const bool bulk = shifts > kSingleChangesMax;
  if (bulk) directory_.begin_bulk();
  for (const auto* f : ours) change(*f);
  if (bulk) directory_.end_bulk();
}

void LiveDirectory::change(const RecordedFact& f) {
  const UtcTime at = f.header.at;
  if (const auto* confirmed = f.as<PhoneConfirmed>()) {
    for (const auto& p : confirmed->phones) directory_.confirm(p.person, p.number, p.at);
    return;
  }
  if (const auto* person = f.as<PersonAdded>()) directory_.put(*person, at);
  else if (const auto* changed = f.as<PersonChanged>()) directory_.put(*changed, at);
  else if (const auto* left = f.as<PersonRemoved>()) directory_.remove(left->person);
  else if (const auto* post = f.as<PostAdded>()) directory_.put(*post);
  else if (const auto* moved = f.as<PostChanged>()) directory_.put(*moved);
  else if (const auto* abolished = f.as<PostRemoved>()) directory_.remove(abolished->post);
  else if (const auto* imported = f.as<PeopleImported>())
    directory_.import(*attachments_.must_get(imported->attachment), at);
  directory_.set_last_change(f.header.seq);
}

}  // namespace anlan
