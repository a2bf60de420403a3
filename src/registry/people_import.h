// People and posts from a table that somebody uploads, and back.
//
// One row is one person in one post. A row without name is a vacant post; a row without kind of post is a person
// without post. Columns, in Chinese or English (people_columns.h): 姓名 name, 手机 phone, 手机2 phone2, 岗位类别 kind,
// 岗位名称 title, 行政区划 place, 对象类别 record_type, 对象名称 record, 灾种 hazards, 副职 deputy, 上级 superior,
// 有效期起 valid_from, 有效期止 valid_until (inclusive), 核实日期 confirmed_on, 备注 note.
//
// Who is who:
//   - a post is the same by kind, place, record and title; where several posts agree in all that, the one with the same
//     holder, else a vacant one, else the next;
//   - a person is the same by name and number; else, by name as the holder of the very post (the number changed); else by
//     name at the same place when one of the two has no number.
// A column that the table lacks leaves things as they are. Of a person an empty cell does too: a table without numbers
// takes no number away. Of a post an empty cell takes the value away.
//
// 副职 and 上级 are a name, a number, a name and a number, a title, or #id of a post; looked for at the post's place,
// then at the places above it, a number at last everywhere.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "documents/table_file.h"
#include "registry/directory.h"
#include "registry/people_attachment.h"

namespace anlan {

inline constexpr size_t kPeopleFaultsShown = 500;  // of errors, and of remarks

// Names of the records that posts answer for.
class RecordNames {
 public:
  struct Entry {
    RecordId record;
    std::string type, name;
    PlaceCode place;
  };
  RecordNames() = default;
  explicit RecordNames(std::vector<Entry> entries);
  static RecordNames read(Reader& reader);

  const Entry* find(RecordId id) const;
  // Records of that name; any type for "".
  std::vector<const Entry*> named(std::string_view type, const std::string& name) const;

 private:
  std::vector<Entry> entries_;  // by id
  std::unordered_multimap<std::string, uint32_t> by_name_;
};

struct PeopleImportOptions {
  std::span<const PlaceCode> scopes;  // where the registrar may write; names of places are looked for here first
  bool generated = false;
  int utc_offset_minutes = 480;
};

struct PeopleImportPlan {
  int64_t rows = 0, created = 0, changed = 0, unchanged = 0;
  size_t errors_total = 0;
  std::vector<ErrorDetail> errors;   // the first kPeopleFaultsShown; any error: nothing is imported
  std::vector<ErrorDetail> remarks;  // duplicates, shared and changed numbers, people replaced, columns not read
  std::vector<ImportedPerson> persons;  // new and changed ones
  std::vector<ImportedPost> posts;
  // What the plan was made from; see import_people.
  int64_t based_on = 0, first_person = 0, first_post = 0;
};

// Pure. 218,000 rows take two to three seconds and hold some 200 MB for that time: not on the writer's thread.
PeopleImportPlan plan_people_import(const Table& table, const Directory& directory, const PlaceTable& places,
                                    const RecordNames& records, const PeopleImportOptions& options);

// The plan as one fact. `attachment` is the hash of write_people(plan.persons, plan.posts), put before. kInvalidFile when
// the plan has errors; kConflict when people or posts changed since it was made: plan again.
// Response: {"rows":…,"created":…,"changed":…,"unchanged":…}.
Result<Decision> import_people(Reader& reader, const PeopleImportPlan& plan, const std::string& attachment,
                               const std::string& filename);

// All active posts at a place and below, then (for the empty code) people without post. Importing it changes nothing.
Table export_people(const Directory& directory, const PlaceTable& places, const RecordNames& records, PlaceCode within,
                    int utc_offset_minutes = 480);
// Headers and two example rows that can be imported.
Table people_template(const Pack& pack, const PlaceTable& places, PlaceCode home);

}  // namespace anlan
