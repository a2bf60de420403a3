#include "registry/coverage.h"

#include <algorithm>
#include <array>

#include "registry/people_search.h"

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

CoverageRow row_of(const PlaceTable& places, PlaceCode code) {
  CoverageRow row;
  row.code = code;
  row.name = places.short_name(code);
  if (const auto place = places.find(code)) row.position = place->position;
  return row;
}

// One row per place above towns; towns with their villages as children.
std::vector<CoverageRow> rows_of(const PlaceTable& places, std::vector<std::pair<PlaceCode, Figures>> figures) {
  std::sort(figures.begin(), figures.end(), [](const auto& a, const auto& b) { return place_order(a.first) < place_order(b.first); });
  std::vector<CoverageRow> rows;
  PlaceCode town_now;
  for (size_t i = 0; i < figures.size();) {
    const PlaceCode code = figures[i].first;
    Figures sum;
    for (; i < figures.size() && figures[i].first == code; ++i) sum += figures[i].second;
    if (code.level() < PlaceLevel::kTown) {
      rows.push_back(row_of(places, code));
      rows.back().figures = sum;
      continue;
    }
    const PlaceCode town = code.at_level(PlaceLevel::kTown);
    if (town != town_now || rows.empty() || rows.back().code != town) rows.push_back(row_of(places, town));
    town_now = town;
    rows.back().figures += sum;
    if (code.level() == PlaceLevel::kVillage) {
      rows.back().children.push_back(row_of(places, code));
      rows.back().children.back().figures = sum;
    }
  }
  return rows;
}

void plan_channels(const Pack& pack, WarningLevel level, Preview& preview) {
  for (const auto& channel : pack.channels) {
    uint32_t people = 0;
    for (const auto& by_rank : preview.by_rank) {
      const auto* rule = pack.call_rule(level, by_rank.rank);
      if (rule && !rule->steps.empty() && rule->steps.front().channel == channel.id) people += by_rank.people;
    }
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

Preview preview(const Directory& directory, const Targets& targets, const PlaceTable& places, const TargetQuery& query) {
  Preview out;
  const Pack& pack = directory.pack();
  std::array<RankFigures, 256> ranks;
  std::vector<std::pair<PlaceCode, Figures>> figures;
  figures.reserve(targets.places.size());
  for (const auto& place : targets.places) {
    const PlaceLevel level = level_of_rank(place.level);
    out.towns += level == PlaceLevel::kTown;
    out.villages += level == PlaceLevel::kVillage;
    // Touched villages and towns have a row even when nobody is there.
    if (level >= PlaceLevel::kTown) figures.emplace_back(places.code(place.index), Figures{});
  }
  for (const uint32_t index : targets.villages_empty) {
    out.villages_empty.push_back(places.code(index));
    figures.emplace_back(out.villages_empty.back(), Figures{});
    figures.back().second.villages_empty = 1;
  }
  const auto row = [&](PlaceCode place) -> Figures& {
    if (figures.empty() || figures.back().first != place) figures.emplace_back(place, Figures{});
    return figures.back().second;
  };
  for (const auto& t : targets.people) {
    auto& f = row(t.place);
    f.posts += 1 + t.extra_count;
    f.outside += t.outside;
    count_person(directory, t.person, query.now, f);
    ++ranks[t.rank].people;
  }
  for (const auto& v : targets.vacant) {
    auto& f = row(v.place);
    ++f.posts;
    ++f.vacant;
    ++ranks[v.rank].vacant;
  }
  for (const auto& [place, f] : figures) out.all += f;
  for (size_t i = 0; i < pack.ranks.size(); ++i) {
    const auto* rule = pack.call_rule(query.level, pack.ranks[i].id);
    if (!rule) continue;
    ranks[i].rank = pack.ranks[i].id;
    ranks[i].answer_limit = rule->answer_limit;
    out.by_rank.push_back(ranks[i]);
  }
  out.by_place = rows_of(places, std::move(figures));
  plan_channels(pack, query.level, out);
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
