// What calling needs to know of people and posts. The node answers from its directory, tests from a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/place_code.h"
#include "base/time.h"

namespace anlan {

struct Responsible {
  PersonId person;
  PostId post;
  PlaceCode place;
  std::string rank;
};

class Contacts {
 public:
  virtual ~Contacts() = default;
  virtual std::vector<std::string> phones(PersonId person) const = 0;  // first choice first
  virtual bool has_account(PersonId person) const = 0;                 // reachable in the signed-in app
  // Who answers when the holder of this post is silent. Nothing when vacant or absent.
  virtual std::optional<Responsible> deputy(PostId post, std::string_view hazard, UtcTime now) const = 0;
  virtual std::optional<Responsible> superior(PostId post, std::string_view hazard, UtcTime now) const = 0;
  virtual std::optional<Responsible> duty_above(PostId post, std::string_view hazard, UtcTime now) const = 0;
};

}  // namespace anlan
