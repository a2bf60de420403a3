#include "gateway/csv_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "documents/encoding.h"

namespace anlan {
namespace {

void cut(std::string_view line, std::vector<std::string_view>& out) {
  out.clear();
  for (bool more = true; more;) {
    const size_t comma = line.find(',');
    more = comma != std::string_view::npos;
    auto field = line.substr(0, comma);
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    out.push_back(field);
    if (more) line.remove_prefix(comma + 1);
  }
}

std::optional<UtcTime> time_of(std::string_view text) {
  int64_t ms = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (code == std::errc() && end == text.data() + text.size()) return UtcTime{ms};
  return parse_iso8601(text);
}

void add_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

Result<CsvReplay> CsvReplay::open(std::istream& in, Options options, UtcTime start) {
  if (!(options.speed >= 0 && options.speed <= 1e6) || (options.speed == 0 && !options.as_is)) return Error(ErrorCode::kInvalidField, {{"field", "speed"}, {"why", "大于 0、不超过 1000000 / above 0, at most 1,000,000"}});
  CsvReplay replay(in, options, start);
  replay.code_ = replay.at_ = replay.value_ = SIZE_MAX;
  if (replay.read_line()) {
    if (replay.line_.starts_with("\xEF\xBB\xBF")) replay.line_.erase(0, 3);
    cut(replay.line_, replay.fields_);
    replay.columns_ = replay.fields_.size();
    for (size_t i = 0; i < replay.columns_; ++i) {
      if (replay.fields_[i] == "code" || replay.fields_[i] == "link") replay.code_ = i;
      if (replay.fields_[i] == "at") replay.at_ = i;
      if (replay.fields_[i] == "value") replay.value_ = i;
    }
  }
  if (replay.code_ == SIZE_MAX || replay.at_ == SIZE_MAX || replay.value_ == SIZE_MAX)
    return Error(ErrorCode::kInvalidFile, {{"why", "第一行应有 code、at、value / the first line must name code, at and value"}});
  replay.read_row();
  return replay;
}

bool CsvReplay::read_line() {
  line_.clear();
  too_long_ = false;
  char piece[512];
  while (true) {
    in_->getline(piece, sizeof piece);
    const auto n = static_cast<size_t>(in_->gcount());
    if (n == 0 && !*in_) return !line_.empty();
    const bool whole = in_->good() || in_->eof();
    // gcount counts the end of line that getline takes away.
    line_.append(piece, in_->good() ? n - 1 : n);
    if (line_.size() > kLineMax) too_long_ = true, line_.resize(kLineMax);
    if (whole) break;
    in_->clear();
  }
  ++lines_;
  if (line_.ends_with('\r')) line_.pop_back();
  return true;
}

const char* CsvReplay::parse(Row& row) {
  if (too_long_) return "该行过长 / the line is too long";
  cut(line_, fields_);
  if (fields_.size() < columns_) return "列数不足 / fewer fields than columns";
  const auto code = fields_[code_], value = fields_[value_];
  if (code.empty() || code.size() > 200 || !is_utf8(code)) return "code";
  for (const char c : code)
    if (static_cast<unsigned char>(c) < 0x20) return "code";
  const auto at = time_of(fields_[at_]);
  if (!at) return "at";
  double number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (fault != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) return "value";
  row.code = code;
  row.value = fmt::format("{}", number);
  row.at = *at;
  return nullptr;
}

void CsvReplay::read_row() {
  while (read_line()) {
    if (line_.empty()) continue;
    Row row;
    if (const char* why = parse(row)) {
      if (unreadable_++ == 0) first_fault_ = fmt::format("{}: {}", lines_, why);
      continue;
    }
    if (!first_) first_ = row.at;
    const auto since = static_cast<double>((row.at - *first_).count);
    const Millis passed{options_.speed == 0 ? 0 : std::llround(std::clamp(since / options_.speed, -1e15, 1e15))};
    row.due = row_ ? std::max(row_->due, start_ + passed) : start_ + std::max(passed, Millis{0});
    row.stamp = options_.as_is ? row.at : start_ + passed;
    row_ = std::move(row);
    return;
  }
  row_.reset();
}

std::optional<CsvReplay::Batch> CsvReplay::due(UtcTime now) {
  if (!row_ || row_->due > now) return std::nullopt;
  Batch batch{"{\"readings\":[", 0};
  while (row_ && row_->due <= now && batch.rows < kBatchMax) {
    batch.body += batch.rows++ ? ",{\"link\":" : "{\"link\":";
    add_quoted(batch.body, row_->code);
    batch.body += ",\"at\":\"" + to_iso8601(row_->stamp) + "\",\"value\":" + row_->value + "}";
    recorded_ = row_->at;
    read_row();
  }
  batch.body += "]}";
  return batch;
}

}  // namespace anlan
