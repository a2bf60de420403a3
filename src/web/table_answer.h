// Tables that people send and fetch: the report of an import (openapi.yaml, ImportReport) and a table as a file.
#pragma once

#include <string>
#include <vector>

#include "documents/table_file.h"
#include "web/api.h"

namespace anlan {

struct ImportReport {
  bool dry_run = true;  // nothing was changed
  int64_t rows = 0, created = 0, changed = 0, unchanged = 0;
  std::vector<ErrorDetail> errors, remarks;
  size_t left_out = 0;  // errors that are not listed
};

void answer_import(const CallPtr& call, const ImportReport& report);
// A file that cannot be read is a report with its faults, as a file with wrong rows is; other errors are errors.
void answer_import_fault(const CallPtr& call, const Error& error, int64_t rows = 0);
// After the commit: the command's response has the counts.
void answer_imported(const CallPtr& call, ImportReport report, const Answer& answer);

// The query's filename without folders; `otherwise` when there is none.
std::string asked_filename(const Call& call, const std::string& otherwise);

// format: csv or xlsx. All cells are text.
void answer_table(const CallPtr& call, const Table& table, const std::string& format, const std::string& name);
std::string table_csv(const Table& table);
// Masks the columns of telephone numbers in a table of people (people_import.h).
void mask_phone_columns(Table& table);

}  // namespace anlan
