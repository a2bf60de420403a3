// A fact as the journal page shows it: one sentence, and the body with telephone numbers and personal fields masked.
#pragma once

#include <map>
#include <string>

#include "web/api.h"

namespace anlan {

// Who did it, in words; remembers what it looked up, for one page of facts.
class ActorNames {
 public:
  explicit ActorNames(Api& api) : api_(api) {}
  const std::string& of(const std::string& actor);
  // The actors that people call by this name: itself when it is "account:3", "person:17" or "node".
  std::vector<std::string> actors_named(const std::string& name);

 private:
  Api& api_;
  std::map<std::string, std::string> names_;
};

// The sentence of the pack with {actor} and members of the body put in; the kind when the pack has no sentence.
std::string fact_sentence(const Pack& pack, Language language, std::string_view kind, const std::string& actor, const json::value& body);

// Numbers become "138****5678", personal fields of records "***"; lists of more than kShownMax rows are cut.
inline constexpr size_t kShownMax = 50;
json::value masked_body(const Pack& pack, json::value body);

}  // namespace anlan
