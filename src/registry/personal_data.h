// Who looked at which personal data. Recorded before the data is shown; the journal is where it is read.
#pragma once

#include <string>
#include <vector>

#include "journal/fact.h"

namespace anlan {

struct PersonalDataRead {
  static constexpr std::string_view kKind = "PersonalDataRead";
  static constexpr size_t kPersonsMax = 100;
  std::string what;  // "phones", "people_export", "record_export", "call_record" …
  PlaceCode place;
  int64_t count = 0;
  std::vector<PersonId> persons;  // the first kPersonsMax
};
BOOST_DESCRIBE_STRUCT(PersonalDataRead, (), (what, place, count, persons))

inline void apply(Tables&, const PersonalDataRead&, const FactHeader&) {}

}  // namespace anlan
