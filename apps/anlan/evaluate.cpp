#include "anlan/evaluate.h"

#include <fmt/format.h>
#include <zlib.h>

#include <filesystem>

#include "base/json.h"

namespace anlan {

std::string as_markdown(const Evidence& evidence) {
  std::string out;
  const auto row = [&](const std::vector<std::string>& cells) {
    out += '|';
    for (const auto& cell : cells) out += " " + cell + " |";
    out += '\n';
  };
  for (const auto& table : evidence.tables) {
    out += "### " + table.title + "\n\n";
    row(table.columns);
    row(std::vector<std::string>(table.columns.size(), "---"));
    for (const auto& cells : table.rows) row(cells);
    out += '\n';
  }
  for (const auto& remark : evidence.remarks) out += remark + "\n\n";
  return out;
}

std::string as_json(const Evidence& evidence) {
  json::array tables;
  for (const auto& table : evidence.tables) tables.push_back({{"title", table.title}, {"columns", json::value_from(table.columns)}, {"rows", json::value_from(table.rows)}});
  return json::serialize(json::object{{"tables", tables}, {"remarks", json::value_from(evidence.remarks)}, {"counts", json::value_from(evidence.counts)}}) + "\n";
}

Result<std::string> read_evidence(const std::string& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  if (!in) return Error(ErrorCode::kNotFound, {{"what", file}});
  std::string text;
  std::vector<char> piece(1 << 20);
  int n = 0;
  while ((n = gzread(in, piece.data(), static_cast<unsigned>(piece.size()))) > 0 && text.size() <= kEvidenceBytesMax) text.append(piece.data(), static_cast<size_t>(n));
  gzclose(in);
  if (n < 0) return Error(ErrorCode::kInvalidFile, {{"why", file + ": gzip"}});
  if (text.size() > kEvidenceBytesMax) return Error(ErrorCode::kTooLarge, {{"what", file}, {"limit", "256 MB"}});
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

std::string file_in(const std::string& file_or_folder, const std::string& name) {
  std::error_code absent;
  return std::filesystem::is_directory(file_or_folder, absent) ? file_or_folder + "/" + name : file_or_folder;
}

std::vector<std::string_view> fields_of(std::string_view line, char separator) {
  std::vector<std::string_view> out;
  for (size_t comma; (comma = line.find(separator)) != std::string_view::npos; line.remove_prefix(comma + 1)) out.push_back(line.substr(0, comma));
  out.push_back(line);
  return out;
}

bool next_line(std::string_view& text, std::string_view& line) {
  if (text.empty()) return false;
  const size_t end = text.find('\n');
  line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

}  // namespace anlan
