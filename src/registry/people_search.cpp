#include "registry/people_search.h"

#include <algorithm>

#include "registry/phone_number.h"

namespace anlan {
namespace {

constexpr size_t kTypedMax = 96;
constexpr int kTitleScore = 20;

template <class T>
Found<T> page(std::vector<std::pair<int, uint32_t>>& hits, size_t offset, size_t limit) {
  Found<T> out;
  out.total = hits.size();
  if (offset >= hits.size()) return out;
  limit = std::min({limit, kSearchLimitMax, hits.size() - offset});
  // The hits come in place order; equal scores keep it.
  std::vector<std::pair<std::pair<int, uint32_t>, uint32_t>> order;
  order.reserve(hits.size());
  for (uint32_t i = 0; i < hits.size(); ++i) order.push_back({{hits[i].first, i}, hits[i].second});
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(offset + limit), order.end());
  for (size_t i = offset; i < offset + limit; ++i) out.items.push_back({order[i].second});
  return out;
}

}  // namespace

NameQuery::NameQuery(std::string_view typed) {
  typed = typed.substr(0, kTypedMax);
  while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
  while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
  text_ = typed;
  if (text_.empty()) return;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (std::all_of(text_.begin(), text_.end(), [&](char c) { return is_digit(c) || c == '-' || c == ' '; })) {
    std::copy_if(text_.begin(), text_.end(), std::back_inserter(digits_), is_digit);
    if (digits_.size() < 3) digits_.clear();
    return;
  }
  letters_ = pinyin_letters(text_);
  if (!std::all_of(letters_.begin(), letters_.end(), [](char c) { return c >= 'a' && c <= 'z'; })) letters_.clear();
}

int NameQuery::score(const DirectoryPerson& person) const {
  if (!digits_.empty()) {
    for (const auto& p : person.phones)
      if (unpack_phone(p.number).ends_with(digits_)) return 0;
    return kNoMatch;
  }
  if (const size_t at = person.name.find(text_); at != std::string::npos)
    return at == 0 ? (person.name.size() == text_.size() ? 0 : 1) : 2;
  if (letters_.empty()) return kNoMatch;
  const auto match = match_pinyin(person.pinyin, letters_);
  return match == PinyinMatch::kNone ? kNoMatch : 3 + static_cast<int>(match);
}

Found<PersonId> find_people(const Directory& directory, const PeopleFilter& filter, UtcTime now) {
  const NameQuery wanted(filter.q);
  const uint64_t hazard = directory.hazard_bit(filter.hazard);
  const int rank = filter.rank.empty() ? -1 : directory.pack().rank_order(filter.rank);
  std::vector<std::pair<int, uint32_t>> hits;
  if (!filter.rank.empty() && rank < 0) return {};
  std::vector<uint32_t> hit_of(directory.person_slots(), 0);  // hit index + 1
  std::vector<uint8_t> refused(directory.person_slots(), 0);
  const auto fits = [&](uint32_t id) { return !filter.gap || directory.phone_state(directory.person_row(id), now) == *filter.gap; };

  for (const auto& p : directory.posts_within(filter.place)) {
    if (!p.holder || refused[p.holder]) continue;
    if (!(p.hazards & hazard) || (rank >= 0 && p.rank != rank)) continue;
    if (!fits(p.holder)) {
      refused[p.holder] = 1;
      continue;
    }
    int score = 0;
    if (!wanted.empty()) {
      score = wanted.score(directory.person_row(p.holder));
      if (score == NameQuery::kNoMatch) {
        if (!wanted.matches(directory.title(directory.post_row(p.post)))) continue;
        score = kTitleScore;
      }
    }
    uint32_t& hit = hit_of[p.holder];
    if (hit) {
      hits[hit - 1].first = std::min(hits[hit - 1].first, score);
      continue;
    }
    hits.emplace_back(score, p.holder);
    hit = static_cast<uint32_t>(hits.size());
  }
  if (filter.place.empty() && filter.rank.empty() && filter.hazard.empty())
    for (uint32_t id = 1; id < directory.person_slots(); ++id) {
      const auto& row = directory.person_row(id);
      if (!row.active || hit_of[id] || !directory.posts_of({id}).empty() || !fits(id)) continue;
      const int score = wanted.empty() ? 0 : wanted.score(row);
      if (score != NameQuery::kNoMatch) hits.emplace_back(score, id);
    }
  return page<PersonId>(hits, filter.offset, filter.limit);
}

Found<PostId> find_posts(const Directory& directory, const PostFilter& filter) {
  const NameQuery wanted(filter.q);
  const uint64_t hazard = directory.hazard_bit(filter.hazard);
  const int rank = filter.rank.empty() ? -1 : directory.pack().rank_order(filter.rank);
  const uint16_t kind = filter.kind.empty() ? kNotInPack : directory.kind_index(filter.kind);
  if ((!filter.rank.empty() && rank < 0) || (!filter.kind.empty() && kind == kNotInPack)) return {};
  std::vector<std::pair<int, uint32_t>> hits;
  for (const auto& p : directory.posts_within(filter.place)) {
    if (!(p.hazards & hazard) || (rank >= 0 && p.rank != rank) || (kind != kNotInPack && p.kind != kind)) continue;
    if (filter.vacant && *filter.vacant != (p.holder == 0)) continue;
    if (filter.record && p.record != filter.record.value) continue;
    int score = 0;
    if (!wanted.empty()) {
      score = p.holder ? wanted.score(directory.person_row(p.holder)) : NameQuery::kNoMatch;
      if (wanted.matches(directory.title(directory.post_row(p.post)))) score = std::min(score, kTitleScore);
      if (score == NameQuery::kNoMatch) continue;
    }
    hits.emplace_back(score, p.post);
  }
  return page<PostId>(hits, filter.offset, filter.limit);
}

PlaceCode place_of(const Directory& directory, PersonId person) {
  for (const auto id : directory.posts_of(person))
    if (const auto* post = directory.post(id)) return post->place;
  return {};
}

}  // namespace anlan
