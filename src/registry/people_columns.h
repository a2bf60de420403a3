// The columns of tables of people, and the values of their cells.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "documents/table_file.h"
#include "registry/pack.h"
#include "registry/people_import.h"
#include "registry/places.h"

namespace anlan {

enum PeopleColumn : size_t {
  kName, kPhone, kPhone2, kKindOfPost, kTitle, kPlace, kRecordType, kRecord, kHazards, kDeputy, kSuperior, kValidFrom,
  kValidUntil, kConfirmedOn, kNote, kPeopleColumns
};

struct PeopleColumnNames {
  const char* zh;
  std::array<const char*, 5> others;  // English and usual other names; unused ones are null
};
extern const std::array<PeopleColumnNames, kPeopleColumns> kPeopleColumnNames;

// Where each column stands in a table; -1 when it does not.
struct PeopleHeader {
  std::array<int, kPeopleColumns> at;
  std::vector<std::string> ignored;
  bool has(PeopleColumn c) const { return at[c] >= 0; }
};
PeopleHeader read_people_header(const std::vector<std::string>& columns);

std::string_view trimmed(std::string_view text);
// Split at 、 , ， ; ； | and line ends; trimmed, without empty parts.
std::vector<std::string_view> parts(std::string_view text);

// The beginning of a day: 2026-12-31, 2026/12/31, 2026年12月31日, 20261231; a time behind it is ignored.
std::optional<UtcTime> read_date(std::string_view text, int utc_offset_minutes);
std::string write_date(UtcTime time, int utc_offset_minutes);

// Finds places by code, by path ("积石山县 / 大河家镇 / 大河村", levels may be left out) or by a name that is the only one
// within the scopes. Answers are remembered, since tables repeat them.
class PlaceFinder {
 public:
  enum class Outcome { found, absent, ambiguous };
  struct Answer {
    Outcome outcome = Outcome::absent;
    PlaceCode place;
  };
  PlaceFinder(const PlaceTable& places, std::span<const PlaceCode> scopes) : places_(places), scopes_(scopes) {}
  const Answer& find(std::string_view text);

 private:
  Answer look(std::string_view text);
  void learn_names();
  bool is_named(uint32_t index, std::string_view name) const;

  const PlaceTable& places_;
  std::span<const PlaceCode> scopes_;
  bool learned_ = false;
  std::unordered_multimap<std::string, uint32_t> names_;
  std::unordered_map<std::string, Answer> answers_;
};

}  // namespace anlan
