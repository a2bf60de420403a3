#include "quake/fragility_read.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::quake {
namespace {

std::string model(const std::string& functions, const std::string& states = "slight heavy") {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<nrml xmlns=\"http://openquake.org/xmlns/nrml/0.5\">\n<fragilityModel id=\"m\">\n<description>text</description>\n<limitStates> " +
         states + " </limitStates>\n" + functions + "</fragilityModel>\n</nrml>\n";
}
std::string continuous(const std::string& params, const std::string& imls = "imt=\"PGA\"", const std::string& head = "id=\"W\" format=\"continuous\" shape=\"logncdf\"") {
  return "<fragilityFunction " + head + "><imls " + imls + "/>" + params + "</fragilityFunction>\n";
}
std::string discrete(const std::string& levels, const std::string& first, const std::string& second, const std::string& imls = "imt=\"MMI\"") {
  return "<fragilityFunction id=\"D\" format=\"discrete\"><imls " + imls + ">" + levels + "</imls><poes ls=\"slight\">" + first + "</poes><poes ls=\"heavy\">" + second + "</poes></fragilityFunction>\n";
}
const std::string kParams = "<params ls=\"slight\" mean=\"0.2\" stddev=\"0.1\"/><params ls=\"heavy\" mean=\"0.5\" stddev=\"0.25\"/>";

TEST(FragilityRead, TurnsMeanAndDeviationIntoMedianAndBeta) {
  const auto read = read_fragilities(model(continuous(kParams, "imt=\"PGA\" noDamageLimit=\"0.05\" minIML=\"0.1\" maxIML=\"2\"")));
  ASSERT_TRUE(read.ok()) << read.error().describe();
  EXPECT_EQ(read->limit_states, (std::vector<std::string>{"slight", "heavy"}));
  EXPECT_EQ(read->ids, (std::vector<std::string>{"W"}));
  const auto& f = read->fragilities[0];
  EXPECT_NEAR(f.median[0], 0.2 / std::sqrt(1.25) * 9.80665, 1e-12);
  EXPECT_NEAR(f.beta[0], std::sqrt(std::log(1.25)), 1e-12);
  // The mean of that lognormal distribution is the mean again.
  EXPECT_NEAR(f.median[1] * std::exp(f.beta[1] * f.beta[1] / 2), 0.5 * 9.80665, 1e-12);
  EXPECT_TRUE(std::isinf(f.median[2]) && std::isinf(f.median[3]));
  EXPECT_NEAR(f.at_least, 0.05 * 9.80665, 1e-12);
}

TEST(FragilityRead, ReadsMedianAndBetaAndOtherMeasures) {
  const auto read = read_fragilities(model(continuous("<params ls=\"heavy\" median=\"40\" beta=\"0.5\"/><params ls=\"slight\" median=\"20\" beta=\"0.5\"/>", "imt=\"PGV\"")));
  ASSERT_TRUE(read.ok()) << read.error().describe();
  EXPECT_EQ(read->fragilities[0].measure, Measure::pgv);
  EXPECT_NEAR(read->fragilities[0].median[0], 0.2, 1e-12);
  EXPECT_NEAR(read->fragilities[0].median[1], 0.4, 1e-12);
}

TEST(FragilityRead, ReadsDiscretePointsFromTheLimitOfNoDamageOn) {
  auto read = read_fragilities(model(discrete(" 6 7\n8 ", "0.1 0.5 1", "0 .2 .6", "imt=\"MMI\" noDamageLimit=\"5\"")));
  ASSERT_TRUE(read.ok()) << read.error().describe();
  EXPECT_EQ(read->fragilities[0].levels, (std::vector<double>{5, 6, 7, 8}));
  EXPECT_NEAR(grade_shares(read->fragilities[0], 5.5)[0], 0.95, 1e-12);
  EXPECT_EQ(grade_shares(read->fragilities[0], 7)[2], 0.2);
  EXPECT_EQ(grade_shares(read->fragilities[0], 12)[3], 0);
  read = read_fragilities(model(discrete("6 7 8", "0.1 0.5 1", "0 .2 .6")));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(grade_shares(read->fragilities[0], 5.999)[0], 1);
}

TEST(FragilityRead, RefusesWrongFunctionsWithLineAndReason) {
  const auto refused = [](const std::string& function, const char* reason) {
    const auto read = read_fragilities(model(continuous(kParams, "imt=\"PGA\"", "id=\"fine\" format=\"continuous\" shape=\"logncdf\"") + function));
    ASSERT_FALSE(read.ok()) << reason;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidFile);
    ASSERT_EQ(read.error().details.size(), 1u) << reason;
    EXPECT_EQ(read.error().details[0].line, 7);
    EXPECT_NE(read.error().details[0].en.find(reason), std::string::npos) << read.error().details[0].en;
    EXPECT_FALSE(read.error().details[0].zh.empty());
  };
  refused(continuous(kParams, "imt=\"SA(0.3)\""), "measure");
  refused(continuous(kParams, ""), "measure");
  refused(continuous(kParams, "imt=\"PGA\" noDamageLimit=\"x\""), "noDamageLimit");
  refused(continuous(kParams, "imt=\"PGA\" noDamageLimit=\"-1\""), "limit of no damage");
  refused(continuous(kParams, "imt=\"PGA\"", "id=\"W\" format=\"continuous\" shape=\"norm\""), "logncdf");
  refused(continuous(kParams, "imt=\"PGA\"", "id=\"W\" format=\"cubic\""), "format");
  refused(continuous(kParams, "imt=\"PGA\"", "id=\"fine\" format=\"continuous\" shape=\"logncdf\""), "twice");
  refused(continuous(kParams, "imt=\"PGA\"", "format=\"continuous\""), "no id");
  refused(continuous("<params ls=\"slight\" mean=\"0.2\" stddev=\"0.1\"/>"), "each limit state");
  refused(continuous(kParams + "<params ls=\"total\" mean=\"2\" stddev=\"1\"/>"), "each limit state");
  refused(continuous("<params ls=\"slight\" mean=\"0.2\" stddev=\"0\"/><params ls=\"heavy\" mean=\"0.5\" stddev=\"0.25\"/>"), "positive");
  refused(continuous("<params ls=\"slight\" mean=\"0.6\" stddev=\"0.3\"/><params ls=\"heavy\" mean=\"0.5\" stddev=\"0.25\"/>"), "ascend");
  refused(continuous("<params ls=\"slight\" median=\"0.4\" beta=\"0.3\"/><params ls=\"heavy\" median=\"0.5\" beta=\"0.9\"/>"), "cross");
  refused(discrete("6 7 8", "0.1 0.5", "0 .2 .6"), "as many");
  refused(discrete("6 x 8", "0.1 0.5 1", "0 .2 .6"), "numbers");
  refused(discrete("6 7 7", "0.1 0.5 1", "0 .2 .6"), "ascend");
  refused(discrete("6 7 8", "0.1 0.5 1", "0 .6 .7"), "cross");
  refused(discrete("6 7 8", "0.1 0.5 2", "0 .2 .6"), "0 to 1");
  refused(discrete("", "", ""), "numbers");
}

TEST(FragilityRead, RefusesOtherFiles) {
  const auto why = [](const std::string& text) {
    const auto read = read_fragilities(text);
    return read.ok() ? std::string("read") : read.error().describe();
  };
  EXPECT_NE(why("").find("XML"), std::string::npos);
  EXPECT_NE(why("<nrml").find("XML"), std::string::npos);
  EXPECT_NE(why("<nrml><vulnerabilityModel/></nrml>").find("fragility"), std::string::npos);
  EXPECT_NE(why(model("")).find("no fragility function"), std::string::npos);
  EXPECT_NE(why(model(continuous(kParams), "")).find("limit states"), std::string::npos);
  EXPECT_NE(why(model(continuous(kParams), "a b c d e")).find("limit states"), std::string::npos);
  EXPECT_NE(why(model(continuous(kParams), "a a")).find("twice"), std::string::npos);
  EXPECT_NE(why("<nrml xmlns=\"http://openquake.org/xmlns/nrml/0.4\"><fragilityModel/></nrml>").find("0.5"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<a>";
  EXPECT_NE(why(deep).find("XML"), std::string::npos);
  for (int i = 0; i < 200'000; ++i) deep += "</a>";
  EXPECT_NE(why(deep).find("fragility model"), std::string::npos);
  std::string many;
  for (int i = 0; i < 300; ++i) many += continuous("", "imt=\"PGA\"", "id=\"W" + std::to_string(i) + "\" format=\"continuous\" shape=\"logncdf\"");
  const auto read = read_fragilities(model(many));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().details.size(), 100u);
  EXPECT_NE(std::string(read.error().param("why")).find("300"), std::string::npos);
}

}  // namespace
}  // namespace anlan::quake
