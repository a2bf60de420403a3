#include "registry/migrations.h"

#include "registry/live_places.h"
#include "registry/people.h"
#include "registry/personal_data.h"
#include "registry/records.h"

namespace anlan {

std::vector<Migration> registry_migrations() {
  std::vector<Migration> all;
  for (auto part : {people_migrations(), record_migrations(), place_migrations()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

void register_registry_facts(FactCatalogue& catalogue) {
  register_people_facts(catalogue);
  register_record_facts(catalogue);
  register_place_facts(catalogue);
  catalogue.add<PersonalDataRead>();
}

std::vector<std::string> registry_tables() { return {"persons", "phones", "posts", "records", "place_sets"}; }

}  // namespace anlan
