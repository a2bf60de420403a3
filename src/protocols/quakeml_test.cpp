// QuakeML of four agencies, and documents that are none.
#include "protocols/quakeml.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace anlan {
namespace {

using testing::HasSubstr;

const std::string kFolder = "../shared/data/quake/format_samples/";

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string document(const std::string& events) {
  return R"(<?xml version="1.0"?><q:quakeml xmlns:q="http://quakeml.org/xmlns/quakeml/1.2" xmlns="http://quakeml.org/xmlns/bed/1.2"><eventParameters publicID="smi:x/1">)" + events +
         "</eventParameters></q:quakeml>";
}
std::string origin(const std::string& id, const std::string& lon = "102.79", const std::string& extra = {}, const std::string& depth = "10000") {
  return "<origin publicID=\"" + id + "\"><time><value>2023-12-18T15:59:30.5</value><uncertainty>0.4</uncertainty></time><longitude><value>" + lon +
         "</value></longitude><latitude><value>35.70</value></latitude><depth><value>" + depth + "</value><uncertainty>1800</uncertainty></depth>" + extra + "</origin>";
}
std::string magnitude(const std::string& id, const std::string& value, const std::string& type) {
  return "<magnitude publicID=\"" + id + "\"><mag><value>" + value + "</value><uncertainty>0.1</uncertainty></mag><type>" + type + "</type></magnitude>";
}

TEST(QuakeMl, takes_what_is_preferred) {
  const auto read = read_quakeml(document("<event publicID=\"smi:x/e1\">" + origin("o1", "100") + origin("o2") + magnitude("m1", "5.9", "Mw") + magnitude("m2", "6.2", "Ms") +
                                          "<preferredOriginID> o2 </preferredOriginID><preferredMagnitudeID>m2</preferredMagnitudeID><type>earthquake</type>"
                                          "<description><text>甘肃积石山</text><type>earthquake name</type></description>"
                                          "<creationInfo><agencyID>CENC</agencyID><creationTime>2023-12-18T16:10:00Z</creationTime></creationInfo></event>"));
  ASSERT_TRUE(read.ok()) << read.error().describe();
  ASSERT_EQ(read->events.size(), 1u);
  const auto& e = read->events[0];
  EXPECT_EQ(e.id, "smi:x/e1");
  EXPECT_EQ(e.epicentre, (LonLat{102.79, 35.70}));
  EXPECT_EQ(e.magnitude, 6.2);
  EXPECT_EQ(e.magnitude_type, "Ms");
  EXPECT_EQ(e.magnitude_sigma, 0.1);
  EXPECT_EQ(e.depth_km, 10);
  EXPECT_EQ(e.depth_sigma_km, 1.8);
  EXPECT_EQ(e.origin_sigma_s, 0.4);
  EXPECT_EQ(e.origin, *parse_iso8601("2023-12-18T15:59:30.5Z"));
  EXPECT_EQ(e.updated, *parse_iso8601("2023-12-18T16:10:00Z"));
  EXPECT_EQ(e.place, "甘肃积石山");
  EXPECT_EQ(e.source, "CENC");
  EXPECT_EQ(e.status, CatalogueStatus::automatic);
}

TEST(QuakeMl, status_and_deletion) {
  const auto status = [](const std::string& type, const std::string& of_origin) {
    const auto read = read_quakeml(document("<event publicID=\"e\">" + origin("o", "1", of_origin) + "<type>" + type + "</type></event>"));
    return read.value().events.at(0).status;
  };
  EXPECT_EQ(status("earthquake", "<evaluationMode>manual</evaluationMode>"), CatalogueStatus::reviewed);
  EXPECT_EQ(status("earthquake", "<evaluationMode>automatic</evaluationMode><evaluationStatus>preliminary</evaluationStatus>"), CatalogueStatus::automatic);
  EXPECT_EQ(status("earthquake", "<evaluationStatus>rejected</evaluationStatus>"), CatalogueStatus::deleted);
  EXPECT_EQ(status("not existing", ""), CatalogueStatus::deleted);
}

TEST(QuakeMl, wrong_events_are_faults) {
  const auto read = read_quakeml(document("<event publicID=\"a\"/><event>" + origin("o") + "</event><event publicID=\"c\">" + origin("o", "nan") + "</event><event publicID=\"d\">" +
                                          origin("o", "1", "", "9000000") + "</event><event publicID=\"e\">" + origin("o") + magnitude("m", "12", "Ms") + "</event><event publicID=\"f\">" + origin("o") + "</event>"));
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->events.size(), 1u);
  EXPECT_EQ(read->events[0].id, "f");
  ASSERT_EQ(read->faults.size(), 5u);
  EXPECT_THAT(read->faults[0].why, HasSubstr("no origin"));
  EXPECT_THAT(read->faults[1].why, HasSubstr("no id"));
  EXPECT_THAT(read->faults[2].why, HasSubstr("position"));
  EXPECT_THAT(read->faults[3].why, HasSubstr("depth"));
  EXPECT_THAT(read->faults[4].why, HasSubstr("magnitude"));
}

TEST(QuakeMl, what_is_none) {
  for (const std::string bad : {"", "{}", "<html/>", "<quakeml>", "<q:quakeml><a></q:quakeml>"}) EXPECT_FALSE(read_quakeml(bad).ok()) << bad;
  EXPECT_EQ(read_quakeml("<quakeml/>")->events.size(), 0u);
  // Neither expanded nor fetched.
  const auto read = read_quakeml("<!DOCTYPE q [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + document("<event publicID=\"x\">" + origin("o") + "<description><text>&a;</text></description></event>").substr(21));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->events.at(0).place, "&a;");
}

class QuakeMlSamples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no " << kFolder;
  }
  Catalogue read(const std::string& name) {
    auto out = read_quakeml(bytes_of(kFolder + name));
    if (!out) ADD_FAILURE() << out.error().describe();
    return out ? *out : Catalogue{};
  }
};

TEST_F(QuakeMlSamples, geonet) {
  const auto c = read("qml-example-1.2-RC3.xml");
  ASSERT_EQ(c.events.size(), 1u);
  const auto& e = c.events[0];
  EXPECT_EQ(e.id, "smi:nz.org.geonet/event/2806038g");
  EXPECT_EQ(e.epicentre, (LonLat{176.00703, -38.28462}));
  EXPECT_NEAR(*e.depth_km, 0.1555297, 1e-9);  // as written; the document means kilometres and says metres
  EXPECT_EQ(e.magnitude, 3.662);
  EXPECT_EQ(e.magnitude_sigma, 0.217);
  EXPECT_EQ(e.stations, 19);
  EXPECT_EQ(e.azimuthal_gap_deg, 203);
  EXPECT_NEAR(*e.horizontal_sigma_km, 0.02711 * 111.195, 1e-6);
  EXPECT_EQ(e.status, CatalogueStatus::reviewed);
}

TEST_F(QuakeMlSamples, usgs) {
  const auto c = read("usgs_event.xml");
  ASSERT_EQ(c.events.size(), 2u);
  EXPECT_EQ(c.events[0].id, "ci37285320");
  EXPECT_EQ(c.events[0].kind, "quarry blast");
  EXPECT_EQ(c.events[0].source, "CI");
  EXPECT_EQ(c.events[0].horizontal_sigma_km, 0.5);
  EXPECT_EQ(c.events[0].updated, *parse_iso8601("2014-11-06T22:02:47.340Z"));
  EXPECT_EQ(c.events[1].id, "uw60916552");
}

TEST_F(QuakeMlSamples, emsc_of_version_1_0) {
  const auto c = read("neries_events.xml");
  EXPECT_EQ(c.refused, 0u);
  ASSERT_GE(c.events.size(), 2u);
  const auto& e = c.events[0];
  EXPECT_EQ(e.id, "quakeml:eu.emsc/event/20120404_0000041");
  EXPECT_EQ(e.place, "KYRGYZSTAN");
  EXPECT_EQ(e.kind, "");
  EXPECT_EQ(e.depth_km, 1);
  EXPECT_FALSE(e.depth_sigma_km || e.origin_sigma_s || e.horizontal_sigma_km || e.magnitude_sigma);  // zeros
  EXPECT_EQ(e.source, "EMSC");
}

}  // namespace
}  // namespace anlan
