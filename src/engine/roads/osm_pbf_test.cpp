#include "roads/osm_pbf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "roads/osm_fixture.h"
#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

using fixture::OsmWriter;
using ::testing::HasSubstr;

std::string fault(const std::string& bytes,
                  const OsmVisitor& visitor = {[](const OsmNode&) {}, [](const OsmWay&) {}, [](const OsmRelation&) {}}) {
  const auto result = read_osm_pbf(read_memory(bytes), visitor);
  return result ? "" : result.error().describe();
}

TEST(OsmPbf, HandsOverEveryElement) {
  OsmWriter writer;
  writer.node(17, 104.0668, 30.5728, {{"barrier", "gate"}, {"name", "成都"}});
  writer.node(-3, -179.9999999, -89.5);
  writer.plain_node(99, 180, 90, {{"barrier", "bollard"}});
  writer.way(5, {17, -3, 99}, {{"highway", "primary"}});
  writer.relation(8, {{OsmKind::kWay, 5, "from"}, {OsmKind::kNode, 17, "via"}, {OsmKind::kRelation, -1, ""}}, {{"type", "restriction"}});
  for (const bool packed : {false, true}) {
    std::vector<std::string> seen;
    const OsmVisitor visitor{
        [&](const OsmNode& n) {
          seen.push_back("n" + std::to_string(n.id) + "/" + std::to_string(n.tags.list.size()) + std::string(n.tags["barrier"]));
          if (n.id != 17) return;
          EXPECT_NEAR(n.at.lon, 104.0668, 1e-9);
          EXPECT_NEAR(n.at.lat, 30.5728, 1e-9);
          EXPECT_EQ(n.tags["name"], "成都");
        },
        [&](const OsmWay& w) {
          EXPECT_EQ(std::vector(w.nodes.begin(), w.nodes.end()), (std::vector<int64_t>{17, -3, 99}));
          EXPECT_EQ(w.tags["highway"], "primary");
          seen.push_back("w" + std::to_string(w.id));
        },
        [&](const OsmRelation& r) {
          ASSERT_EQ(r.members.size(), 3u);
          EXPECT_EQ(r.members[1].id, 17);
          EXPECT_EQ(r.members[1].role, "via");
          EXPECT_EQ(r.members[2].kind, OsmKind::kRelation);
          seen.push_back("r" + std::to_string(r.id));
        }};
    const auto file = read_osm_pbf(read_memory(writer.file(packed)), visitor);
    ASSERT_TRUE(file) << file.error().describe();
    EXPECT_EQ(seen, (std::vector<std::string>{"n17/2gate", "n-3/0", "n99/1bollard", "w5", "r8"}));
    EXPECT_EQ(file->nodes, 3u);
    EXPECT_EQ(file->blobs, 2u);
    EXPECT_EQ(file->written_by, "a test");
    EXPECT_EQ(file->bytes, writer.file(packed).size());
  }
  const auto counted = read_osm_pbf(read_memory(writer.file()), {});
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->nodes, 3u);
  EXPECT_EQ(counted->ways, 1u);
}

TEST(OsmPbf, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(fault(""), HasSubstr("empty"));
  EXPECT_THAT(fault("<?xml version='1.0'?><osm>"), HasSubstr("not an OpenStreetMap PBF file"));
  EXPECT_THAT(fault(OsmWriter::header({"OsmSchema-V0.6", "HistoricalInformation"})), HasSubstr("HistoricalInformation"));
  const std::string header = OsmWriter::header({});
  EXPECT_EQ(fault(header), "");
  EXPECT_EQ(fault(header + OsmWriter::blob("Unknown", "abc", false)), "") << "blobs of other types are passed over";
  EXPECT_THAT(fault(OsmWriter::blob("OSMData", "", false)), HasSubstr("does not begin with a header"));
  EXPECT_THAT(fault(header + OsmWriter::framed("OSMData", 33 << 20)), HasSubstr("32 MiB"));
  EXPECT_THAT(fault(header + OsmWriter::framed("OSMData", 32 << 20)), HasSubstr("ends in the middle"));
  EXPECT_THAT(fault(header + std::string("\x00\x10\x00\x00", 4)), HasSubstr("64 KiB"));
  EXPECT_THAT(fault(header + "\x01"), HasSubstr("blob 1"));

  const auto body = [&](auto write) {
    std::string bytes;
    protozero::pbf_writer out(bytes);
    write(out);
    return header + OsmWriter::framed("OSMData", static_cast<int32_t>(bytes.size())) + bytes;
  };
  EXPECT_THAT(fault(body([](auto& out) { out.add_int32(2, 100), out.add_bytes(3, "not zlib"); })), HasSubstr("cannot be unpacked"));
  EXPECT_THAT(fault(body([](auto& out) { out.add_int32(2, -5), out.add_bytes(3, "x"); })), HasSubstr("unpacked size"));
  EXPECT_THAT(fault(body([](auto& out) { out.add_bytes(7, "x"); })), HasSubstr("Zstandard"));
  EXPECT_THAT(fault(body([](auto& out) { out.add_int32(2, 1); })), HasSubstr("blob 1"));

  const auto group = [&](auto write, int granularity = 100) {
    std::string bytes;
    protozero::pbf_writer out(bytes);
    {
      protozero::pbf_writer table(out, 1);
      table.add_bytes(1, "");
      table.add_bytes(1, "k");
    }
    {
      protozero::pbf_writer g(out, 2);
      write(g);
    }
    out.add_int32(17, granularity);
    return header + OsmWriter::blob("OSMData", bytes, true);
  };
  const std::vector<uint32_t> good = {1}, bad = {2};
  const auto way = [&](const auto& keys, const auto& values) {
    return group([&](auto& g) {
      protozero::pbf_writer w(g, 3);
      w.add_packed_uint32(2, keys.begin(), keys.end());
      w.add_packed_uint32(3, values.begin(), values.end());
    });
  };
  EXPECT_EQ(fault(way(good, good)), "");
  EXPECT_THAT(fault(way(bad, good)), HasSubstr("text index"));
  EXPECT_THAT(fault(way(good, std::vector<uint32_t>{})), HasSubstr("differ in length"));
  EXPECT_THAT(fault(way(good, std::vector<uint32_t>{1, 1})), HasSubstr("more values"));
  const auto dense = [&](std::vector<int64_t> ids, std::vector<int64_t> lats, int granularity = 100) {
    return group(
        [&](auto& g) {
          protozero::pbf_writer d(g, 2);
          d.add_packed_sint64(1, ids.begin(), ids.end());
          d.add_packed_sint64(8, lats.begin(), lats.end());
          d.add_packed_sint64(9, lats.begin(), lats.end());
        },
        granularity);
  };
  EXPECT_EQ(fault(dense({1, 1}, {5, 5})), "");
  EXPECT_THAT(fault(dense({1, 1}, {5})), HasSubstr("differ in length"));
  EXPECT_THAT(fault(dense({1}, {1'000'000'000})), HasSubstr("globe"));
  EXPECT_THAT(fault(dense({1}, {INT64_MIN})), HasSubstr("globe"));
  EXPECT_THAT(fault(dense({1}, {5}, 0)), HasSubstr("granularity"));
}

// Every prefix, and thousands of files with bytes changed: an answer or an error.
TEST(OsmPbf, SurvivesDamage) {
  OsmWriter writer;
  for (int i = 0; i < 20; ++i) writer.node(i, 100 + i * 0.01, 30, {{"barrier", "gate"}});
  writer.way(1, {1, 2, 3}, {{"highway", "primary"}});
  writer.turn(2, "no_left_turn", 1, 2, 1);
  const std::string whole = writer.file(false);
  for (size_t n = 0; n < whole.size(); ++n) {
    // A file may end after a whole blob.
    const bool whole_blob = n == OsmWriter::header({"OsmSchema-V0.6", "DenseNodes"}).size();
    EXPECT_EQ(fault(whole.substr(0, n)).empty(), whole_blob) << n;
  }
  fixture::Dice dice(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (uint32_t k = 0, changes = 1 + dice.below(4); k < changes; ++k)
      bytes[dice.below(static_cast<uint32_t>(bytes.size()))] = static_cast<char>(dice.next());
    (void)fault(bytes);
  }
}

}  // namespace
}  // namespace anlan::roads
