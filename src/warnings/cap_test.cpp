#include "warnings/cap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <filesystem>
#include <fstream>

#include "base/area.h"

namespace anlan {
namespace {

using testing::HasSubstr;

// Line 1 is the declaration; the numbers in the tests below count on it.
const std::string kRainstorm = R"(<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>62292700000-20261121185300</identifier>
  <sender>62292741600000</sender>
  <sent>2026-11-21T18:53:00+08:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <source>积石山县气象台</source>
  <scope>Restricted</scope>
  <restriction>防汛责任人</restriction>
  <addresses>"duty officer" 622927100</addresses>
  <code>profile:GB35965</code>
  <code>layer:1</code>
  <note>升级</note>
  <references>62292741600000,62292700000-20261121160000,2026-11-21T16:00:00+08:00</references>
  <incidents>rain "evening storm"</incidents>
  <info>
    <language>zh-CN</language>
    <category>Met</category>
    <category>Safety</category>
    <event>暴雨</event>
    <responseType>Evacuate</responseType>
    <responseType>AllClear</responseType>
    <urgency>Immediate</urgency>
    <severity>Extreme</severity>
    <certainty>Observed</certainty>
    <audience>全县</audience>
    <eventCode><valueName>GB</valueName><value>11B03</value></eventCode>
    <effective>2026-11-21T18:53:00+08:00</effective>
    <onset>2026-11-21T19:00:00+08:00</onset>
    <expires>2026-11-22T00:53:00+08:00</expires>
    <senderName>积石山县气象局</senderName>
    <headline>暴雨红色预警</headline>
    <description><![CDATA[过去3小时 <大河家镇> 降雨量 & 强度
已达100毫米]]></description>
    <instruction>立即转移</instruction>
    <web>https://example.org/w/1</web>
    <contact>0930-0000000</contact>
    <parameter><valueName>color</valueName><value>Red</value></parameter>
    <resource>
      <resourceDesc>雷达图</resourceDesc>
      <mimeType>image/png</mimeType>
      <size>5120</size>
      <uri>https://example.org/radar.png</uri>
      <derefUri>AAECAw==</derefUri>
      <digest>da39a3ee5e6b4b0d3255bfef95601890afd80709</digest>
    </resource>
    <area>
      <areaDesc>积石山县北部</areaDesc>
      <polygon>35.80,102.70 35.80,103.00 35.65,103.00 35.65,102.70 35.80,102.70</polygon>
      <circle>35.72,102.87 12.5</circle>
      <geocode><valueName>PAC</valueName><value>622927</value></geocode>
      <altitude>6000</altitude>
      <ceiling>9000.5</ceiling>
    </area>
  </info>
  <info>
    <language>en-US</language>
    <category>Met</category>
    <event>Rainstorm</event>
    <urgency>Immediate</urgency>
    <severity>Extreme</severity>
    <certainty>Observed</certainty>
  </info>
</alert>
)";

std::string with(std::string_view from, std::string_view to) {
  auto text = kRainstorm;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string encode(const std::string& utf8, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  std::string out(utf8.size() * 4 + 16, 0);
  const auto n = ucnv_convert(encoding, "UTF-8", out.data(), static_cast<int32_t>(out.size()), utf8.data(),
                              static_cast<int32_t>(utf8.size()), &status);
  EXPECT_TRUE(U_SUCCESS(status));
  out.resize(static_cast<size_t>(n));
  return out;
}

CapAlert read(std::string_view bytes) {
  auto alert = read_cap(bytes);
  EXPECT_TRUE(alert.ok()) << (alert ? "" : alert.error().describe());
  return alert ? *alert : CapAlert{};
}

std::vector<ErrorDetail> faults(std::string_view bytes) {
  const auto alert = read_cap(bytes);
  if (alert) return {};
  EXPECT_EQ(alert.error().code, ErrorCode::kInvalidFile) << alert.error().describe();
  EXPECT_FALSE(alert.error().details.empty());
  for (const auto& d : alert.error().details) EXPECT_TRUE(!d.zh.empty() && !d.en.empty());
  return alert.error().details;
}

void expect_fault(const std::string& bytes, int line, const std::string& field, const std::string& en) {
  const auto list = faults(bytes);
  ASSERT_EQ(list.size(), 1u) << field;
  EXPECT_EQ(list[0].line, line) << list[0].en;
  EXPECT_EQ(list[0].field, field);
  EXPECT_THAT(list[0].en, HasSubstr(en));
}

TEST(CapRead, EveryElement) {
  const auto alert = read(kRainstorm);
  EXPECT_EQ(alert.version, CapVersion::v1_2);
  EXPECT_EQ(alert.sender, "62292741600000");
  EXPECT_EQ(to_cap_time(alert.sent), "2026-11-21T18:53:00+08:00");
  EXPECT_EQ(alert.msg_type, CapMsgType::Update);
  EXPECT_EQ(alert.scope, CapScope::Restricted);
  EXPECT_THAT(alert.addresses, testing::ElementsAre("duty officer", "622927100"));
  EXPECT_THAT(alert.incidents, testing::ElementsAre("rain", "evening storm"));
  EXPECT_EQ(alert.codes.size(), 2u);
  ASSERT_EQ(alert.references.size(), 1u);
  EXPECT_EQ(alert.references[0].identifier, "62292700000-20261121160000");
  ASSERT_EQ(alert.infos.size(), 2u);
  const auto& info = alert.infos[0];
  EXPECT_THAT(info.categories, testing::ElementsAre(CapCategory::Met, CapCategory::Safety));
  EXPECT_THAT(info.response_types, testing::ElementsAre(CapResponseType::Evacuate, CapResponseType::AllClear));
  EXPECT_EQ(info.severity, CapSeverity::Extreme);
  EXPECT_EQ(info.description, "过去3小时 <大河家镇> 降雨量 & 强度\n已达100毫米");
  EXPECT_EQ(info.event_codes[0].value, "11B03");
  EXPECT_EQ(info.resources[0].size, 5120);
  const auto& area = info.areas[0];
  ASSERT_EQ(area.polygons[0].size(), 5u);
  EXPECT_EQ(area.polygons[0][1], (LonLat{103, 35.8}));
  EXPECT_EQ(area.circles[0], (Circle{{102.87, 35.72}, 12.5}));
  EXPECT_EQ(area.ceiling_ft, 9000.5);
  EXPECT_TRUE(alert.remarks.empty()) << alert.remarks[0].en;
  EXPECT_TRUE(validate_cap(alert).empty());
}

TEST(CapWrite, ReadsBackTheSameThroughXmlAndJson) {
  const auto alert = read(kRainstorm);
  const auto text = write_cap(alert);
  EXPECT_TRUE(same_message(read(text), alert)) << text;
  EXPECT_EQ(write_cap(read(text)), text);
  const auto json = from_json_text<CapAlert>(to_json(alert), "alert");
  ASSERT_TRUE(json) << json.error().describe();
  EXPECT_TRUE(same_message(*json, alert));
  EXPECT_THAT(to_json(alert), HasSubstr(R"("severity":"Extreme")"));
}

TEST(CapWrite, AwkwardTextAndTimes) {
  auto alert = read(kRainstorm);
  alert.sent.offset_minutes = 0;
  alert.infos[0].headline = "a ]]> b & <c> \"d\" 'e'\rf";
  alert.infos[0].description = std::string("bell\x07") + "!";
  alert.infos[0].areas[0].circles[0].radius_km = 1e-9;
  const auto text = write_cap(alert);
  EXPECT_THAT(text, HasSubstr("<sent>2026-11-21T10:53:00-00:00</sent>")) << "UTC is -00:00 in CAP";
  const auto back = read(text);
  EXPECT_EQ(back.infos[0].headline, alert.infos[0].headline);
  EXPECT_EQ(back.infos[0].description, "bell!");
  EXPECT_EQ(back.infos[0].areas[0].circles[0].radius_km, 1e-9);
}

TEST(CapRead, ListsEveryFaultWithItsLine) {
  auto text = with("<scope>Restricted</scope>", "<scope>public</scope>");
  const auto put = [&](std::string_view from, std::string_view to) { text.replace(text.find(from), from.size(), to); };
  put("  <identifier>62292700000-20261121185300</identifier>\n", "\n");
  put("2026-11-21T18:53:00+08:00", "2026-11-21 下午");
  put("<event>暴雨</event>", "<event> </event>");
  put("<circle>35.72,102.87 12.5</circle>", "<circle>35.72 102.87</circle>");
  put("35.80,102.70</polygon>", "35.90,102.70</polygon>");
  std::vector<std::string> found;
  for (const auto& d : faults(text)) found.push_back(std::to_string(d.line) + " " + d.field);
  EXPECT_THAT(found, testing::ElementsAre("2 identifier", "5 sent", "9 scope", "21 info[0].event",
                                          "50 info[0].area[0].polygon[0]", "51 info[0].area[0].circle[0]"));
}

TEST(CapRead, OneFaultAtATime) {
  expect_fault(with("<status>Actual</status>", "<status>actual</status>"), 6, "status",
               "must be one of Actual, Exercise");
  expect_fault(with("<status>Actual</status>", ""), 2, "status", "missing");
  expect_fault(with("<sent>2026-11-21T18:53:00+08:00", "<sent>2026-11-21T18:53:00"), 5, "sent", "not a time");
  expect_fault(with("<urgency>Immediate</urgency>", "<urgency/>"), 24, "info[0].urgency", "empty");
  expect_fault(with("<category>Met</category>\n    <category>Safety</category>", "\n"), 17, "info[0].category",
               "missing");
  expect_fault(with("<event>暴雨</event>", "<event>暴雨</event><event>大风</event>"), 21, "info[0].event",
               "more than once");
  expect_fault(with("<event>暴雨</event>", "<event><b>暴雨</b></event>"), 21, "info[0].event", "must not contain");
  expect_fault(with("<areaDesc>积石山县北部</areaDesc>", ""), 48, "info[0].area[0].areaDesc", "missing");
  expect_fault(with("<mimeType>image/png</mimeType>", ""), 40, "info[0].resource[0].mimeType", "missing");
  expect_fault(with("35.80,103.00 ", "95.80,103.00 "), 50, "info[0].area[0].polygon[0]", "out of range");
  expect_fault(with("35.80,103.00 ", "nan,103.00 "), 50, "info[0].area[0].polygon[0]", "pair 2");
  expect_fault(with("35.80,103.00 35.65,103.00 35.65,102.70 ", "35.80,103.00 "), 50, "info[0].area[0].polygon[0]",
               "four pairs");
  expect_fault(with("35.72,102.87 12.5", "35.72,102.87 -1"), 51, "info[0].area[0].circle[0]", "negative");
  expect_fault(with("<altitude>6000", "<altitude>high"), 53, "info[0].area[0].altitude", "not a number");
  expect_fault(with("<expires>2026-11-22", "<expires>2026-13-22"), 31, "info[0].expires", "not a time");
  expect_fault(with("urn:oasis:names:tc:emergency:cap:1.2", "http://www.incident.com/cap/1.0"), 2, "alert", "neither");
  expect_fault("<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", 1, "alert", "not alert");
}

TEST(CapRead, DepartsFromTheStandardButIsClear) {
  const auto remark = [](const std::string& bytes, int line, const std::string& field) {
    const auto alert = read(bytes);
    ASSERT_EQ(alert.remarks.size(), 1u) << field;
    EXPECT_EQ(alert.remarks[0].line, line) << field;
    EXPECT_EQ(alert.remarks[0].field, field);
    EXPECT_FALSE(alert.remarks[0].zh.empty());
  };
  remark(with("<sent>2026-11-21T18:53:00+08:00", "<sent>2026-11-21T10:53:00Z"), 5, "sent");
  remark(with("<sent>2026-11-21T18:53:00+08:00", "<sent>2026-11-21T18:53:00.250+08:00"), 5, "sent");
  remark(with("cap:1.2", "cap:1.1"), 2, "alert");
  remark(with(" xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"", ""), 2, "alert");
  remark(with("<sender>62292741600000", "<sender>a b"), 4, "sender");
  remark(with("<references>62292741600000,62292700000-20261121160000,2026-11-21T16:00:00+08:00</references>", ""), 2,
         "references");
  remark(with("<restriction>防汛责任人</restriction>", ""), 2, "restriction");
  remark(with("<addresses>\"duty officer\" 622927100</addresses>\n", "<addresses/>\n<extra/>"), 12, "extra");
  remark(with("<scope>Restricted</scope>\n  <restriction>防汛责任人</restriction>\n  <addresses>\"duty officer\" "
              "622927100</addresses>",
              "<scope>Private</scope>"),
         2, "addresses");
  remark(with("<expires>2026-11-22T00", "<expires>2026-11-21T00"), 31, "info[0].expires");
  remark(with("<language>zh-CN", "<language>中文"), 18, "info[0].language");
  remark(with("<size>5120", "<size>5 KB"), 43, "info[0].resource[0].size");
  EXPECT_EQ(read(with("<sent>2026-11-21T18:53:00+08:00", "<sent>2026-11-21T10:53:00Z")).sent.at,
            read(kRainstorm).sent.at);
}

TEST(CapRead, PrefixesForeignElementsAndComments) {
  auto prefixed = kRainstorm;
  for (size_t at = 0; (at = prefixed.find('<', at)) != std::string::npos; ++at) {
    if (prefixed[at + 1] == '?' || prefixed[at + 1] == '!' || static_cast<unsigned char>(prefixed[at + 1]) > 127)
      continue;
    prefixed.insert(at + (prefixed[at + 1] == '/' ? 2 : 1), "cap:");
  }
  prefixed.replace(prefixed.find("xmlns="), 6, "xmlns:cap=");
  EXPECT_TRUE(same_message(read(prefixed), read(kRainstorm)));
  EXPECT_TRUE(same_message(
      read(with("<event>暴雨", "<x:event xmlns:x=\"urn:x\">z</x:event><event xmlns=\"urn:y\"/><event>暴<!-- - -->雨")),
      read(kRainstorm)));
  const auto signed_alert =
      read(with("</alert>", "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><event/></Signature></alert>"));
  ASSERT_EQ(signed_alert.remarks.size(), 1u);
  EXPECT_THAT(signed_alert.remarks[0].en, HasSubstr("not checked"));
}

TEST(CapEncoding, AllThatFeedsUse) {
  const auto expected = read(kRainstorm);
  const auto declared = [](const char* name) { return with("UTF-8", name); };
  EXPECT_TRUE(same_message(read("\xEF\xBB\xBF" + kRainstorm), expected));
  for (const char* name : {"GB18030", "GBK", "gb2312"})
    EXPECT_TRUE(same_message(read(encode(declared(name), "GB18030")), expected)) << name;
  EXPECT_TRUE(same_message(read("\xFF\xFE" + encode(declared("UTF-16"), "UTF-16LE")), expected));
  EXPECT_TRUE(same_message(read("\xFE\xFF" + encode(declared("UTF-16"), "UTF-16BE")), expected));
  EXPECT_TRUE(same_message(read(encode(declared("UTF-16"), "UTF-16LE")), expected));
  EXPECT_TRUE(same_message(read(with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "")), expected));

  auto latin = write_cap(expected);
  latin.replace(latin.find("UTF-8"), 5, "ISO-8859-1");
  std::erase_if(latin, [](char c) { return static_cast<unsigned char>(c) > 127; });
  latin.replace(latin.find("<event>"), 7, "<event>Temp\xEAte");
  latin.replace(latin.find("<areaDesc>"), 10, "<areaDesc>Gansu");
  latin.replace(latin.find("<resourceDesc>"), 14, "<resourceDesc>radar");
  const auto french = read(latin);
  ASSERT_EQ(french.infos.size(), 2u);
  EXPECT_EQ(french.infos[0].event, "Tempête");
}

TEST(CapEncoding, WrongOrUnknownIsSaidClearly) {
  expect_fault(encode(kRainstorm, "GB18030"), 8, "encoding", "look like GB18030");
  expect_fault(encode(with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""), "GB18030"), 8, "encoding",
               "look like GB18030");
  auto broken = with("UTF-8", "GB18030");
  broken.insert(broken.find("<sender>"), "\xFF\xFF");
  expect_fault(broken, 4, "encoding", "not GB18030");
  expect_fault(with("UTF-8", "KOI8-R"), 1, "encoding", "unknown encoding: koi8-r");
  expect_fault(with("UTF-8", "UTF-16"), 1, "encoding", "UTF-16 is declared");
  expect_fault(std::string("\xFF\xFE\0\0<", 5), 1, "encoding", "UTF-32");
  expect_fault("\xFF\xFE<", 1, "encoding", "not UTF-16LE");
  expect_fault("\xFF\xFE" + encode("<a>\n\n", "UTF-16LE") + std::string("\x00\xD8\x41\x00", 4), 3, "encoding",
               "not UTF-16LE");
  EXPECT_EQ(read("\xEF\xBB\xBF" + with("UTF-8", "GB2312")).remarks.size(), 1u);
}

TEST(CapHostile, DocumentTypesAndEntitiesAreRefused) {
  const std::string bomb = R"(<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&c;</identifier></alert>)";
  expect_fault(bomb, 2, "DOCTYPE", "not accepted");
  expect_fault("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><alert><note>&x;</note></alert>", 1, "DOCTYPE",
               "not accepted");
}

TEST(CapHostile, HugePolygonsAreRefusedQuickly) {
  std::string points;
  for (int i = 0; i < 1'000'000; ++i) points += "35.1,102.1 ";
  expect_fault(with("35.80,102.70 35.80", points + "35.80,102.70 35.80"), 50, "info[0].area[0].polygon[0]",
               "more than 200000");
}

TEST(CapHostile, SelfCrossingAndAntimeridianRingsAreReadAndRepaired) {
  const auto alert =
      read(with("35.80,102.70 35.80,103.00 35.65,103.00 35.65,102.70 35.80,102.70",
                "35,102 36,103 35,103 36,102 35,102</polygon><polygon>-10,170 -10,-170 10,-170 10,170 -10,170"));
  std::vector<Polygon> polygons;
  for (const auto& ring : alert.infos[0].areas[0].polygons) polygons.push_back({ring, {}});
  const auto area = normalise(polygons, alert.infos[0].areas[0].circles);
  ASSERT_TRUE(area) << area.error().describe();
  EXPECT_TRUE(contains(*area, {-175, 0}));
  EXPECT_TRUE(contains(*area, {102.1, 35.5}));
  EXPECT_FALSE(contains(*area, {102.5, 35.1}));
}

TEST(CapHostile, TruncatedAnywhereIsAFault) {
  const auto end = kRainstorm.rfind('>');
  for (size_t n = 0; n < end; ++n) EXPECT_FALSE(read_cap(std::string_view(kRainstorm).substr(0, n))) << n;
}

TEST(CapHostile, ControlCharactersAreFaults) {
  expect_fault(with("<note>升级", std::string("<note>a\0b", 9)), 14, "", "control character");
  expect_fault(with("<note>升级",
                    "<note>a\x01"
                    "b"),
               14, "", "control character");
  expect_fault(with("<note>升级", "<note>a&#1;b"), 14, "note", "XML does not allow");
  expect_fault(with("<note>升级", "<note>&#xD800;"), 14, "note", "XML does not allow");
}

TEST(CapHostile, DeepAndWideTrees) {
  std::string deep = "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">", close;
  for (int i = 0; i < 100'000; ++i) deep += "<a>", close += "</a>";
  expect_fault(deep + close + "</alert>", 1, "", "deeper than 64");
  EXPECT_FALSE(read_cap(deep));
  std::string wide = "<alert>";
  for (int i = 0; i < 1'100'000; ++i) wide += "<a/>";
  EXPECT_EQ(read_cap(wide + "</alert>").error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_cap(std::string(kCapBytesMax + 1, ' ')).error().code, ErrorCode::kTooLarge);
  std::string infos;
  for (int i = 0; i < 200; ++i) infos += "<info><category>Met</category></info>";
  const auto list = faults(with("</alert>", infos + "</alert>"));
  EXPECT_EQ(list.size(), kCapFaultsMax) << "the list is bounded";
  EXPECT_THAT(list.back().en, HasSubstr("not listed"));
}

TEST(CapValidate, OurOwnMessages) {
  CapAlert alert;
  auto fields = [&] {
    std::vector<std::string> out;
    for (const auto& d : validate_cap(alert)) out.push_back(d.field);
    return out;
  };
  EXPECT_THAT(fields(), testing::ElementsAre("identifier", "sender", "sent", "info"));
  alert = read(kRainstorm);
  alert.infos[0].expires = CapTime{kNever, 480};
  alert.infos[0].areas[0].polygons[0].pop_back();
  alert.infos[0].areas[0].altitude_ft = {};
  EXPECT_THAT(fields(),
              testing::ElementsAre("info[0].expires", "info[0].area[0].polygon[0]", "info[0].area[0].ceiling"));
}

// Files of real issuers, kept outside the repository.
class CapSamples : public testing::Test {
 protected:
  std::string bytes(const char* name) {
    std::ifstream file(std::string("../shared/data/warning/cap_samples/") + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void SetUp() override {
    if (!std::filesystem::exists("../shared/data/warning/cap_samples"))
      GTEST_SKIP() << "no real CAP files at ../shared/data/warning/cap_samples";
  }
};

TEST_F(CapSamples, RealFilesReadAndReadBack) {
  struct Expected {
    const char* name;
    CapVersion version;
    size_t infos, areas;
    std::vector<std::string> remarks;
  };
  const std::vector<Expected> all = {
      {"KAR0-0306112239-SW.cap", CapVersion::v1_1, 1, 1, {"2 alert"}},
      {"canada.cap", CapVersion::v1_2, 2, 4, {}},
      {"canada_signed.cap", CapVersion::v1_2, 2, 4, {"428 Signature", "428 Signature"}},
      {"earthquake.cap", CapVersion::v1_1, 1, 1, {"3 alert"}},
      {"earthquake_signed.cap", CapVersion::v1_1, 1, 1, {"1 alert", "76 Signature"}},
      {"wcatwc-warning.cap", CapVersion::v1_2, 1, 1, {}},
      {"weather.cap", CapVersion::v1_1, 1, 1, {"2 alert"}},
  };
  for (const auto& expected : all) {
    SCOPED_TRACE(expected.name);
    const auto alert = read(bytes(expected.name));
    EXPECT_EQ(alert.version, expected.version);
    EXPECT_EQ(alert.infos.size(), expected.infos);
    size_t areas = 0;
    for (const auto& info : alert.infos) areas += info.areas.size();
    EXPECT_EQ(areas, expected.areas);
    std::vector<std::string> remarks;
    for (const auto& r : alert.remarks) remarks.push_back(std::to_string(r.line) + " " + r.field);
    EXPECT_EQ(remarks, expected.remarks);
    EXPECT_TRUE(same_message(read(write_cap(alert)), alert));
    for (const auto& info : alert.infos)
      for (const auto& area : info.areas)
        for (const auto& ring : area.polygons) EXPECT_TRUE(normalise({{ring, {}}}));
  }
}

TEST_F(CapSamples, FaultyFilesAreListed) {
  std::vector<std::string> found;
  for (const auto& d : faults(bytes("invalid.cap"))) found.push_back(std::to_string(d.line) + " " + d.field);
  EXPECT_THAT(found, testing::ElementsAre("2 scope"));
  found.clear();
  for (const auto& d : faults(bytes("noaa_errors.cap"))) found.push_back(std::to_string(d.line) + " " + d.field);
  EXPECT_THAT(found, testing::ElementsAre("17 info[0].urgency", "18 info[0].severity", "19 info[0].certainty",
                                          "66 info[0].area[0].polygon[0]", "67 info[0].area[0].polygon[1]"));
}

}  // namespace
}  // namespace anlan
