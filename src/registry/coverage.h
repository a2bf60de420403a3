// What a duty officer sees before sending, and what a registrar sees any day: how many people answer for each place,
// and where somebody is missing or cannot be reached.
//
// Of a warning, a person counts at the place of the main post, so that rows add up to the whole. Without a warning a
// person counts once in every row that has one of their posts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/targeting.h"

namespace anlan {

struct Figures {
  uint32_t posts = 0;  // held and vacant
  uint32_t people = 0;
  uint32_t vacant = 0;
  // People; one may count in several.
  uint32_t no_phone = 0, stale_phone = 0, shared_phone = 0;
  uint32_t outside = 0;  // people outside the area who answer for records inside
  uint32_t villages_empty = 0;
  void operator+=(const Figures& o);
};

struct CoverageRow {
  PlaceCode code;
  std::string name;
  std::optional<LonLat> position;
  Figures figures;
  std::vector<CoverageRow> children;
};

struct RankFigures {
  std::string rank;
  uint32_t people = 0, vacant = 0;
  Millis answer_limit;
};

struct ChannelFigures {
  std::string channel;
  uint32_t people = 0;  // who are called by it first
};

struct Preview {
  Figures all;
  uint32_t towns = 0, villages = 0;  // touched
  std::vector<PlaceCode> villages_empty;
  std::vector<ChannelFigures> channels;
  double minutes = 0;  // until every first attempt is made, as the channels' rates and concurrency allow
  std::vector<RankFigures> by_rank;   // ranks that are called, highest first
  std::vector<CoverageRow> by_place;  // towns, each with its villages; what stands above or beside has a row of its own
};

// Who can be reached on the phone page; without it nobody.
using HasAccount = std::function<bool(PersonId)>;
Preview preview(const Directory& directory, const Targets& targets, const PlaceTable& places, const TargetQuery& query,
                const HasAccount& has_account = {});

// The names behind a figure.
enum class PreviewGroup { all, vacant, no_phone, stale_phone, shared_phone, outside };
BOOST_DESCRIBE_ENUM(PreviewGroup, all, vacant, no_phone, stale_phone, shared_phone, outside)

struct PreviewName {
  PostId post;
  PersonId person;               // none: vacant
  std::string_view problem;      // "" or the name of the gravest group it belongs to
};
struct PreviewPage {
  size_t total = 0;
  std::vector<PreviewName> items;
};
// In the order of the targets, people before vacant posts; `all` has both. `within` bounds to a place and below; q is
// part of a name or title, or pinyin. At most kPageMax items.
inline constexpr size_t kPageMax = 1'000;
PreviewPage preview_names(const Directory& directory, const Targets& targets, PreviewGroup group, PlaceCode within,
                          std::string_view q, UtcTime now, size_t offset, size_t limit);

// One row for each place directly below `place` (villages have a row for themselves), and one for the place's own posts
// when it has any. hazard "" for any.
std::vector<CoverageRow> coverage(const Directory& directory, const PlaceTable& places, PlaceCode place,
                                  std::string_view hazard, UtcTime now);

}  // namespace anlan
