// Which post a table means by "张三", "13812345678", "张三 13812345678", "防汛责任人" or "#17".
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/directory.h"

namespace anlan {

class PostFinder {
 public:
  enum class Outcome { found, absent, ambiguous };
  struct Answer {
    Outcome outcome = Outcome::absent;
    PostId post;
  };
  // Name and, for a person whom the table gives numbers, those.
  struct Holder {
    std::string_view name;
    const std::vector<std::string>* phones = nullptr;
  };

  // planned: posts as they will be, in place of those of the directory with the same id; holder tells of everybody who
  // holds one, planned or not. All must outlive the finder.
  PostFinder(const Directory& directory, std::span<const PostState> planned, std::function<Holder(PersonId)> holder);

  // One thread. Looks at the post's place, then above, a number at last everywhere. Of several posts that fit, all held by one person, the present one stays,
  // else the first counts. Never the post itself nor another post of its own holder.
  Answer find(const PostState& of, std::string_view text, PostId present) const;

 private:
  struct Wanted {
    std::string text;   // name or title
    std::string phone;  // normalised
  };
  bool fits(const PostState& of, PostId post, std::string_view title, PersonId holder, const Wanted& wanted) const;
  bool has_number(PersonId person, const Holder& holder, const std::string& number) const;
  void collect(const PostState& of, PlaceCode place, const Wanted& wanted, std::vector<std::pair<PostId, PersonId>>& out) const;
  void learn_numbers() const;
  static Answer choose(std::vector<std::pair<PostId, PersonId>>& found, PostId present);

  const Directory& directory_;
  std::span<const PostState> planned_;
  std::function<Holder(PersonId)> holder_;
  std::unordered_map<int64_t, uint32_t> by_id_;
  std::unordered_map<int64_t, std::vector<uint32_t>> by_place_;
  // Planned posts by the numbers of their holders; made when first asked for, since most references are near.
  mutable bool numbers_known_ = false;
  mutable std::unordered_multimap<std::string, uint32_t> by_number_;
};

}  // namespace anlan
