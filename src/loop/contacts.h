// Calling asks the directory whom to reach.
#pragma once

#include <map>
#include <shared_mutex>

#include "calls/contacts.h"
#include "registry/accounts.h"
#include "registry/live_directory.h"

namespace anlan {

class DirectoryContacts final : public Contacts, public Observer {
 public:
  DirectoryContacts(const LiveDirectory& directory, PlaceCode top) : directory_(directory), top_(top) {}

  std::vector<std::string> phones(PersonId person) const override;
  bool has_account(PersonId person) const override;
  std::optional<Responsible> deputy(PostId post, std::string_view hazard, UtcTime now) const override;
  std::optional<Responsible> superior(PostId post, std::string_view hazard, UtcTime now) const override;
  std::optional<Responsible> duty_above(PostId post, std::string_view hazard, UtcTime now) const override;

  // Persons who can sign in on the phone: from the accounts.
  void load(Reader& reader);
  void on_committed(const std::vector<RecordedFact>& facts) override;

 private:
  const LiveDirectory& directory_;
  PlaceCode top_;
  mutable std::shared_mutex mutex_;
  void put(AccountId account, PersonId person, bool enabled);
  std::map<AccountId, PersonId> accounts_;
};

// The same while the directory is being read already: a lock must not be taken twice by one thread.
class ListContacts final : public Contacts {
 public:
  ListContacts(const Directory& directory, const DirectoryContacts& contacts) : directory_(directory), contacts_(contacts) {}
  std::vector<std::string> phones(PersonId person) const override { return directory_.phones(person); }
  bool has_account(PersonId person) const override { return contacts_.has_account(person); }
  std::optional<Responsible> deputy(PostId, std::string_view, UtcTime) const override { return {}; }
  std::optional<Responsible> superior(PostId, std::string_view, UtcTime) const override { return {}; }
  std::optional<Responsible> duty_above(PostId, std::string_view, UtcTime) const override { return {}; }

 private:
  const Directory& directory_;
  const DirectoryContacts& contacts_;
};

}  // namespace anlan
