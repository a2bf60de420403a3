// JSON of the register as the API shows it (openapi.yaml: Place, PersonRef, PostRow, Person, CoverageRow, Record), and
// the record that is made whenever personal data leaves the server.
//
// Telephone numbers appear masked here ("138****1234") and nowhere else in full but at GET /people/{id}/phones.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "registry/coverage.h"
#include "registry/personal_data.h"
#include "registry/record_index.h"
#include "web/api.h"

namespace anlan {

json::value null_or(std::optional<double> v);
json::value null_or(std::optional<UtcTime> v);
template <class Tag>
json::value null_or(Id<Tag> id) { return id ? json::value(id.value) : json::value(nullptr); }

// country, province, city, county, town, village. The empty code is the country.
std::string_view level_name(PlaceLevel level);
std::optional<PlaceLevel> level_named(std::string_view name);

// --- places: code, name as people say it, path, level, position, approximate, boundary, bounds, children.
json::object place_json(const PlaceIndex& index, uint32_t place);
json::object place_json(const PlaceIndex& index, PlaceCode code);  // an unknown code stays readable; the empty one is the country
json::object coverage_row_json(const CoverageRow& row);  // with children

// --- people and posts, under one reading of the directory. Keeps whom it has shown, for PersonalDataRead.
class PeopleJson {
 public:
  PeopleJson(Node& node, const Directory& directory);

  json::object person_json(PersonId person, bool with_posts = true);  // of an active person (CHECK)
  json::object post_row_json(PostId post);                            // of an active post (CHECK)
  json::value person_ref_json(PersonId person);                       // null when none or gone
  json::value person_ref_json(const std::optional<Holding>& holding); // with post and vacant; null when nothing
  std::string_view title(PostId post) const;                          // "" when abolished

  std::string phone_masked(PersonId person) const;  // the number that is tried first; "" when none
  UtcTime now() const { return now_; }
  const Directory& directory() const { return directory_; }
  const PlaceIndex& places() const { return *places_; }

  // What was shown so far.
  PersonalDataRead shown(std::string what, PlaceCode place) const;

 private:
  std::string_view rank(const DirectoryPost& post) const;

  Node& node_;
  const Directory& directory_;
  std::shared_ptr<const PlaceIndex> places_;
  UtcTime now_;
  std::set<PersonId> shown_;
};

// --- records: id, type, name, place, place_name, position, fields, generated, changed_at. Personal fields are left out
// unless `personal`.
json::object record_json(const Pack& pack, const PlaceIndex& places, const RecordView& record, bool personal);
bool has_personal(const RecordType& type);

// --- answers with personal data: records who looked first, then answers. Nobody shown: answers at once.
void record_reading(const CallPtr& call, PersonalDataRead read, std::function<void()> then);
void ok_personal(const CallPtr& call, json::value body, PersonalDataRead read, int status = 200);

// --- what is asked for
// The place of the query when this account may read it; without one the widest place the account may read. Answers the
// call with the error and returns nothing when refused.
std::optional<PlaceCode> asked_place(const CallPtr& call);
// The places of the account's roles that fulfil the need.
std::vector<PlaceCode> places_of(const Call& call, Need need);
bool require(const CallPtr& call, Need need, PlaceCode place);  // answers kForbidden when not
std::optional<double> asked_number(const Call& call, std::string_view query_name);  // nothing when absent or no number
Result<Datum> asked_datum(const std::string& text);             // wgs84, gcj02, bd09; "" is wgs84
bool asked_dry_run(const Call& call);                           // dry_run=false alone commits
json::array faults_json(const std::vector<ErrorDetail>& faults, Language language);

}  // namespace anlan
