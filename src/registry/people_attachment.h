// The attachment of a PeopleImported fact: one JSON object per line, persons first, then posts, each with its whole
// new state: {"person": 7, "name": …} or {"post": 9, "kind": …}. Members as in the facts, besides confirmed_at.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "registry/people.h"

namespace anlan {

struct ImportedPerson : PersonState {
  std::optional<UtcTime> confirmed_at;  // when the numbers were last seen to work, where the table says so
};
using ImportedPost = PostState;

std::string write_people(const std::vector<ImportedPerson>& persons, const std::vector<ImportedPost>& posts);

// Calls back for each line. Lines are our own, of a fact: a malformed one is a broken store (CHECK).
void read_people(std::string_view lines, const std::function<void(const ImportedPerson&)>& person,
                 const std::function<void(const ImportedPost&)>& post);

}  // namespace anlan
