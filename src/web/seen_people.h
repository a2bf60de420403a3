// Which persons an account has been shown of a round a short while ago. A call list is read again with every answer that
// arrives; the journal says once in ten minutes who saw whom, not once a second.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "base/id.h"
#include "base/time.h"
#include "registry/personal_data.h"

namespace anlan {

class SeenPeople {
 public:
  static constexpr Millis kWindow = minutes(10);
  static constexpr size_t kListsMax = 500;        // (account, round) pairs; beyond: all are forgotten and recorded anew
  static constexpr size_t kPersonsMax = 50'000;   // of one pair; likewise

  // What is to be recorded now: those not recorded within the window. count 0: nothing.
  PersonalDataRead fresh(AccountId account, RoundId round, std::string what, PlaceCode place, const std::set<PersonId>& shown, UtcTime now) {
    PersonalDataRead read{std::move(what), place, 0, {}};
    std::scoped_lock guard(mutex_);
    if (lists_.size() >= kListsMax && !lists_.contains({account, round})) lists_.clear();
    auto& list = lists_[{account, round}];
    if (now >= list.since + kWindow || now < list.since || list.persons.size() > kPersonsMax) list = {now, {}};
    for (const auto person : shown) {
      if (!list.persons.insert(person).second) continue;
      ++read.count;
      if (read.persons.size() < PersonalDataRead::kPersonsMax) read.persons.push_back(person);
    }
    return read;
  }

 private:
  struct List {
    UtcTime since;
    std::set<PersonId> persons;
  };
  std::mutex mutex_;
  std::map<std::pair<AccountId, RoundId>, List> lists_;
};

}  // namespace anlan
