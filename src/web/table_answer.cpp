#include "web/table_answer.h"

#include <algorithm>

#include "documents/csv.h"
#include "documents/xlsx_write.h"
#include "registry/people_columns.h"
#include "registry/phone_number.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kFileNameBytesMax = 200;

// Masks every run of digits that is long enough to be a telephone number.
void mask_numbers(std::string& cell) {
  const auto digit = [&](size_t i) { return i < cell.size() && cell[i] >= '0' && cell[i] <= '9'; };
  for (size_t i = 0; i < cell.size();) {
    size_t end = i;
    while (digit(end)) ++end;
    if (end - i >= 8) cell.replace(i, end - i, mask_phone(std::string_view(cell).substr(i, end - i)));
    i = std::max(end, i + 1);
  }
}

}  // namespace

void answer_import(const CallPtr& call, const ImportReport& report) {
  auto errors = report.errors;
  if (report.left_out > 0) {
    const std::string n = std::to_string(report.left_out);
    errors.push_back({0, "", "另有 " + n + " 处错误未列出", n + " more faults are not listed"});
  }
  call->ok(json::object{{"dry_run", report.dry_run},
                        {"rows", report.rows},
                        {"created", report.created},
                        {"changed", report.changed},
                        {"unchanged", report.unchanged},
                        {"errors", faults_json(errors, call->language)},
                        {"remarks", faults_json(report.remarks, call->language)}});
}

void answer_import_fault(const CallPtr& call, const Error& error, int64_t rows) {
  if (error.code != ErrorCode::kInvalidFile && error.code != ErrorCode::kBadRequest) return call->fail(error);
  ImportReport report;
  report.rows = rows;
  report.errors = error.details;
  if (report.errors.empty()) report.errors.push_back({0, "", sentence(error, Language::kZh), sentence(error, Language::kEn)});
  answer_import(call, report);
}

void answer_imported(const CallPtr& call, ImportReport report, const Answer& answer) {
  report.dry_run = false;
  if (const auto value = parse_json(answer.response); value && value->is_object()) {
    const auto& counts = value->get_object();
    for (const auto& [name, count] : {std::pair<const char*, int64_t*>{"rows", &report.rows}, {"created", &report.created}, {"changed", &report.changed}, {"unchanged", &report.unchanged}})
      if (const auto* v = counts.if_contains(name); v && v->is_int64()) *count = v->get_int64();
  }
  answer_import(call, report);
}

std::string asked_filename(const Call& call, const std::string& otherwise) {
  std::string name = call.text("filename");
  if (const size_t slash = name.find_last_of("/\\"); slash != std::string::npos) name.erase(0, slash + 1);
  std::erase_if(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (name.size() > kFileNameBytesMax) {
    size_t end = kFileNameBytesMax;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // not within a character
    name.resize(end);
  }
  return name.empty() ? otherwise : name;
}

std::string table_csv(const Table& table) {
  CsvWriter csv(table.columns);
  for (const auto& row : table.rows) csv.row(row);
  return csv.take();
}

void answer_table(const CallPtr& call, const Table& table, const std::string& format, const std::string& name) {
  if (format == "csv") return call->file(table_csv(table), "text/csv; charset=utf-8", name + ".csv");
  XlsxWorkbook book{name, call->node().clock().now(), {{"Sheet1", table.columns, {}}}};
  auto& rows = book.sheets.front().rows;
  rows.reserve(table.rows.size());
  for (const auto& row : table.rows) rows.emplace_back(row.begin(), row.end());
  auto bytes = write_xlsx(book);
  if (!bytes) return call->fail(bytes.error());
  call->file(std::move(*bytes), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name + ".xlsx");
}

void mask_phone_columns(Table& table) {
  const auto header = read_people_header(table.columns);
  // Deputies and superiors may be named by number.
  for (const auto column : {kPhone, kPhone2, kDeputy, kSuperior})
    if (header.has(column))
      for (auto& row : table.rows) mask_numbers(row[static_cast<size_t>(header.at[column])]);
}

}  // namespace anlan
