// What can have happened around an earthquake: somebody reported it, it was located better, it was none; losses were
// estimated; stations and people on the spot said what it was like; machines were told and answered; the buildings of the
// place were loaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/fact.h"
#include "journal/migrations.h"

namespace anlan {

struct Earthquake {
  int64_t id = 0;
  UtcTime at;  // origin time
  double lon = 0, lat = 0;
  double magnitude = 0;  // Ms
  double depth_km = 0;
  std::string name;      // "甘肃积石山"
};
BOOST_DESCRIBE_STRUCT(Earthquake, (), (id, at, lon, lat, magnitude, depth_km, name))

struct EarthquakeReported {
  static constexpr std::string_view kKind = "EarthquakeReported";
  Earthquake quake;
};
BOOST_DESCRIBE_STRUCT(EarthquakeReported, (), (quake))

enum class EarthquakeSource { officer, catalogue, early_warning, drill };
BOOST_DESCRIBE_ENUM(EarthquakeSource, officer, catalogue, early_warning, drill)
enum class FaultMechanism { unknown, strike_slip, normal, reverse };
BOOST_DESCRIBE_ENUM(FaultMechanism, unknown, strike_slip, normal, reverse)

// How an earthquake is known: by whom, how well. Version 1 comes with the report.
struct EarthquakeOrigin {
  EarthquakeSource source = EarthquakeSource::officer;
  std::string source_name;          // of a feed, or of the network of stations
  std::string source_id;            // theirs; "" when they have none
  double magnitude_sigma = 0;       // 0: not stated
  std::optional<double> strike;     // degrees east of north
  FaultMechanism mechanism = FaultMechanism::unknown;
  int64_t stations = 0;             // that took part; 0: not known
  bool last = false;                // nothing more will follow from this source
  bool drill = false;
};
BOOST_DESCRIBE_STRUCT(EarthquakeOrigin, (), (source, source_name, source_id, magnitude_sigma, strike, mechanism, stations, last, drill))

struct EarthquakeLocated {
  static constexpr std::string_view kKind = "EarthquakeLocated";
  std::string name;        // as in the earthquake, for whoever reads the journal
  int64_t version = 0;     // from 1
  Earthquake quake;
  EarthquakeOrigin origin;
};
BOOST_DESCRIBE_STRUCT(EarthquakeLocated, (), (name, version, quake, origin))

struct EarthquakeWithdrawn {
  static constexpr std::string_view kKind = "EarthquakeWithdrawn";
  int64_t earthquake = 0;
  std::string name, reason;
};
BOOST_DESCRIBE_STRUCT(EarthquakeWithdrawn, (), (earthquake, name, reason))

// Quantiles of a number of people.
struct PeopleRange {
  double low = 0, middle = 0, high = 0;  // 10, 50, 90 in a hundred
};
BOOST_DESCRIBE_STRUCT(PeopleRange, (), (low, middle, high))

struct LossesEstimated {
  static constexpr std::string_view kKind = "LossesEstimated";
  int64_t earthquake = 0;
  std::string name;
  int64_t number = 0;          // of the estimate, from 1
  int64_t version = 0;         // of the earthquake behind it
  int64_t stations = 0, surveys = 0, draws = 0;
  double intensity_max = 0;    // where somebody lives
  PeopleRange dead, injured, homeless;
  int64_t response_level = 0;  // proposed; 0: none
  std::string file;            // hash of the attachment: all of it as JSON
};
BOOST_DESCRIBE_STRUCT(LossesEstimated, (), (earthquake, name, number, version, stations, surveys, draws, intensity_max, dead, injured, homeless, response_level, file))

// What somebody saw on the spot.
struct Survey {
  int64_t id = 0;
  int64_t earthquake = 0;
  double lon = 0, lat = 0;
  std::optional<double> intensity;
  int64_t houses_collapsed = 0, houses_severe = 0, dead = 0, injured = 0;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(Survey, (), (id, earthquake, lon, lat, intensity, houses_collapsed, houses_severe, dead, injured, note))

struct EarthquakeSurveyed {
  static constexpr std::string_view kKind = "EarthquakeSurveyed";
  Survey survey;
};
BOOST_DESCRIBE_STRUCT(EarthquakeSurveyed, (), (survey))

struct SurveyWithdrawn {
  static constexpr std::string_view kKind = "SurveyWithdrawn";
  int64_t survey = 0, earthquake = 0;
};
BOOST_DESCRIBE_STRUCT(SurveyWithdrawn, (), (survey, earthquake))

// What stations measured, all of them so far; it replaces what was there of the same source.
struct StationsMeasured {
  static constexpr std::string_view kKind = "StationsMeasured";
  int64_t earthquake = 0;
  std::string name, source;
  int64_t stations = 0, left_out = 0;
  std::string file;  // hash of the attachment: JSON (estimate.h)
};
BOOST_DESCRIBE_STRUCT(StationsMeasured, (), (earthquake, name, source, stations, left_out, file))

struct ExposureLoaded {
  static constexpr std::string_view kKind = "ExposureLoaded";
  std::string name;
  std::string kind;    // buildings, census
  std::string file;    // hash of the attachment: the CSV
  int64_t buildings = 0;
  double people = 0;
  bool generated = false;
  std::string report;  // rows read and refused, as JSON
};
BOOST_DESCRIBE_STRUCT(ExposureLoaded, (), (name, kind, file, buildings, people, generated, report))

// A machine, or whoever minds it, was told what to do before the shaking arrives.
struct LinkageOrder {
  int64_t id = 0;
  int64_t earthquake = 0;
  std::string rule;        // of the pack
  RecordId record;
  std::string name;        // of the record
  double intensity = 0;    // expected there
  UtcTime arrives;         // S
  UtcTime due;             // of the receipt
  bool drill = false;
};
BOOST_DESCRIBE_STRUCT(LinkageOrder, (), (id, earthquake, rule, record, name, intensity, arrives, due, drill))

struct LinkagesOrdered {
  static constexpr std::string_view kKind = "LinkagesOrdered";
  int64_t earthquake = 0;
  std::string name;
  int64_t count = 0;
  std::vector<LinkageOrder> orders;
};
BOOST_DESCRIBE_STRUCT(LinkagesOrdered, (), (earthquake, name, count, orders))

struct LinkageAnswered {
  static constexpr std::string_view kKind = "LinkageAnswered";
  int64_t order = 0, earthquake = 0;
  std::string name;
  bool done = false;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(LinkageAnswered, (), (order, earthquake, name, done, note))

// The warning that follows from an earthquake.
struct EarthquakeWarned {
  static constexpr std::string_view kKind = "EarthquakeWarned";
  int64_t earthquake = 0;
  WarningId warning;
};
BOOST_DESCRIBE_STRUCT(EarthquakeWarned, (), (earthquake, warning))

void apply(Tables&, const EarthquakeReported&, const FactHeader&);
void apply(Tables&, const EarthquakeLocated&, const FactHeader&);
void apply(Tables&, const EarthquakeWithdrawn&, const FactHeader&);
void apply(Tables&, const LossesEstimated&, const FactHeader&);
void apply(Tables&, const EarthquakeSurveyed&, const FactHeader&);
void apply(Tables&, const SurveyWithdrawn&, const FactHeader&);
void apply(Tables&, const StationsMeasured&, const FactHeader&);
void apply(Tables&, const ExposureLoaded&, const FactHeader&);
void apply(Tables&, const LinkagesOrdered&, const FactHeader&);
void apply(Tables&, const LinkageAnswered&, const FactHeader&);
void apply(Tables&, const EarthquakeWarned&, const FactHeader&);

void register_earthquake_facts(FactCatalogue& catalogue);
// After those of signals: the table `earthquakes` was first made there.
std::vector<Migration> earthquake_migrations();
std::vector<std::string> earthquake_tables();

inline std::string earthquake_subject(int64_t id) { return "earthquake:" + std::to_string(id); }

}  // namespace anlan
