#include "registry/pack.h"

#include <algorithm>

namespace anlan {
namespace {

template <class T>
const T* by_id(const std::vector<T>& items, std::string_view id) {
  const auto at = std::find_if(items.begin(), items.end(), [&](const T& item) { return item.id == id; });
  return at == items.end() ? nullptr : &*at;
}

}  // namespace

const AlarmRule* RuleBook::alarm(std::string_view id) const { return by_id(alarms, id); }
const AreaRule* RuleBook::area(std::string_view id) const { return by_id(areas, id); }
const Chain* RuleBook::chain(std::string_view id) const { return by_id(chains, id); }
const Rule* RuleBook::rule(std::string_view id) const {
  const Rule* found = nullptr;
  each([&](const Rule& r) {
    if (r.id == id) found = &r;
  });
  return found;
}

const Hazard* Pack::hazard(std::string_view id) const { return by_id(hazards, id); }
const Rank* Pack::rank(std::string_view id) const { return by_id(ranks, id); }
const PostKind* Pack::post_kind(std::string_view id) const { return by_id(post_kinds, id); }
const ChannelRule* Pack::channel(std::string_view id) const { return by_id(channels, id); }
const AnswerMeaning* Pack::answer(std::string_view id) const { return by_id(answers, id); }
const RecordType* Pack::record_type(std::string_view id) const { return by_id(record_types, id); }

int Pack::rank_order(std::string_view id) const {
  const auto* found = rank(id);
  return found ? static_cast<int>(found - ranks.data()) : -1;
}

const AnswerMeaning* Pack::answer_by_digit(int digit) const {
  for (const auto& a : answers)
    if (a.digit == digit) return &a;
  return nullptr;
}

const CallRule* Pack::call_rule(WarningLevel level, std::string_view rank) const {
  for (const auto& rule : call_rules)
    if (rule.level == level && rule.rank == rank) return &rule;
  return nullptr;
}

bool Pack::needs_second_person(WarningLevel level) const {
  return std::find(second_person.begin(), second_person.end(), level) != second_person.end();
}

}  // namespace anlan
