#include "registry/people_reference.h"

#include <algorithm>
#include <charconv>

#include "registry/people_columns.h"
#include "registry/phone_number.h"

namespace anlan {

PostFinder::PostFinder(const Directory& directory, std::span<const PostState> planned, std::function<Holder(PersonId)> holder)
    : directory_(directory), planned_(planned), holder_(std::move(holder)) {
  for (uint32_t i = 0; i < planned.size(); ++i) {
    by_id_.emplace(planned[i].post.value, i);
    by_place_[planned[i].place.digits()].push_back(i);
  }
}

bool PostFinder::has_number(PersonId person, const Holder& holder, const std::string& number) const {
  if (holder.phones && std::find(holder.phones->begin(), holder.phones->end(), number) != holder.phones->end()) return true;
  const auto* row = directory_.person(person);
  const uint64_t packed = pack_phone(number);
  return row && std::any_of(row->phones.begin(), row->phones.end(), [&](const auto& p) { return p.number == packed; });
}

bool PostFinder::fits(const PostState& of, PostId post, std::string_view title, PersonId person, const Wanted& wanted) const {
  if (post == of.post || (person && person == of.holder)) return false;
  if (!person) return wanted.phone.empty() && title == wanted.text;
  const Holder holder = holder_(person);
  if (!wanted.phone.empty() && !has_number(person, holder, wanted.phone)) return false;
  return wanted.text.empty() || holder.name == wanted.text || title == wanted.text;
}

void PostFinder::collect(const PostState& of, PlaceCode place, const Wanted& wanted,
                         std::vector<std::pair<PostId, PersonId>>& out) const {
  for (const auto& p : directory_.posts_at(place)) {
    if (by_id_.contains(p.post)) continue;
    if (fits(of, {p.post}, directory_.title(directory_.post_row(p.post)), {p.holder}, wanted)) out.push_back({{p.post}, {p.holder}});
  }
  const auto here = by_place_.find(place.digits());
  if (here == by_place_.end()) return;
  for (const uint32_t i : here->second) {
    const auto& p = planned_[i];
    const auto* kind = directory_.pack().post_kind(p.kind);
    const std::string_view title = !p.title.empty() ? std::string_view(p.title) : kind ? std::string_view(kind->zh) : std::string_view(p.kind);
    if (fits(of, p.post, title, p.holder, wanted)) out.push_back({p.post, p.holder});
  }
}

void PostFinder::learn_numbers() const {
  if (numbers_known_) return;
  numbers_known_ = true;
  for (uint32_t i = 0; i < planned_.size(); ++i) {
    if (!planned_[i].holder) continue;
    const Holder holder = holder_(planned_[i].holder);
    if (holder.phones)
      for (const auto& number : *holder.phones) by_number_.emplace(number, i);
    for (const auto& number : directory_.phones(planned_[i].holder))
      if (!holder.phones || std::find(holder.phones->begin(), holder.phones->end(), number) == holder.phones->end()) by_number_.emplace(number, i);
  }
}

PostFinder::Answer PostFinder::choose(std::vector<std::pair<PostId, PersonId>>& found, PostId present) {
  for (const auto& f : found)
    if (f.first == present) return {Outcome::found, present};
  std::sort(found.begin(), found.end());
  const bool one_person = std::all_of(found.begin(), found.end(), [&](const auto& f) { return f.second && f.second == found.front().second; });
  if (found.size() > 1 && !one_person) return {Outcome::ambiguous, {}};
  return {Outcome::found, found.front().first};
}

PostFinder::Answer PostFinder::find(const PostState& of, std::string_view text, PostId present) const {
  text = trimmed(text);
  if (text.starts_with('#')) {
    int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size() || id == of.post.value) return {};
    if (!by_id_.contains(id) && !directory_.post({id})) return {};
    return {Outcome::found, {id}};
  }
  Wanted wanted;
  if (auto whole = normalise_phone(text)) {
    wanted.phone = std::move(*whole);
  } else {
    wanted.text = text;
    if (const size_t space = text.rfind(' '); space != std::string_view::npos)
      if (auto number = normalise_phone(text.substr(space + 1))) {
        wanted.phone = std::move(*number);
        wanted.text = trimmed(text.substr(0, space));
      }
  }
  std::vector<std::pair<PostId, PersonId>> found;
  for (PlaceCode place = of.place; !place.empty(); place = place.parent()) {
    collect(of, place, wanted, found);
    if (!found.empty()) return choose(found, present);
  }
  if (wanted.phone.empty()) return {};
  for (const PersonId person : directory_.persons_with(wanted.phone))
    for (const PostId post : directory_.posts_of(person))
      if (!by_id_.contains(post.value) && fits(of, post, directory_.title(*directory_.post(post)), person, wanted)) found.push_back({post, person});
  learn_numbers();
  const auto [first, last] = by_number_.equal_range(wanted.phone);
  for (auto it = first; it != last; ++it) {
    const auto& p = planned_[it->second];
    if (fits(of, p.post, p.title, p.holder, wanted)) found.push_back({p.post, p.holder});
  }
  if (found.empty()) return {};
  return choose(found, present);
}

}  // namespace anlan
