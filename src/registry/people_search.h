// Finding people and posts by what someone types, and by the filters of the lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/directory.h"

namespace anlan {

// What was typed: part of a name, pinyin or initials (zs, zhangsan), the last digits of a number, part of a title.
class NameQuery {
 public:
  static constexpr int kNoMatch = 1000;

  explicit NameQuery(std::string_view typed);
  bool empty() const { return text_.empty(); }
  // 0 is best: whole name, its beginning, inside, then pinyin, then the end of a number; kNoMatch otherwise.
  int score(const DirectoryPerson& person) const;
  bool matches(std::string_view title) const { return title.find(text_) != std::string_view::npos; }

 private:
  std::string text_;
  std::string letters_;  // a-z typed as pinyin; empty when there is anything else
  std::string digits_;   // three or more digits
};

struct PeopleFilter {
  PlaceCode place;        // a post there or below; empty: everybody, also people without post
  std::string_view q;
  std::string_view rank;  // "" for any, as for the next
  std::string_view hazard;
  std::optional<PhoneState> gap;
  size_t offset = 0, limit = 50;
};

struct PostFilter {
  PlaceCode place;
  std::string_view q;  // of the title or the holder
  std::string_view rank, hazard, kind;
  std::optional<bool> vacant;
  RecordId record;
  size_t offset = 0, limit = 50;
};

template <class T>
struct Found {
  size_t total = 0;
  std::vector<T> items;
};

inline constexpr size_t kSearchLimitMax = 1'000;

// Where a person's first post is; empty without one.
PlaceCode place_of(const Directory& directory, PersonId person);

// By how well the name fits, then place, then id. One pass over the posts of the place, a few milliseconds for all.
Found<PersonId> find_people(const Directory& directory, const PeopleFilter& filter, UtcTime now);
Found<PostId> find_posts(const Directory& directory, const PostFilter& filter);

}  // namespace anlan
