// Any text as the options of a SensorThings request: no crash, bounded results, and refusals that say why in both
// languages. What parses is evaluated over odd values, and its times never narrow away what matches.
#include <algorithm>
#include <random>

#include "base/check.h"
#include "web/odata_query.h"

using namespace anlan;

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

// Accepted texts, so that mutations begin behind the first check.
constexpr std::string_view kSeeds[] = {
    "not (result lt 7 or result mul 2 add 1 gt 8e0) and startswith(Thing/name,'O''N') and absent eq null",
    "st_within(FeatureOfInterest/feature, geography'POLYGON ((102 35, 103 35, 103 36), (102.1 35.1, 102.2 35.1, 102.2 35.2))')",
    "phenomenonTime ge 2025-11-21T00:00:00.000Z and 2025-11-22T00:00:00+08:00 gt resultTime and result mod -2 ne 1",
    "length(tolower(properties/river)) ge 2 or substringof('a',toupper(name)) or endswith(name,'') eq false",
    "$expand=Datastreams($filter=name eq 'a;b';$expand=Observations($top=1;$orderby=phenomenonTime desc)),Locations/Things\n$top=5\n$skip=3\n$count=true\n$select=id,name\n$orderby=Thing/name desc, id",
};

void check(const ODataFilter& filter) {
  const ODataValue odd[] = {{}, true, 0.0, -1e308, std::string("河'"), UtcTime{0}, UtcTime{1'763'700'000'000}, LonLat{102.5, 35.5}, std::string()};
  for (size_t first = 0; first < std::size(odd); ++first)
    (void)filter.matches([&](size_t path) {
      CHECK(path < filter.paths().size());
      return odd[(first + path * 7) % std::size(odd)];
    });
  const std::vector<bool> all(filter.paths().size(), true);
  const auto span = filter.span_of(all);
  for (const UtcTime t : {UtcTime{0}, UtcTime{1'763'700'000'000}, UtcTime{span.from}})
    if (filter.matches([&](size_t) { return t; })) CHECK(t >= span.from && t < span.until);
}

size_t check(const ODataQuery& query, int depth) {
  CHECK(depth <= kExpandDepthMax && query.page() >= 0 && query.page() <= kTopMax && query.skip >= 0);
  CHECK(query.order.size() <= kOrdersMax && query.select.size() <= kSelectedMax);
  if (query.filter) check(*query.filter);
  size_t expanded = query.expand.size();
  for (const auto& e : query.expand) expanded += check(e.query, depth + 1);
  return expanded;
}

void check(const Error& error) {
  CHECK(error.code == ErrorCode::kBadRequest);
  const auto why = error.param("why");
  const size_t bar = why.find(" / ");
  CHECK(bar != std::string_view::npos && bar > 0 && why.find(" / ", bar + 3) == std::string_view::npos);
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int number) {
  std::mt19937 random(number);
  if (size < 3 || random() % 16 == 0) {
    const auto seed = kSeeds[random() % std::size(kSeeds)];
    size = std::min(seed.size(), max_size);
    std::copy_n(seed.data(), size, data);
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

// "name=value" lines; a text without '=' is a $filter.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto filter = ODataFilter::parse(text)) check(*filter);
  else check(filter.error());
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!text.empty() && parameters.size() < 20) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t equals = std::min(line.find('='), line.size());
    if (equals == line.size()) parameters.emplace_back("$filter", line);
    else parameters.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  if (const auto query = parse_odata_query(parameters)) CHECK(check(*query, 0) <= kExpandedMax);
  else check(query.error());
  return 0;
}
