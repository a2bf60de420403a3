// `anlan evaluate`: what Anlan's rules and formulas do with recorded data of the real world, as tables.
// docs/evidence.md holds them; tests/evidence_test.cpp makes them anew. Nothing here touches a store.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace anlan {

struct EvidenceTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

struct Evidence {
  std::vector<EvidenceTable> tables;
  std::vector<std::string> remarks;
  std::map<std::string, double> counts;  // the figures that matter, by name
};

std::string as_markdown(const Evidence& evidence);
std::string as_json(const Evidence& evidence);

struct EvaluateCommand {
  std::vector<std::string> files;
  std::string pack = "packs/cn";
  std::string rules = "packs/examples/biliuhe.yaml";
  bool tune = false;       // also search the rules anew, on the years before 2017 alone
  std::string boundaries;  // GeoJSON of provinces; "": beside the data (../../admin)
  std::string places;      // CSV with code, name, longitude, latitude in GCJ-02; "": likewise
  bool json = false;
};

// Each reads its files whole, at most kEvidenceBytesMax each, plain or gzip. kNotFound for an absent file, kInvalidFile
// for one that is not what it should be.
inline constexpr size_t kEvidenceBytesMax = size_t{256} << 20;
Result<Evidence> evaluate_biliuhe(const EvaluateCommand& command);
Result<Evidence> evaluate_fires(const EvaluateCommand& command);
Result<Evidence> evaluate_typhoon(const EvaluateCommand& command);
Result<Evidence> evaluate_fire_weather(const EvaluateCommand& command);

// Plain or gzip.
Result<std::string> read_evidence(const std::string& file);
// The file itself, or the one of that name in the folder.
std::string file_in(const std::string& file_or_folder, const std::string& name);
// Fields of a line without quotes.
std::vector<std::string_view> fields_of(std::string_view line, char separator = ',');
// The next line without its end; false when there is none.
bool next_line(std::string_view& text, std::string_view& line);

}  // namespace anlan
