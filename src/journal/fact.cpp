#include "journal/fact.h"

namespace anlan {

Result<std::shared_ptr<const FactBody>> FactCatalogue::read(std::string_view kind, std::string_view json) const {
  const auto it = readers_.find(kind);
  if (it == readers_.end())
    return Error(ErrorCode::kCorrupt, {{"what", "fact"}, {"why", "unknown kind " + std::string(kind)}});
  return it->second(json);
}

std::vector<std::string> FactCatalogue::kinds() const {
  std::vector<std::string> names;
  for (const auto& [name, read] : readers_) names.push_back(name);
  return names;
}

}  // namespace anlan
