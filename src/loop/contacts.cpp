#include "loop/contacts.h"

#include <mutex>

namespace anlan {
namespace {

std::optional<Responsible> responsible(const Directory& directory, const std::optional<Holding>& holding) {
  if (!holding || !holding->person) return std::nullopt;
  const auto* post = directory.post(holding->post);
  if (!post) return std::nullopt;
  const int rank = directory.rank(*post);
  return Responsible{holding->person, holding->post, post->place,
                     rank < 0 ? std::string() : directory.pack().ranks[static_cast<size_t>(rank)].id};
}

}  // namespace

std::vector<std::string> DirectoryContacts::phones(PersonId person) const {
  const auto reading = directory_.read();
  return reading->person(person) ? reading->phones(person) : std::vector<std::string>();
}

bool DirectoryContacts::has_account(PersonId person) const {
  std::shared_lock lock(mutex_);
  for (const auto& [account, who] : accounts_)
    if (who == person) return true;
  return false;
}

void DirectoryContacts::put(AccountId account, PersonId person, bool enabled) {
  std::unique_lock lock(mutex_);
  if (enabled && person) accounts_[account] = person;
  else accounts_.erase(account);
}

void DirectoryContacts::load(Reader& reader) {
  reader.query("SELECT id, person, enabled FROM accounts", {}, [&](const Row& row) {
    put(AccountId{row.integer(0)}, PersonId{row.integer(1)}, row.integer(2) != 0);
  });
}

void DirectoryContacts::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    if (const auto* added = f.as<AccountAdded>()) put(added->account.id, added->account.person, added->account.enabled);
    if (const auto* changed = f.as<AccountChanged>()) put(changed->account.id, changed->account.person, changed->account.enabled);
  }
}

std::optional<Responsible> DirectoryContacts::deputy(PostId post, std::string_view hazard, UtcTime now) const {
  const auto reading = directory_.read();
  return responsible(*reading, reading->deputy_of(post, hazard, now));
}

std::optional<Responsible> DirectoryContacts::superior(PostId post, std::string_view hazard, UtcTime now) const {
  const auto reading = directory_.read();
  return responsible(*reading, reading->superior_of(post, hazard, now));
}

std::optional<Responsible> DirectoryContacts::duty_above(PostId post, std::string_view hazard, UtcTime now) const {
  const auto reading = directory_.read();
  return responsible(*reading, reading->duty_above(post, hazard, now, top_));
}

}  // namespace anlan
