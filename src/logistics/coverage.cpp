#include "logistics/coverage.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/hash.h"
#include "logistics/coverage_reach.h"
#include "roads/sites.h"

namespace anlan {
namespace {

constexpr uint32_t kExtraMost = 500;      // proposed stations that a kept study has seen, before it is made anew
constexpr uint64_t kExactWork = 20'000'000;
constexpr uint32_t kTownCandidates = 500;

Error bad(const char* field, const char* zh, const char* en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, field, zh, en});
  return error;
}

VillageCount count_of(roads::PeopleCount c) { return {c.people, c.places, 0}; }

}  // namespace

// A question with its stations and what they reach; kept current while stations are tried elsewhere.
struct Coverage::Study {
  std::string key;
  Reacher reacher;
  std::vector<Facility> stations;
  std::map<int64_t, uint32_t> number_of;  // by record
  uint32_t first = 0, last = 0;
  std::vector<roads::Weight> limits;      // those asked, then half as long again

  std::mutex mutex;  // of what follows
  std::optional<roads::CoverageState> state;

  // Of the villages of the question, numbered from 0.
  roads::ReachLists own(const roads::ReachLists& all) const {
    roads::ReachLists out;
    std::vector<roads::PlaceTime> list;
    for (uint32_t f = 0; f < all.size(); ++f) {
      list.clear();
      for (const auto& e : all.of(f))
        if (e.place >= first && e.place < last) list.push_back({e.place - first, e.ms});
      out.add(list);
    }
    return out;
  }
  std::span<const uint32_t> people() const { return std::span(reacher.villages->people).subspan(first, last - first); }
  VillageCount counted(std::span<const roads::NearestFacility> nearest, roads::Weight limit) const {
    VillageCount out;
    for (uint32_t v = 0; v < nearest.size(); ++v)
      if (nearest[v].ms <= limit) {
        ++out.villages;
        out.people += reacher.villages->people[first + v];
        out.known += reacher.villages->known[first + v];
      }
    return out;
  }
};

Coverage::Coverage(const Pack& pack, const Roads& roads, const RecordIndex& records, const Places& places, const Clock& clock, PlaceCode top)
    : pack_(pack), roads_(roads), records_(records), places_(places), clock_(clock), top_(top) {}
Coverage::~Coverage() = default;

Result<CoverageAsked> Coverage::circle(std::string_view id) const {
  for (const auto& c : pack_.roads.circles) {
    if (c.id != id) continue;
    CoverageAsked out;
    out.facilities = c.facilities;
    out.where = c.where;
    out.minutes.assign(c.minutes.begin(), c.minutes.end());
    out.profile = c.profile;
    out.by_air = c.by_air;
    out.share = c.share;
    return out;
  }
  return Error(ErrorCode::kNotFound, {{"what", "这个救援圈 / this circle"}});
}

Result<std::vector<Facility>> Coverage::facilities(const CoverageAsked& asked) const {
  std::vector<Facility> out;
  const auto take = [&](const RecordView& r) {
    if (r.position) out.push_back({r.record, r.name, r.place, *r.position});
  };
  for (const auto id : asked.records) {
    const auto record = records_.find(id);
    if (!record) return bad("facilities", "没有这个登记对象", "there is no such record");
    take(*record);
  }
  if (asked.records.empty() && asked.facilities.empty()) return bad("facilities", "请选择力量或设施", "no kind of station is chosen");
  if (asked.records.empty())
    for (const auto& type : asked.facilities) {
      if (!pack_.record_type(type)) return bad("facilities", "没有这类登记对象", "there is no such type of record");
      for (const auto& r : records_.within(type, PlaceCode())) {
        const bool counts = std::all_of(asked.where.begin(), asked.where.end(), [&](const auto& w) {
          const auto* value = r.fields.if_contains(w.first);
          return value && value->is_string() && std::find(w.second.begin(), w.second.end(), std::string_view(value->get_string())) != w.second.end();
        });
        if (counts) take(r);
        if (out.size() > kFacilitiesMax) return Error(ErrorCode::kTooLarge, {{"what", "设施 / stations"}, {"limit", std::to_string(kFacilitiesMax)}});
      }
    }
  std::sort(out.begin(), out.end(), [](const Facility& a, const Facility& b) { return a.record < b.record; });
  out.erase(std::unique(out.begin(), out.end(), [](const Facility& a, const Facility& b) { return a.record == b.record; }), out.end());
  return out;
}

Result<std::vector<Facility>> Coverage::stations(const CoverageAsked& asked) const {
  TRY(all, facilities(asked));
  for (const auto& m : asked.moved)
    for (auto& f : all)
      if (f.record == m.record) f.at = m.to;
  std::erase_if(all, [&](const Facility& f) { return std::find(asked.removed.begin(), asked.removed.end(), f.record) != asked.removed.end(); });
  for (const auto at : asked.added) all.push_back({{}, {}, {}, at});
  return all;
}

Result<std::shared_ptr<Coverage::Study>> Coverage::study_of(const CoverageAsked& asked) {
  if (asked.minutes.empty() || asked.minutes.size() > kReachLimitsMax) return bad("minutes", "应有 1 至 8 个时限", "1 to 8 limits are wanted");
  std::vector<roads::Weight> limits;
  for (const double m : asked.minutes) {
    const bool sound = m > 0 && m <= kReachMinutesMax;
    const auto ms = sound ? static_cast<roads::Weight>(m * 60'000) : 0;
    if (ms <= (limits.empty() ? 0 : limits.back())) return bad("minutes", "应由小到大，不超过 1440 分钟", "must ascend, up to 1,440 minutes");
    limits.push_back(ms);
  }
  TRY(stations, facilities(asked));
  TRY(reacher, this->reacher(asked));
  const auto& villages = *reacher.villages;
  const auto& table = villages.places->places();
  const PlaceCode within = asked.within.empty() ? top_ : asked.within;
  const auto range = table.range(within);
  if (!within.empty() && range.size() == 0) return bad("within", "没有这个行政区划", "there is no such place");

  std::string key = asked.profile + "|" + (asked.by_air ? "air" : std::to_string(reacher.period)) + "|" + within.text() + "|";
  for (const double m : asked.minutes) key += std::to_string(m) + ",";
  const auto as_text = [](const void* p) { return std::to_string(reinterpret_cast<uintptr_t>(p)); };
  key += "|" + as_text(reacher.villages.get()) + "|" + (reacher.metrics ? reacher.on->network->file : "") + "|" + std::to_string(reacher.metrics ? roads_.version() : 0) + "|";
  std::string who;
  for (const auto& f : stations) {
    who.append(reinterpret_cast<const char*>(&f.record.value), sizeof f.record.value);
    who.append(reinterpret_cast<const char*>(&f.at.lon), sizeof f.at.lon);
    who.append(reinterpret_cast<const char*>(&f.at.lat), sizeof f.at.lat);
  }
  key += to_hex(sha256(who));
  {
    std::scoped_lock lock(mutex_);
    for (auto it = studies_.begin(); it != studies_.end(); ++it)
      if ((*it)->key == key) {
        studies_.splice(studies_.begin(), studies_, it);
        return studies_.front();
      }
  }
  auto study = std::make_shared<Study>();
  study->key = std::move(key);
  study->stations = std::move(stations);
  study->first = static_cast<uint32_t>(std::lower_bound(villages.place.begin(), villages.place.end(), range.begin) - villages.place.begin());
  study->last = static_cast<uint32_t>(std::lower_bound(villages.place.begin(), villages.place.end(), range.end) - villages.place.begin());
  study->limits = std::move(limits);
  study->limits.push_back(std::max(reacher.limit, study->limits.back() + 1));
  study->reacher = std::move(reacher);
  std::vector<LonLat> at;
  for (uint32_t i = 0; i < study->stations.size(); ++i) {
    at.push_back(study->stations[i].at);
    study->number_of[study->stations[i].record.value] = i;
  }
  const auto people = study->people();
  study->state.emplace(std::vector<uint32_t>(people.begin(), people.end()), study->limits, study->own(study->reacher.lists(at)));
  std::scoped_lock lock(mutex_);
  studies_.push_front(study);
  if (studies_.size() > kStudiesKept) studies_.pop_back();
  return study;
}

Result<CoverageFound> Coverage::study(const CoverageAsked& asked) {
  TRY(study, study_of(asked));
  auto& s = *study;
  const auto& villages = *s.reacher.villages;
  const size_t rings = asked.minutes.size(), last_ring = rings - 1;

  // What is tried: the numbers of the stations, and their new lists.
  std::vector<std::pair<uint32_t, LonLat>> to_move;
  for (const auto& m : asked.moved) {
    const auto found = s.number_of.find(m.record.value);
    if (found == s.number_of.end()) return bad("moved", "该对象不在此救援圈的力量之中", "the record is none of the stations");
    to_move.emplace_back(found->second, m.to);
  }
  std::vector<uint32_t> to_remove;
  for (const auto r : asked.removed) {
    const auto found = s.number_of.find(r.value);
    if (found == s.number_of.end()) return bad("removed", "该对象不在此救援圈的力量之中", "the record is none of the stations");
    to_remove.push_back(found->second);
  }
  const bool tried = !to_move.empty() || !to_remove.empty() || !asked.added.empty();
  std::vector<LonLat> positions;
  for (const auto& [number, at] : to_move) positions.push_back(at);
  positions.insert(positions.end(), asked.added.begin(), asked.added.end());
  const auto lists = positions.empty() ? roads::ReachLists{} : s.own(s.reacher.lists(positions));

  std::scoped_lock lock(s.mutex);
  auto& state = *s.state;
  if (state.facilities() > s.stations.size() + kExtraMost) {
    std::scoped_lock own(mutex_);
    studies_.remove(study);  // those who hold it go on; the next question makes a fresh one
  }
  std::vector<roads::NearestFacility> before;
  std::map<uint32_t, roads::ReachLists> old;  // to put back, by station
  std::vector<uint32_t> fresh;
  std::map<uint32_t, Facility> changed;
  const auto remember = [&](uint32_t number) {
    if (old.contains(number)) return;
    const LonLat at = s.stations[number].at;
    old[number] = s.own(s.reacher.lists({&at, 1}));
  };
  if (tried) {
    before = state.nearest();
    for (size_t i = 0; i < to_move.size(); ++i) {
      remember(to_move[i].first);
      state.move(to_move[i].first, lists.of(static_cast<uint32_t>(i)));
      changed[to_move[i].first] = s.stations[to_move[i].first];
      changed[to_move[i].first].at = to_move[i].second;
    }
    for (const auto number : to_remove) {
      remember(number);
      state.remove(number);
    }
    for (size_t i = 0; i < asked.added.size(); ++i) {
      fresh.push_back(state.add(lists.of(static_cast<uint32_t>(to_move.size() + i))));
      changed[fresh.back()] = {{}, "", {}, asked.added[i]};
    }
  }

  CoverageFound out;
  out.estimated = s.reacher.estimated;
  out.villages = s.reacher.villages;
  out.first = s.first;
  out.last = s.last;
  const auto nearest = state.nearest();
  out.all = s.counted(std::vector<roads::NearestFacility>(nearest.size(), {0, 0}), 0);
  for (size_t i = 0; i < rings; ++i) out.rings.push_back({asked.minutes[i], s.counted(nearest, s.limits[i])});

  // By county, and all together.
  const auto& table = villages.places->places();
  const bool by_people = out.by_people = out.all.people > 0 && out.all.known * 2 >= out.all.villages;
  std::vector<PlaceCode> counties;
  std::vector<uint32_t> group(nearest.size());
  for (uint32_t v = 0; v < nearest.size(); ++v) {
    const auto county = table.code(villages.place[s.first + v]).at_level(PlaceLevel::kCounty);
    if (counties.empty() || counties.back() != county) counties.push_back(county);  // villages lie by code
    group[v] = static_cast<uint32_t>(counties.size() - 1);
  }
  const roads::Standard standard{"", s.limits[last_ring], asked.share, by_people};
  const auto checked = roads::check_standards({&standard, 1}, nearest, s.people(), group, static_cast<uint32_t>(counties.size()));
  for (const auto& c : checked) {
    if (c.group == roads::kNone) {
      out.share = c.share;
      out.met = c.met;
      continue;
    }
    out.counties.push_back({counties[c.group], count_of(c.all), count_of(c.within), c.share, c.met});
  }
  for (uint32_t v = 0; v < nearest.size(); ++v)
    if (villages.known[s.first + v]) ++out.counties[group[v]].all.known;

  for (const auto v : state.gaps(last_ring))
    out.gaps.push_back({s.first + v, nearest[v].facility == roads::kNone || nearest[v].ms >= roads::kUnreachable ? std::nullopt : std::optional(nearest[v].ms / 60'000.0)});

  for (uint32_t f = 0; f < state.facilities(); ++f) {
    if (f >= s.stations.size() && !changed.contains(f)) continue;  // tried and put back earlier
    if (std::find(to_remove.begin(), to_remove.end(), f) != to_remove.end()) continue;
    const auto own = state.of(f, last_ring), alone = state.alone(f, last_ring);
    const auto other = changed.find(f);
    const Facility& facility = other != changed.end() ? other->second : s.stations[f];
    const PlaceCode within = asked.within.empty() ? top_ : asked.within;
    if (own.places == 0 && facility.record && !within.contains(facility.place)) continue;  // far away
    out.stations.push_back({facility, count_of(own), alone.people, alone.places});
  }
  std::sort(out.stations.begin(), out.stations.end(), [](const auto& a, const auto& b) {
    return std::tie(b.alone_people, b.alone_villages, b.within.people, b.within.villages, a.facility.record) <
           std::tie(a.alone_people, a.alone_villages, a.within.people, a.within.villages, b.facility.record);
  });

  if (tried) {
    out.compared = CoverageFound::Compared{};
    const auto limit = s.limits[last_ring];
    for (uint32_t v = 0; v < nearest.size(); ++v) {
      const bool was = before[v].ms <= limit, is = nearest[v].ms <= limit;
      if (was == is) continue;
      (is ? out.compared->more : out.compared->less).push_back(s.first + v);
      (is ? out.compared->people_more : out.compared->people_less) += villages.people[s.first + v];
    }
    for (const auto& [number, list] : old) state.move(number, list.of(0));
    for (const auto number : fresh) state.remove(number);
  }
  return out;
}

Result<SitesFound> Coverage::sites(const CoverageAsked& asked, uint32_t count) {
  TRY(study, study_of(asked));
  auto& s = *study;
  const auto& villages = *s.reacher.villages;
  const auto& table = villages.places->places();
  const auto limit = s.limits[asked.minutes.size() - 1];
  std::vector<roads::NearestFacility> nearest;
  std::vector<uint32_t> gaps;
  {
    std::scoped_lock lock(s.mutex);
    nearest = s.state->nearest();
    gaps = s.state->gaps(asked.minutes.size() - 1);
  }
  SitesFound out;
  out.villages = s.reacher.villages;
  out.estimated = s.reacher.estimated;
  out.before = s.counted(nearest, limit);

  // Towns of the question, then villages not covered: those with most people first.
  std::vector<uint32_t> candidates;  // by table
  const auto range = table.range(asked.within.empty() ? top_ : asked.within);
  for (uint32_t i = range.begin; i < range.end && candidates.size() < kTownCandidates; ++i)
    if (table.level(i) == PlaceLevel::kTown && table.position(i)) candidates.push_back(i);
  for (const auto v : gaps) {
    if (candidates.size() == kCandidatesMax) break;
    candidates.push_back(villages.place[s.first + v]);
  }
  out.candidates = static_cast<uint32_t>(candidates.size());
  std::vector<LonLat> at;
  for (const auto i : candidates) at.push_back(*table.position(i));
  const auto lists = s.own(s.reacher.lists(at));

  // Villages of which nothing is known count as the average of the others.
  const auto people = s.people();
  uint64_t sum = 0, known = 0;
  for (uint32_t v = 0; v < people.size(); ++v) sum += people[v], known += villages.known[s.first + v];
  const uint32_t average = known == 0 ? 1 : static_cast<uint32_t>(std::max<uint64_t>(1, sum / known));
  std::vector<uint32_t> weight(people.begin(), people.end());
  std::vector<uint8_t> covered(people.size());
  for (uint32_t v = 0; v < people.size(); ++v) {
    if (!villages.known[s.first + v]) weight[v] = average;
    covered[v] = nearest[v].ms <= limit;
  }
  roads::SiteQuestion question;
  question.candidates = &lists;
  question.people = weight;
  question.already_covered = covered;
  question.limit_ms = limit;
  question.k = count;
  question.exact_work = kExactWork;
  TRY(answer, roads::best_sites(question));
  out.covers_people = answer.covers;
  out.bound_people = answer.bound;
  out.exact = answer.optimal;
  for (const auto chosen : answer.chosen) {
    SitesFound::Site site{candidates[chosen], at[chosen], 0, 0};
    for (const auto& e : lists.of(chosen))
      if (e.ms <= limit && !covered[e.place]) {
        covered[e.place] = 1;
        ++site.villages_more;
        site.people_more += people[e.place];
      }
    out.sites.push_back(site);
  }
  for (uint32_t v = 0; v < covered.size(); ++v)
    if (covered[v]) {
      ++out.after.villages;
      out.after.people += people[v];
      out.after.known += villages.known[s.first + v];
    }
  return out;
}

Result<LossFound> Coverage::without(const CoverageAsked& asked, const RoadShape& shape) {
  if (asked.by_air) return bad("circle", "航空救援圈与道路无关", "a circle by air needs no road");
  TRY(study, study_of(asked));
  auto& s = *study;
  if (!s.reacher.metrics) return Error(ErrorCode::kNotFound, {{"what", "路网（尚未导入） / road network (none imported)"}});
  const auto hit = roads_hit(s.reacher.metrics->network(), shape);
  if (hit.empty()) return bad("shape", "附近没有道路", "there is no road near by");
  RoadState closed;
  TRY(supposed, s.reacher.metrics->supposed(s.reacher.profile, s.reacher.period, closed, hit));
  std::vector<LonLat> at;
  for (const auto& f : s.stations) at.push_back(f.at);
  const auto people = s.people();
  const roads::CoverageState after(std::vector<uint32_t>(people.begin(), people.end()), s.limits, s.own(s.reacher.lists(at, *supposed)));
  std::vector<roads::NearestFacility> before;
  {
    std::scoped_lock lock(s.mutex);
    before = s.state->nearest();
  }
  const auto limit = s.limits[asked.minutes.size() - 1];
  LossFound out;
  out.villages = s.reacher.villages;
  out.roads_hit = hit.size();
  out.estimated = s.reacher.estimated;
  const auto now = after.nearest();
  for (const auto& setback : roads::compare(before, now, people, s.limits).worse) {
    const uint32_t v = s.first + setback.place;
    const bool was = setback.before.ms <= limit, is = setback.after.ms <= limit;
    if (!was) continue;
    auto& c = is ? out.slower : out.lost;
    ++c.villages;
    c.people += s.reacher.villages->people[v];
    c.known += s.reacher.villages->known[v];
    out.setbacks.push_back({v, setback.before.ms, setback.after.facility == roads::kNone ? kNoWay : setback.after.ms});
  }
  return out;
}

std::vector<VillageCount> Coverage::villages_reached(const ReachAsked& asked, const ReachFound& found, std::span<const PlaceCode> visible) {
  const auto all = villages();
  const auto& table = all->places->places();
  std::vector<VillageCount> out(asked.minutes.size());
  const auto count = [&](uint32_t v, double ms) {
    const auto code = table.code(all->place[v]);
    if (std::none_of(visible.begin(), visible.end(), [&](PlaceCode p) { return p.contains(code); })) return;
    for (size_t i = 0; i < out.size(); ++i)
      if (ms <= asked.minutes[i] * 60'000) {
        ++out[i].villages;
        out[i].people += all->people[v];
        out[i].known += all->known[v];
      }
  };
  const auto profile = profile_index(pack_.roads, asked.how.profile);
  if (!profile) return out;
  const auto& declared = pack_.roads.profiles[*profile];
  const auto metrics = roads_.metrics();
  if (!found.network || !metrics || metrics->shared_network() != found.network) {
    for (uint32_t v = 0; v < all->at.size(); ++v) {
      double least = kNoWay;
      for (const auto p : asked.at)
        if (std::abs(p.lat - all->at[v].lat) < 10) least = std::min(least, static_cast<double>(straight_ms(declared, p, all->at[v])));
      count(v, least);
    }
    return out;
  }
  const auto on = on_network(metrics, *profile, all);
  if (!on) return out;
  const auto& graph = found.network->graph();
  std::vector<roads::Weight> at(graph.nodes(), roads::kUnreachable);
  for (const auto& r : found.reached) at[r.node] = r.ms;
  const auto& weights = *found.weights;
  for (uint32_t v = 0; v < all->at.size(); ++v) {
    double least = kNoWay;
    for (uint32_t w = (*on)->first[v]; w < (*on)->first[v + 1]; ++w) {
      const auto arc = (*on)->way[w].arc;
      const auto until = (*on)->last_bit(w, weights);
      if (until >= roads::kUnreachable) continue;
      const auto node = asked.to ? graph.head[arc] : found.network->tail[arc];
      if (at[node] >= roads::kUnreachable) continue;
      least = std::min(least, static_cast<double>(at[node]) + (asked.to ? weights[arc] - until : until) + (*on)->access[v]);
    }
    count(v, least);
  }
  return out;
}

}  // namespace anlan
