// The query options of a SensorThings request (OGC 18-088 §9.3): what to leave out, order, cut into pages and add.
//
//   $filter=…            odata_query_filter.h
//   $orderby=path [asc|desc], …      at most kOrdersMax
//   $top=0..kTopMax      $skip=0..kSkipMax      $skiptoken=number (of a nextLink)      $count=true|false
//   $select=name, …      $expand=name(option;option), name/name, …
//
// An expanded name may have all options but $skip's token; deeper ones stand in its parentheses or behind a slash.
// Names are not judged here: whoever knows the entities does.
//
// The text comes from outside. Errors: kBadRequest, in both languages. Unknown options that begin with $, and options
// said twice, are errors; other parameters are not options. Bounds: the constants below; parsing costs O(n · depth).
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "web/odata_query_filter.h"

namespace anlan {

constexpr int64_t kTopMax = 1'000, kTopDefault = 100;
constexpr int64_t kSkipMax = 10'000'000;
constexpr size_t kOrdersMax = 5, kSelectedMax = 40, kExpandedMax = 20;  // expanded: of the whole request
constexpr int kExpandDepthMax = 5;

struct ODataOrder {
  ODataPath path;
  bool descending = false;
};

struct ODataExpand;

struct ODataQuery {
  std::optional<ODataFilter> filter;
  std::vector<ODataOrder> order;
  std::optional<int64_t> top;  // may be over kTopMax: a page is then kTopMax long
  int64_t skip = 0;
  std::optional<int64_t> after;  // $skiptoken: go on behind this
  bool count = false;
  std::vector<std::string> select;
  std::vector<ODataExpand> expand;  // each name once
  // The options as they were said but for $skip and $skiptoken, for the address of the next page.
  std::vector<std::pair<std::string, std::string>> said;

  int64_t page() const { return std::min(top.value_or(kTopDefault), kTopMax); }
};

struct ODataExpand {
  std::string name;
  ODataQuery query;
};

// Names and values, decoded, as they stand in the address.
Result<ODataQuery> parse_odata_query(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace anlan
