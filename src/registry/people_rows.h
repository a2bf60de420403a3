// The rows of a table of people, each checked by itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "registry/people_columns.h"

namespace anlan {

// Errors and remarks of an import, bounded.
class ImportFaults {
 public:
  explicit ImportFaults(PeopleImportPlan& plan) : plan_(plan) {}
  void error(int line, std::string field, std::string zh, std::string en);
  void remark(int line, std::string field, std::string zh, std::string en);
  bool any() const { return plan_.errors_total != 0; }

 private:
  PeopleImportPlan& plan_;
};

struct PersonPostRow {
  int line = 0;
  std::string name;                 // "": the post is vacant
  std::vector<std::string> phones;  // normalised
  std::optional<UtcTime> confirmed_on;
  std::string note;
  bool has_post = false;
  uint16_t kind = 0;  // index in pack.post_kinds
  std::string title;  // "" for the name of the kind
  PlaceCode place;
  uint32_t record = 0;
  std::vector<std::string> hazards;  // sorted
  std::string deputy, superior;      // as written
  std::optional<UtcTime> valid_from, valid_until;
};

// Columns that every table needs: 姓名, 岗位类别, 行政区划. Faults are reported; the rows of a table without them are
// not read.
std::vector<PersonPostRow> read_people_rows(const Table& table, const PeopleHeader& header, const Pack& pack,
                                            const PlaceTable& places, const RecordNames& records,
                                            const PeopleImportOptions& options, ImportFaults& faults);

}  // namespace anlan
