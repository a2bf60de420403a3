#include "registry/coverage.h"

#include <algorithm>
#include <array>

#include "registry/people_search.h"
#include "registry/place_names.h"

namespace anlan {

void Figures::operator+=(const Figures& o) {
  posts += o.posts;
  people += o.people;
  vacant += o.vacant;
  no_phone += o.no_phone;
  stale_phone += o.stale_phone;
  shared_phone += o.shared_phone;
  outside += o.outside;
  villages_empty += o.villages_empty;
}

namespace {

void count_person(const Directory& directory, uint32_t person, UtcTime now, Figures& figures) {
  const auto& row = directory.person_row(person);
  ++figures.people;
  figures.no_phone += row.phones.empty();
  figures.shared_phone += row.shared;
  figures.stale_phone += directory.phone_stale(row, now);
}

CoverageRow row_of(const PlaceTable& places, PlaceCode code, uint32_t index) {
  CoverageRow row;
  row.code = code;
  if (index == kNoPlace) return row;
  row.name = short_place_name(places.name(index), places.level(index));
  row.position = places.position(index);
  return row;
}
CoverageRow row_of(const PlaceTable& places, PlaceCode code) { return row_of(places, code, places.index_of(code)); }

struct PlaceFigures {
  uint64_t key = 0;  // place_order
  PlaceCode code;
  uint32_t index = kNoPlace;
  Figures figures;
};

// Figures of touched places, and of others where somebody answers for a record inside.
class FiguresByPlace {
 public:
  FiguresByPlace(const Targets& targets, const PlaceTable& places) : places_(places) {
    rows_.reserve(targets.places.size());
    for (const auto& p : targets.places) rows_.push_back({p.key, places.code(p.index), p.index, {}});
    touched_ = rows_.size();
  }

  Figures& at(PlaceCode place) {
    if (last_ < rows_.size() && rows_[last_].code == place) return rows_[last_].figures;
    const uint64_t key = place_order(place);
    const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(touched_);
    const auto it = std::lower_bound(rows_.begin(), end, key, [](const PlaceFigures& r, uint64_t k) { return r.key < k; });
    last_ = static_cast<size_t>(it - rows_.begin());
    if (it == end || it->key != key) {
      last_ = rows_.size();
      rows_.push_back({key, place, places_.index_of(place), {}});
    }
    return rows_[last_].figures;
  }

  Figures sum() const {
    Figures all;
    for (const auto& r : rows_) all += r.figures;
    return all;
  }

  // Towns with their villages as children, whether or not anybody is there; a row for any other place with posts.
  std::vector<CoverageRow> rows() {
    std::sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    std::vector<CoverageRow> out;
    for (size_t i = 0; i < rows_.size();) {
      const auto& first = rows_[i];
      Figures sum;
      for (; i < rows_.size() && rows_[i].key == first.key; ++i) sum += rows_[i].figures;
      const PlaceLevel level = first.code.level();
      if (level < PlaceLevel::kTown) {
        if (sum.posts == 0) continue;
        out.push_back(row_of(places_, first.code, first.index));
        out.back().figures = sum;
        continue;
      }
      const PlaceCode town = first.code.at_level(PlaceLevel::kTown);
      if (out.empty() || out.back().code != town)
        out.push_back(level == PlaceLevel::kTown ? row_of(places_, town, first.index) : row_of(places_, town));
      out.back().figures += sum;
      if (level != PlaceLevel::kVillage) continue;
      out.back().children.push_back(row_of(places_, first.code, first.index));
      out.back().children.back().figures = sum;
    }
    return out;
  }

 private:
  const PlaceTable& places_;
  std::vector<PlaceFigures> rows_;
  size_t touched_ = 0, last_ = 0;
};

// The channel a person is called by first: the first step that can reach them.
const CallStep* first_step(const Directory& directory, const CallRule& rule, uint32_t person, const HasAccount& has_account) {
  for (const auto& step : rule.steps) {
    const auto* channel = directory.pack().channel(step.channel);
    if (!channel) continue;
    if (channel->kind == ChannelKind::app ? has_account && has_account(PersonId{person}) : !directory.person_row(person).phones.empty()) return &step;
  }
  return nullptr;
}

void plan_channels(const Directory& directory, const Targets& targets, WarningLevel level, const HasAccount& has_account, Preview& preview) {
  const Pack& pack = directory.pack();
  std::vector<const CallRule*> rules;
  for (const auto& rank : pack.ranks) rules.push_back(pack.call_rule(level, rank.id));
  std::vector<uint32_t> first(pack.channels.size());
  for (const auto& t : targets.people)
    if (const auto* rule = t.rank < rules.size() ? rules[t.rank] : nullptr)
      if (const auto* step = first_step(directory, *rule, t.person, has_account))
        ++first[static_cast<size_t>(pack.channel(step->channel) - pack.channels.data())];
  for (size_t i = 0; i < pack.channels.size(); ++i) {
    const auto& channel = pack.channels[i];
    const uint32_t people = first[i];
    preview.channels.push_back({channel.id, people});
    if (!people) continue;
    double per_s = channel.rate_per_s;
    // The slowest case: every attempt holds its place until it times out.
    if (channel.concurrency > 0 && channel.attempt_timeout.count > 0) {
      const double held = channel.concurrency * 1000.0 / static_cast<double>(channel.attempt_timeout.count);
      per_s = per_s > 0 ? std::min(per_s, held) : held;
    }
    const uint32_t at_once = static_cast<uint32_t>(std::max(channel.burst, 0));
    if (per_s > 0 && people > at_once) preview.minutes = std::max(preview.minutes, (people - at_once) / per_s / 60.0);
  }
}

}  // namespace

Preview preview(const Directory& directory, const Targets& targets, const PlaceTable& places, const TargetQuery& query,
                const HasAccount& has_account) {
  Preview out;
  const Pack& pack = directory.pack();
  std::array<RankFigures, 256> ranks;
  FiguresByPlace figures(targets, places);
  for (const auto& place : targets.places) {
    const PlaceLevel level = level_of_rank(place.level);
    out.towns += level == PlaceLevel::kTown;
    out.villages += level == PlaceLevel::kVillage;
  }
  for (const uint32_t index : targets.villages_empty) {
    out.villages_empty.push_back(places.code(index));
    figures.at(out.villages_empty.back()).villages_empty = 1;
  }
  for (const auto& t : targets.people) {
    auto& f = figures.at(t.place);
    f.posts += 1 + t.extra_count;
    f.outside += t.outside;
    count_person(directory, t.person, query.now, f);
    ++ranks[t.rank].people;
  }
  for (const auto& v : targets.vacant) {
    auto& f = figures.at(v.place);
    ++f.posts;
    ++f.vacant;
    ++ranks[v.rank].vacant;
  }
  out.all = figures.sum();
  for (size_t i = 0; i < pack.ranks.size(); ++i) {
    const auto* rule = pack.call_rule(query.level, pack.ranks[i].id);
    if (!rule) continue;
    ranks[i].rank = pack.ranks[i].id;
    ranks[i].answer_limit = rule->answer_limit;
    out.by_rank.push_back(ranks[i]);
  }
  out.by_place = figures.rows();
  plan_channels(directory, targets, query.level, has_account, out);
  return out;
}

PreviewPage preview_names(const Directory& directory, const Targets& targets, PreviewGroup group, PlaceCode within,
                          std::string_view q, UtcTime now, size_t offset, size_t limit) {
  PreviewPage page;
  limit = std::min(limit, kPageMax);
  const NameQuery wanted(q);
  const auto add = [&](PreviewName name) {
    if (page.total++ >= offset && page.items.size() < limit) page.items.push_back(name);
  };
  const auto fits = [&](uint32_t post, uint32_t person) {
    if (wanted.empty() || wanted.matches(directory.title(directory.post_row(post)))) return true;
    return person && wanted.score(directory.person_row(person)) != NameQuery::kNoMatch;
  };
  if (group != PreviewGroup::vacant)
    for (const auto& t : targets.people) {
      if (!within.contains(t.place)) continue;
      const auto& row = directory.person_row(t.person);
      const bool none = row.phones.empty(), stale = directory.phone_stale(row, now);
      if ((group == PreviewGroup::no_phone && !none) || (group == PreviewGroup::shared_phone && !row.shared) ||
          (group == PreviewGroup::stale_phone && !stale) || (group == PreviewGroup::outside && !t.outside))
        continue;
      if (!fits(t.post, t.person)) continue;
      add({{t.post}, {t.person}, none ? "no_phone" : row.shared ? "shared_phone" : stale ? "stale_phone" : t.outside ? "outside" : ""});
    }
  if (group == PreviewGroup::all || group == PreviewGroup::vacant)
    for (const auto& v : targets.vacant)
      if (within.contains(v.place) && fits(v.post, 0)) add({{v.post}, {}, "vacant"});
  return page;
}

std::vector<CoverageRow> coverage(const Directory& directory, const PlaceTable& places, PlaceCode place,
                                  std::string_view hazard, UtcTime now) {
  const uint64_t bit = directory.hazard_bit(hazard);
  std::vector<uint32_t> seen(directory.person_slots(), 0);
  uint32_t stamp = 0;
  const auto answers = [&](const PlacedPost& p) { return (p.hazards & bit) && p.valid_from <= now.ms && now.ms < p.valid_until; };
  const auto count = [&](std::span<const PlacedPost> posts, Figures& f) {
    ++stamp;
    for (const auto& p : posts) {
      if (!answers(p)) continue;
      ++f.posts;
      if (!p.holder) ++f.vacant;
      else if (seen[p.holder] != stamp) {
        seen[p.holder] = stamp;
        count_person(directory, p.holder, now, f);
      }
    }
  };
  // Villages of a range and the posts in it, side by side.
  const auto empty_villages = [&](PlaceCode code) {
    uint32_t empty = 0;
    const PlaceRange range = places.range(code);
    const auto posts = directory.posts_within(code);
    size_t at = 0;
    for (uint32_t i = range.begin; i < range.end; ++i) {
      if (places.level(i) != PlaceLevel::kVillage) continue;
      const uint64_t key = place_order(places.code(i));
      while (at < posts.size() && posts[at].key < key) ++at;
      bool somebody = false;
      for (; at < posts.size() && posts[at].key == key; ++at)
        somebody |= answers(posts[at]) && posts[at].holder && !posts[at].record;
      empty += !somebody;
    }
    return empty;
  };
  std::vector<CoverageRow> rows;
  const auto own = directory.posts_at(place);
  if (!own.empty()) {
    rows.push_back(row_of(places, place));
    count(own, rows.back().figures);
  }
  for (const auto& child : places.children(place)) {
    rows.push_back(row_of(places, child.code));
    count(directory.posts_within(child.code), rows.back().figures);
    rows.back().figures.villages_empty = empty_villages(child.code);
  }
  return rows;
}

}  // namespace anlan
