// The registry's schema, and every kind of fact it knows.
#pragma once

#include <string>
#include <vector>

#include "journal/fact.h"
#include "journal/migrations.h"

namespace anlan {

std::vector<Migration> registry_migrations();
void register_registry_facts(FactCatalogue& catalogue);
// The tables that these facts write, for comparing a replay with the live store.
std::vector<std::string> registry_tables();

}  // namespace anlan
