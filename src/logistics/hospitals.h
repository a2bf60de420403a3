// Hospitals for the injured of one place: the nearest that has what is asked for comes first, with the reason beside those
// that have not. And whom a notice to one of them goes to.
#pragma once

#include "logistics/dispatch_times.h"
#include "registry/directory.h"
#include "registry/record_index.h"

namespace anlan {

inline constexpr size_t kHospitalsListed = 20;
inline constexpr Millis kAnnouncedFor = hours(12);  // whom a hospital was told of lately takes its beds

struct HospitalQuestion {
  LonLat at;
  std::vector<std::string> kinds;   // of hospital.kind; empty: those that take in the injured
  int64_t beds = 0, icu_beds = 0;   // needed
  std::string profile;
};

struct HospitalFound {
  RecordView record;
  std::string kind, grade;
  std::optional<int64_t> beds, icu_beds, ambulances;  // as the record says: of the house, not those that are free
  int64_t announced = 0;                 // injured that it was told of in the last kAnnouncedFor
  std::optional<double> minutes;         // nothing: no way at present
  double km = 0;                         // about
  std::optional<Reason> why;             // it does not fit
};

struct HospitalsNearest {
  std::vector<HospitalFound> items;      // at most kHospitalsListed: those that fit by minutes, then the others by minutes
  bool estimated = false;
};

// `announced`: by hospital. kInvalidField for a kind or profile that there is not; errors of the roads.
Result<HospitalsNearest> hospitals_nearest(const Pack& pack, const HospitalQuestion& asked, const std::vector<RecordView>& hospitals,
                                           const std::map<RecordId, int64_t>& announced, const AskTimes& times);

// Who hears of injured on their way: the holder of a post that answers for this hospital, else its deputy; else the keeper
// that the record names, when it has a number. Nothing when nobody is named.
struct HospitalContact {
  PersonId person;      // none: somebody who is not in the register
  std::string name;     // "登记的联系电话" when the record has a number and no name
  std::string phone;    // the record's; "" for a person of the register, whose numbers the register has
};
std::optional<HospitalContact> hospital_contact(const Directory& directory, const RecordState& hospital, UtcTime now);

// The message as it goes out.
std::string hospital_message(const std::string& hospital, const std::string& text, int64_t injured, UtcTime due, const std::string& from, int utc_offset_minutes);

}  // namespace anlan
