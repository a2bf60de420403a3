// A pack: what is declared, not coded. Hazards, ranks, kinds of posts, channels, meanings of answers, call rules,
// text templates and record types of a country, read from YAML files (packs/cn) and validated as a whole.
//
// Every rule from law or practice names its source and the date it took effect; `verified` is false for values nobody
// has checked against the printed source.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/place_code.h"
#include "base/time.h"
#include "registry/alarm_rule.h"
#include "registry/earthquake_rules.h"
#include "registry/road_rules.h"

namespace anlan {

// Colour of a warning, mildest first. (突发事件应对法 art. 63: levels 1 to 4 are red, orange, yellow, blue.)
enum class WarningLevel { blue, yellow, orange, red };
BOOST_DESCRIBE_ENUM(WarningLevel, blue, yellow, orange, red)

struct Named {
  std::string id;  // stable, lower_snake_case
  std::string zh;
  std::string en;
};
BOOST_DESCRIBE_STRUCT(Named, (), (id, zh, en))

struct Hazard : Named {
  std::string cap_category;             // CAP 1.2 <category>, e.g. Met, Geo
  std::string event_code;               // code used in CAP <eventCode>, "" when none
  std::vector<std::string> cap_events;  // names by which incoming CAP <event> is recognised
};

// A rank in the chain of responsibility, highest first in the pack's list.
struct Rank : Named {
  PlaceLevel place_level = PlaceLevel::kNone;  // where such posts usually sit
};

struct PostKind : Named {
  std::string rank;
  std::vector<std::string> hazards;  // empty: every hazard
  std::string record_type;           // "" when the post answers for a place, else for records of this type
  bool duty_room = false;            // the duty officer of its place: last step of escalation
};

enum class ChannelKind { app, sms, voice };
BOOST_DESCRIBE_ENUM(ChannelKind, app, sms, voice)

struct ChannelRule : Named {
  ChannelKind kind = ChannelKind::sms;
  int concurrency = 0;         // attempts in flight at once
  double rate_per_s = 0;       // attempts started per second
  int burst = 0;               // attempts that may start at once after a pause
  Millis attempt_timeout;      // no report by then counts as failed
  Millis answer_wait;          // after delivery: how long to wait for an answer before the next step
};

struct AnswerMeaning : Named {
  int digit = 0;               // keypad or one-digit SMS
  std::string number;          // what a number with it means ("people_moved"), "" when none
  bool attention = false;      // shown on top: needs support, cannot act
  bool passes_on = false;      // cannot act: the deputy is called as if the person were silent
  bool primary = false;        // one of the three big buttons
};

enum class NextStep { deputy, superior, duty_above };
BOOST_DESCRIBE_ENUM(NextStep, deputy, superior, duty_above)

struct CallStep {
  std::string channel;
  int tries = 1;
  Millis retry_after;
};
BOOST_DESCRIBE_STRUCT(CallStep, (), (channel, tries, retry_after))

// How posts of one rank are called for one level, and what follows silence.
struct CallRule {
  WarningLevel level = WarningLevel::blue;
  std::string rank;
  Millis answer_limit;              // from the first attempt
  std::vector<CallStep> steps;      // channels in order
  std::vector<NextStep> then;
  std::string source;
  std::string effective_from;       // ISO date
  bool verified = false;
};

struct TextTemplate {
  std::string hazard;               // "" for any
  std::optional<WarningLevel> level;
  std::string headline, description, instruction, message;  // {area} {hazard} {level} {until} {issuer} are replaced
};

enum class FieldType { text, number, integer, date, choice, boolean, phone, person };
BOOST_DESCRIBE_ENUM(FieldType, text, number, integer, date, choice, boolean, phone, person)

struct Field : Named {
  FieldType type = FieldType::text;
  std::string unit;
  bool required = false, list = false, filter = false, personal = false;
  std::optional<double> min, max;
  std::vector<Named> choices;
};

struct RecordType : Named {
  std::string icon;
  std::vector<Field> fields;
  std::string source;
  int version = 1;
  std::optional<SignalSpec> signal;  // its records are links: sensors whose readings are watched
};

struct PlaceReading {  // how a place name is read when its characters' usual readings are wrong
  std::string name, pinyin;
};

struct Pack {
  std::string name, version;
  std::vector<Hazard> hazards;
  std::vector<Named> levels;
  std::vector<Rank> ranks;
  std::vector<PostKind> post_kinds;
  std::vector<ChannelRule> channels;
  std::vector<AnswerMeaning> answers;
  std::vector<CallRule> call_rules;
  std::vector<TextTemplate> templates;
  std::string cancelled;                   // the message to those reached when a warning is cancelled; "" sends none
  std::vector<RecordType> record_types;
  RuleBook rules;
  RoadBook roads;
  EarthquakeBook earthquakes;
  std::vector<PlaceReading> readings;
  std::map<std::string, Named> sentences;  // kind of fact → sentence for the journal page, {field} replaced
  Millis phone_stale_after;                // a phone not confirmed for this long is shown as stale
  std::vector<WarningLevel> second_person; // levels that a second person must approve

  const Hazard* hazard(std::string_view id) const;
  const Rank* rank(std::string_view id) const;
  int rank_order(std::string_view id) const;  // 0 is the highest; -1 when unknown
  const PostKind* post_kind(std::string_view id) const;
  const ChannelRule* channel(std::string_view id) const;
  const AnswerMeaning* answer(std::string_view id) const;
  const AnswerMeaning* answer_by_digit(int digit) const;
  const CallRule* call_rule(WarningLevel level, std::string_view rank) const;  // null: this rank is not called
  const RecordType* record_type(std::string_view id) const;
  bool needs_second_person(WarningLevel level) const;
};

// Reads every *.yaml below a folder. On failure the details carry "file" in field, the line, and what was expected.
Result<Pack> load_pack(const std::string& folder);
// The same from memory: (file name, text) pairs.
Result<Pack> read_pack(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace anlan
