// Conditions and options: what they mean, and what is refused.
#include "web/odata_query.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace anlan {
namespace {

using Values = std::map<std::string, ODataValue>;

bool holds(const std::string& text, const Values& values) {
  const auto filter = ODataFilter::parse(text);
  EXPECT_TRUE(filter.ok()) << text << ": " << filter.error().describe();
  if (!filter) return false;
  return filter->matches([&](size_t path) {
    std::string name;
    for (const auto& segment : filter->paths()[path]) name += (name.empty() ? "" : "/") + segment;
    const auto found = values.find(name);
    return found == values.end() ? ODataValue() : found->second;
  });
}

UtcTime at(std::string_view text) { return parse_iso8601(text).value(); }

const Values kValues{{"result", 7.5}, {"name", std::string("大河家 O'Neill")}, {"flag", true}, {"Thing/id", 12.0}, {"phenomenonTime", at("2026-11-21T10:53:00Z")}, {"location", LonLat{102.5, 35.5}}};

TEST(ODataFilter, SaysWhatTheStandardSays) {
  for (const char* text : {
           "result eq 7.5", "result ne 7", "result gt 7 and result lt 8", "result ge 7.5 and result le 75e-1", "not result lt 7", "not (result lt 7 or result gt 8)",
           "Thing/id eq 12", "name eq '大河家 O''Neill'", "'a' lt 'b'", "flag", "flag eq true", "not absent", "absent eq null", "name ne null", "absent ne 5",
           "result mul 2 add 1 eq 16", "result sub 0.5 div 2 eq 7.25", "(result add 0.5) mod 5 eq 3", "-1 lt result",
           "substringof('河', name)", "startswith(name, '大河')", "endswith(name,'Neill')", "length(name) eq 11", "toupper('aB河') eq 'AB河'", "tolower('aB') eq 'ab'",
           "phenomenonTime gt 2026-11-21T18:52:59+08:00", "phenomenonTime eq 2026-11-21T10:53:00.000Z",
           "st_within(location, geography'POLYGON ((102 35, 103 35, 103 36, 102 36, 102 35))')", "st_within(geography'POINT (0 0)', geography'POLYGON((0 0,1 0,1 1))')",
           "not st_within(location, geography'POLYGON ((102 35, 103 35, 103 36, 102 36), (102.4 35.4, 102.6 35.4, 102.6 35.6, 102.4 35.6))')",
           "false or true and true", "true or false and false"})
    EXPECT_TRUE(holds(text, kValues)) << text;
  for (const char* text : {"absent lt 5", "absent gt 5", "absent eq 5", "name gt 5", "name eq 7.5", "not flag", "result div 0 eq 0", "result div 0 gt 1", "absent add 1 gt 0", "substringof(absent, name)",
                           "st_within(name, geography'POLYGON((0 0,1 0,1 1))')", "st_within(location, geography'POLYGON((0 0,1 0,1 1))')", "(true or false) and false"})
    EXPECT_FALSE(holds(text, kValues)) << text;
}

TEST(ODataFilter, RefusesTheRest) {
  const std::string deep(kFilterDepthMax + 1, '('), nots = [] {
    std::string s;
    for (int i = 0; i <= kFilterDepthMax; ++i) s += "not ";
    return s;
  }();
  std::string wide = "a eq 1";
  for (size_t i = 0; i < kFilterNodesMax / 2; ++i) wide += " or a eq 1";
  std::string vertices = "0 0";
  for (size_t i = 0; i < kFilterVerticesMax; ++i) vertices += ", 1 1";
  for (const std::string& text : std::vector<std::string>{
           "", " ", "5", "'a'", "null", "result gt", "gt 5", "result gt 5 and", "result gt 5 7", "result gt (5", "result gt 5)", "result eq 'a", "name eq \"a\"", "result gt 5 and 6", "not 5",
           "length(name)", "length(name) and flag", "length(name, 1) eq 3", "startswith(name) eq true", "nosuch(name)", "a//b eq 1", "/a eq 1", "a/ eq 1", "result == 5", "result eq 5e999", "result eq 1.2.3",
           "time gt 2026-11-21", "time gt 2026-13-21T00:00:00Z", "geography'POINT (0 0)'", "x eq geography'POINT (181 0)'", "x eq geography'LINESTRING (0 0, 1 1)'", "st_within(x, geography'POLYGON ((0 0, 1 1))')",
           "st_within(x, geography'POLYGON ((0 0, 1 0, 1 1)')", "st_within(x, y)", "st_within(x, geography'POLYGON ((0 0, 1 0, 1 nan))')", "x eq geography'POLYGON ((0 0, 1 0, 1 1))'", "startswith(name, geography'POLYGON ((0 0, 1 0, 1 1))')",
           deep + "a eq 1", nots + "a", wide, "st_within(x, geography'POLYGON ((" + vertices + "))')", std::string(kFilterBytesMax + 1, ' '), "and eq or", "eq", "x eq and"}) {
    const auto filter = ODataFilter::parse(text);
    ASSERT_FALSE(filter.ok()) << text.substr(0, 100);
    EXPECT_EQ(filter.error().code, ErrorCode::kBadRequest) << text.substr(0, 100);
  }
}

TEST(ODataFilter, TimesNarrowWhatIsRead) {
  const auto span = [](const std::string& text) {
    const auto filter = ODataFilter::parse(text).value();
    std::vector<bool> is_time;
    for (const auto& p : filter.paths()) is_time.push_back(p.front() == "t");
    return filter.span_of(is_time);
  };
  const UtcTime noon = at("2026-11-21T12:00:00Z");
  const auto both = span("t ge 2026-11-21T12:00:00Z and result gt 5 and (t lt 2026-11-21T13:00:00Z)");
  EXPECT_EQ(both.from, noon);
  EXPECT_EQ(both.until, noon + hours(1));
  EXPECT_EQ(span("2026-11-21T12:00:00Z lt t").from, noon + milliseconds(1));
  EXPECT_EQ(span("t le 2026-11-21T12:00:00Z").until, noon + milliseconds(1));
  EXPECT_EQ(span("t eq 2026-11-21T12:00:00Z").from, noon);
  EXPECT_EQ(span("t ge 2026-11-21T12:00:00Z or result gt 5").from.ms, INT64_MIN);
  EXPECT_EQ(span("not (t ge 2026-11-21T12:00:00Z)").until, kNever);
  EXPECT_EQ(span("u ge 2026-11-21T12:00:00Z").from.ms, INT64_MIN) << "another time";
}

// A condition made at random, once as text and once as what it should say.
struct Made {
  std::string text;
  bool truth;
};
Made make(std::mt19937& random, int depth) {
  const auto number = [&] { return static_cast<int>(random() % 7); };
  if (depth > 0 && random() % 4 != 0) {
    const auto a = make(random, depth - 1);
    if (random() % 3 == 0) return {"not (" + a.text + ")", !a.truth};
    const auto b = make(random, depth - 1);
    return random() % 2 ? Made{"(" + a.text + ") and (" + b.text + ")", a.truth && b.truth} : Made{"(" + a.text + ") or (" + b.text + ")", a.truth || b.truth};
  }
  const int a = number(), b = number();
  constexpr const char* kOps[] = {"eq", "ne", "gt", "ge", "lt", "le"};
  const size_t op = random() % 6;
  const bool truth = op == 0 ? a == b : op == 1 ? a != b : op == 2 ? a > b : op == 3 ? a >= b : op == 4 ? a < b : a <= b;
  return {"n" + std::to_string(a) + " " + kOps[op] + " " + std::to_string(b), truth};
}

TEST(ODataFilter, AgreesWithAPlainEvaluation) {
  std::mt19937 random(7);
  Values values;
  for (int i = 0; i < 7; ++i) values["n" + std::to_string(i)] = static_cast<double>(i);
  for (int i = 0; i < 3'000; ++i) {
    const auto made = make(random, 4);
    ASSERT_EQ(holds(made.text, values), made.truth) << made.text;
  }
}

TEST(ODataQuery, ReadsOptions) {
  const auto q = parse_odata_query({{"$top", "5"}, {"$skip", "10"}, {"$count", "true"}, {"$orderby", "Thing/name desc, id"}, {"$select", "id,name"}, {"lang", "zh"},
                                    {"$expand", "Datastreams($filter=name eq 'a;b)';$expand=Observations($top=1;$orderby=phenomenonTime desc)),Locations"}}).value();
  EXPECT_EQ(q.page(), 5);
  EXPECT_EQ(q.skip, 10);
  EXPECT_TRUE(q.count);
  ASSERT_EQ(q.order.size(), 2u);
  EXPECT_EQ(q.order[0].path, (ODataPath{"Thing", "name"}));
  EXPECT_TRUE(q.order[0].descending);
  EXPECT_EQ(q.select, (std::vector<std::string>{"id", "name"}));
  ASSERT_EQ(q.expand.size(), 2u);
  const auto& streams = q.expand[0].query;
  EXPECT_TRUE(streams.filter);
  ASSERT_EQ(streams.expand.size(), 1u);
  EXPECT_EQ(streams.expand[0].query.page(), 1);
  EXPECT_TRUE(streams.expand[0].query.order[0].descending);
  EXPECT_EQ(q.said.size(), 5u) << "all options but $skip";
  const auto slashes = parse_odata_query({{"$expand", "Datastreams/Observations($top=2),Datastreams/Sensor"}}).value();
  ASSERT_EQ(slashes.expand.size(), 1u);
  EXPECT_EQ(slashes.expand[0].query.expand.size(), 2u);
  EXPECT_EQ(slashes.expand[0].query.expand[0].query.page(), 2);
  EXPECT_EQ(slashes.expand[0].query.said[0].second, "Observations($top=2),Sensor");
  EXPECT_EQ(parse_odata_query({{"$top", "99999"}}).value().page(), kTopMax);
  EXPECT_EQ(parse_odata_query({}).value().page(), kTopDefault);
}

TEST(ODataQuery, RefusesTheRest) {
  std::string many = "A";
  for (size_t i = 0; i < kExpandedMax; ++i) many += ",A" + std::to_string(i);
  std::string nested;
  for (int i = 0; i <= kExpandDepthMax; ++i) nested += "A($expand=";
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"$top", "-1"}, {"$top", ""}, {"$top", "1.5"}, {"$top", "99999999999999999999"}, {"$skip", "-1"}, {"$skip", "10000001"}, {"$count", "yes"}, {"$orderby", ""}, {"$orderby", "a up"}, {"$orderby", "a,b,c,d,e,f"},
           {"$orderby", "a desc b"}, {"$select", "a/b"}, {"$select", ""}, {"$select", "a,,b"}, {"$expand", ""}, {"$expand", "A("}, {"$expand", "A)"}, {"$expand", "A(B)"}, {"$expand", "A($top=1)x"}, {"$expand", "A($top=x)"},
           {"$expand", "A($skiptoken=1)"}, {"$expand", "A,A($top=1)"}, {"$expand", "A/B/C/D/E/F"}, {"$expand", many}, {"$expand", nested}, {"$expand", "A('"}, {"$format", "json"}, {"$", ""}, {"$resultFormat", "dataArray"}}) {
    const auto q = parse_odata_query({{name, value}});
    ASSERT_FALSE(q.ok()) << name << "=" << value;
    EXPECT_EQ(q.error().code, ErrorCode::kBadRequest);
  }
  EXPECT_FALSE(parse_odata_query({{"$top", "1"}, {"$top", "1"}}).ok());
  EXPECT_FALSE(parse_odata_query({{"$skip", "1"}, {"$skip", "1"}}).ok());
}

}  // namespace
}  // namespace anlan
