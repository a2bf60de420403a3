// Catalogues poll by poll: what is new, what has changed, what is gone; a source that fails is tried ever more rarely.
#include "gateway/catalogue_poller.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace anlan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LaidFetcher final : public Fetcher {
 public:
  Result<FetchedDocument> get(const std::string& url, const std::string& etag, size_t max_bytes, Millis) override {
    asked.push_back(url);
    if (fault) return *fault;
    EXPECT_EQ(max_bytes, kCatalogueBytesMax);
    if (!answer.etag.empty() && etag == answer.etag) return FetchedDocument{304, "", etag};
    return answer;
  }
  FetchedDocument answer{200, "", ""};
  std::optional<Error> fault;
  std::vector<std::string> asked;
};

std::string feature(const std::string& id, double magnitude, int64_t updated, const std::string& status = "automatic", const std::string& ids = "") {
  return R"({"type":"Feature","id":")" + id + R"(","properties":{"mag":)" + std::to_string(magnitude) + R"(,"time":1702915170000,"updated":)" + std::to_string(updated) + R"(,"status":")" + status +
         R"(","ids":")" + ids + R"("},"geometry":{"type":"Point","coordinates":[102.79,35.70,10]}})";
}
std::string feed(const std::string& features) { return R"({"type":"FeatureCollection","features":[)" + features + "]}"; }

struct Rig {
  explicit Rig(const std::string& url = "https://user:secret@example.org/feed?key=secret", Millis every = minutes(1))
      : poller(fetcher, {{url, every}},
               [this](const CatalogueEvent& e, CatalogueNews news, const CatalogueSource&) {
                 told.push_back((news == CatalogueNews::fresh ? "fresh " : news == CatalogueNews::changed ? "changed " : "deleted ") + e.id);
               },
               [this](std::string_view line) { log.emplace_back(line); }) {}
  std::vector<std::string> poll(Millis after = minutes(1)) {
    now = now + after;
    told.clear();
    poller.poll(now);
    return told;
  }
  CatalogueSourceState state() const { return poller.states().at(0); }

  LaidFetcher fetcher;
  std::vector<std::string> told, log;
  CataloguePoller poller;
  UtcTime now{1'702'915'200'000};
};

TEST(CataloguePoller, tells_what_is_new_and_what_has_changed) {
  Rig t;
  t.fetcher.answer.body = feed(feature("b", 5.9, 2'000) + "," + feature("a", 4, 1'000));
  EXPECT_THAT(t.poll(), ElementsAre("fresh a", "fresh b"));  // the older news first
  EXPECT_THAT(t.poll(), IsEmpty());
  t.fetcher.answer.body = feed(feature("b", 6.2, 3'000) + "," + feature("a", 4, 5'000) + "," + feature("c", 3, 100));
  EXPECT_THAT(t.poll(), ElementsAre("fresh c", "changed b"));  // a says nothing new
  t.fetcher.answer.body = feed(feature("b", 5.9, 2'000));
  EXPECT_THAT(t.poll(), IsEmpty());  // an older revision, from another mirror
  t.fetcher.answer.body = feed(feature("b", 6.2, 3'000, "reviewed"));
  EXPECT_THAT(t.poll(), ElementsAre("changed b"));
  t.fetcher.answer.body = feed(feature("b", 6.2, 4'000, "deleted"));
  EXPECT_THAT(t.poll(), ElementsAre("deleted b"));
  EXPECT_THAT(t.poll(), IsEmpty());
  const auto s = t.state();
  EXPECT_EQ(s.fresh, 3u);
  EXPECT_EQ(s.changed, 2u);
  EXPECT_EQ(s.deleted, 1u);
  EXPECT_EQ(s.last_success, t.now);
  EXPECT_EQ(s.fault, "");
  EXPECT_EQ(s.name, "example.org");
}

TEST(CataloguePoller, an_event_under_another_id_is_not_new) {
  Rig t;
  t.fetcher.answer.body = feed(feature("at1", 6, 1'000));
  EXPECT_THAT(t.poll(), ElementsAre("fresh at1"));
  t.fetcher.answer.body = feed(feature("us7", 5.9, 2'000, "reviewed", ",at1,us7,"));
  EXPECT_THAT(t.poll(), ElementsAre("changed us7"));
}

TEST(CataloguePoller, an_unchanged_document_is_not_read_again) {
  Rig t;
  t.fetcher.answer = {200, feed(feature("a", 4, 1'000)), "\"1\""};
  EXPECT_THAT(t.poll(), ElementsAre("fresh a"));
  t.fetcher.answer.body = "rubbish behind the same ETag";
  EXPECT_THAT(t.poll(), IsEmpty());
  EXPECT_EQ(t.state().fault, "");
  EXPECT_EQ(t.state().last_success, t.now);
}

TEST(CataloguePoller, a_source_that_fails_is_tried_ever_more_rarely_and_shown) {
  Rig t;
  t.fetcher.answer = {503, "", ""};
  t.poll();
  EXPECT_THAT(t.state().fault, HasSubstr("HTTP 503"));
  EXPECT_EQ(t.state().last_success, UtcTime{});
  for (int i = 0; i < 60; ++i) t.poll();
  // After 1, 2, 4, 8 minutes, then every 10.
  EXPECT_EQ(t.fetcher.asked.size(), 1 + 4 + 4u);
  EXPECT_EQ(t.log.size(), 1u);
  t.fetcher.fault = Error(ErrorCode::kUnavailable, {{"what", "https://user:secret@example.org/feed?key=secret"}});
  for (int i = 0; i < 10; ++i) t.poll();
  EXPECT_THAT(t.state().fault, Not(HasSubstr("secret")));
  EXPECT_EQ(t.log.size(), 2u);
  t.fetcher.fault.reset();
  t.fetcher.answer = {200, feed(feature("a", 4, 1'000)), ""};
  for (int i = 0; i < 10; ++i) t.poll();
  EXPECT_EQ(t.state().fault, "");
  EXPECT_EQ(t.state().failures, 0);
  EXPECT_THAT(t.log.back(), HasSubstr("again"));
}

TEST(CataloguePoller, documents_that_are_none) {
  for (const auto* bad : {"", "sorry", "<html><body>Login</body></html>", "{}", "{\"type\":\"FeatureCollection\"", "\xEF\xBB\xBF"}) {
    Rig t;
    t.fetcher.answer.body = bad;
    EXPECT_THAT(t.poll(), IsEmpty());
    EXPECT_NE(t.state().fault, "") << bad;
  }
  Rig t;
  t.fetcher.answer = {204, "", ""};
  t.poll();
  EXPECT_EQ(t.state().fault, "");
  t.fetcher.answer = {200, feed(feature("m12", 12, 1'000) + "," + feature("a", 4, 1'000)), ""};
  EXPECT_THAT(t.poll(), ElementsAre("fresh a"));
  EXPECT_EQ(t.state().refused, 1u);
  EXPECT_EQ(t.state().listed, 2u);
  EXPECT_THAT(t.state().remark, HasSubstr("m12"));
}

TEST(CataloguePoller, a_service_that_wants_a_beginning_and_a_clock_that_goes_back) {
  Rig t("https://example.org/fdsnws/event/1/query?starttime={since}&format=xml", minutes(5));
  t.poll();
  EXPECT_EQ(t.fetcher.asked.back(), "https://example.org/fdsnws/event/1/query?starttime=2023-12-17T16:01:00&format=xml");
  t.poll(minutes(1));
  EXPECT_EQ(t.fetcher.asked.size(), 1u);
  t.poll(hours(-5));  // otherwise nothing would be polled for five hours
  EXPECT_EQ(t.fetcher.asked.size(), 2u);
}

TEST(CataloguePoller, quakeml_and_a_week_of_the_world) {
  const std::string folder = "../shared/data/quake/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  const auto bytes_of = [&](const std::string& name) {
    std::ifstream in(folder + name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  };
  Rig t;
  t.fetcher.answer.body = bytes_of("format_samples/usgs_event.xml");
  EXPECT_THAT(t.poll(), ElementsAre("fresh ci37285320", "fresh uw60916552"));
  t.fetcher.answer.body = bytes_of("catalog/eq_data_1_day_m1.geojson");
  EXPECT_EQ(t.poll().size(), 160u);
  EXPECT_THAT(t.poll(), IsEmpty());
}

}  // namespace
}  // namespace anlan
