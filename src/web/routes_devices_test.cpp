// Raw frames and pictures of a link through the API: what was sent, to whom it is shown, and what is covered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/frame_log.h"
#include "registry/place_files.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"

namespace anlan {
namespace {

using namespace std::string_view_literals;

class DeviceRoutes : public testing::Test {
 protected:
  DeviceRoutes() : t(options(), settings(), "sqlite", true) {}
  ApiOptions options() {
    frames = FrameLog::open({.folder = folder.folder() + "/frames"}).value();
    pictures = FrameLog::open({.folder = folder.folder() + "/pictures", .frame_bytes_max = size_t{2} << 20}).value();
    ApiOptions o;
    o.frames = frames.get();
    o.pictures = pictures.get();
    return o;
  }
  static NodeSettings settings() {
    NodeSettings s;
    s.place = PlaceCode(622927);
    return s;
  }
  void SetUp() override {
    add_all_routes(*t.api);
    t.start();
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n622921,临夏县\n", "code,name\n622927101,大河家镇\n622921101,韩集镇\n",
                                  "code,name\n622927101201,大河村\n622921101201,阳洼山村\n"}).value();
    const auto index = PlaceIndex::build(std::move(places), {}, t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("wang", {{"duty", PlaceCode(622927)}});
    t.add_account("elsewhere", {{"duty", PlaceCode(622921)}});
    token = t.node->site_tokens().token(t.add_account("gateway", {{"site", PlaceCode(622927)}}));
    wang = t.sign_in("wang");
    elsewhere = t.sign_in("elsewhere");
    river = link("0012345678/39");
    gauge = link("Z1");
  }
  int64_t link(const std::string& code) {
    RecordPatch r;
    r.name = "测站" + code;
    r.place = PlaceCode(622927101201);
    r.fields = {{"code", code}};
    const auto index = t.node->places().get();
    return parse_json(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), index->places(), "river_gauge", r); }).value().response).value().at("id").to_number<int64_t>();
  }
  json::array items(int64_t link, const std::string& what, const std::string& query = "") {
    const auto response = t.get("/links/" + std::to_string(link) + "/" + what + query, wang);
    EXPECT_EQ(response.status, 200) << response.body_text();
    const auto body = t.json_of(response);
    for (const auto& fault : contract.faults("GET", "/links/{id}/" + what, 200, json::value(body))) ADD_FAILURE() << fault;
    return body.at("items").as_array();
  }

  ScratchStore folder;
  std::unique_ptr<FrameLog> frames, pictures;
  ApiTestNode t;
  Contract contract;
  std::string wang, elsewhere, token;
  int64_t river = 0, gauge = 0;
};

TEST_F(DeviceRoutes, FramesOfALinkWithPasswordsCovered) {
  const UtcTime now = t.clock.now();
  const std::string_view element = "0012345678/39", device = "0012345678", other = "0099999999/39";
  const std::string frame = std::string("\x7E\x7E\x01\x00\x12\x34\x56\x78\x12\x34\x32\x00", 12);
  frames->add({FrameKind::sl651, now, "192.0.2.1", frame}, std::span(&element, 1));
  frames->add({FrameKind::sl651, now + seconds(1), "192.0.2.1", "\x7E\x7E alive"}, std::span(&device, 1));
  frames->add({FrameKind::sl651, now, "192.0.2.9", "other"}, std::span(&other, 1));
  frames->add({FrameKind::hj212, now - hours(30), "192.0.2.1", "##0100QN=1;PW=secret;MN=1\xFF"}, std::span(&element, 1));
  t.clock.ms += 5'000;
  auto found = items(river, "frames");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].at("text").as_string(), "7e7e010012345678****3200");
  EXPECT_EQ(found[1].at("format").as_string(), "hex");
  EXPECT_EQ(found[1].at("protocol").as_string(), "sl651");
  EXPECT_EQ(found[1].at("from").as_string(), "192.0.2.1");
  found = items(river, "frames", "?from=" + std::to_string((now - hours(48)).ms) + "&until=" + std::to_string((now - hours(1)).ms));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("format").as_string(), "hex") << "no UTF-8";
  EXPECT_EQ(items(river, "frames", "?limit=1").size(), 1u);
  EXPECT_EQ(t.get("/links/" + std::to_string(river) + "/frames?from=5&until=5", wang).status, 422);
  EXPECT_EQ(t.get("/links/" + std::to_string(river) + "/frames?limit=100000", wang).status, 422);
  EXPECT_EQ(t.get("/links/" + std::to_string(river) + "/frames", elsewhere).status, 403);
  EXPECT_EQ(t.get("/links/" + std::to_string(river) + "/frames").status, 401);
  EXPECT_EQ(t.get("/links/999999/frames", wang).status, 404);
}

TEST_F(DeviceRoutes, ABatchOverHttpIsKeptAndEachLinkSeesItsOwn) {
  const auto at = std::to_string(t.clock.now().ms);
  const auto sent = t.request("POST", "/api/v1/readings", {}, R"([["Z1",)" + at + R"(,1.5],["0012345678/39",)" + at + ",2.5]]", {{"Authorization", "Bearer " + token}});
  EXPECT_EQ(sent.status, 200) << sent.body_text();
  EXPECT_EQ(t.request("POST", "/api/v1/readings/line-protocol?precision=ms", {}, "0012345678 39=3.5 " + at, {{"Authorization", "Bearer " + token}}).status, 200);
  const auto z1 = items(gauge, "frames");
  ASSERT_EQ(z1.size(), 1u);
  EXPECT_EQ(z1[0].at("text").as_string(), "[\"Z1\"," + at + ",1.5]");
  EXPECT_EQ(z1[0].at("from").as_string(), "192.0.2.7");
  const auto of_river = items(river, "frames");
  ASSERT_EQ(of_river.size(), 2u);
  EXPECT_EQ(of_river[0].at("text").as_string(), "0012345678 39=3.5 " + at);
  EXPECT_EQ(of_river[0].at("format").as_string(), "text");
}

TEST_F(DeviceRoutes, PicturesOfItsStation) {
  const std::string_view device = "0012345678", other = "0099999999";
  const std::string jpeg = "\xFF\xD8\xFF" + std::string(4'000, 'j'), page = "<script>alert(1)</script>";
  pictures->add({FrameKind::sl651, t.clock.now(), "192.0.2.1", jpeg}, std::span(&device, 1));
  pictures->add({FrameKind::sl651, t.clock.now(), "192.0.2.1", page}, std::span(&device, 1));
  pictures->add({FrameKind::sl651, t.clock.now(), "192.0.2.1", jpeg}, std::span(&other, 1));
  const auto seen = items(river, "pictures");
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[1].at("size").to_number<size_t>(), jpeg.size());
  const auto path = [&](const json::value& picture) { return "/links/" + std::to_string(river) + "/pictures/" + std::to_string(picture.at("number").to_number<int64_t>()); };
  const auto shown = t.get(path(seen[1]), wang);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body_text(), jpeg);
  EXPECT_EQ(shown.headers.find("Content-Type"), "image/jpeg");
  EXPECT_EQ(shown.headers.find("X-Content-Type-Options"), "nosniff");
  const auto odd = t.get(path(seen[0]), wang);
  EXPECT_EQ(odd.headers.find("Content-Type"), "application/octet-stream");
  EXPECT_TRUE(odd.headers.find("Content-Disposition")->starts_with("attachment"));
  EXPECT_EQ(t.get("/links/" + std::to_string(river) + "/pictures/3", wang).status, 404) << "of another station";
  EXPECT_EQ(t.get("/links/" + std::to_string(river) + "/pictures/zero", wang).status, 404);
  EXPECT_EQ(t.get(path(seen[1]), elsewhere).status, 403);
  EXPECT_TRUE(items(gauge, "pictures").empty());
}

}  // namespace
}  // namespace anlan
