// What can happen to a warning: drafted, approved by a second person where the pack demands it, issued, changed,
// extended, cancelled, expired. Its versions count from 1; a change of level, area or text makes a new version.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/area.h"
#include "journal/fact.h"
#include "journal/migrations.h"
#include "registry/pack.h"

namespace anlan {

enum class WarningState { draft, pending, in_force, cancelled, expired, superseded, discarded };
BOOST_DESCRIBE_ENUM(WarningState, draft, pending, in_force, cancelled, expired, superseded, discarded)
enum class WarningSource { drawn, cap, demo, alarm };
BOOST_DESCRIBE_ENUM(WarningSource, drawn, cap, demo, alarm)

// What a warning says. 突发事件应对法 art. 64: type, level, start, area, what to watch for, measures, issuer, time.
struct WarningContent {
  std::string hazard;
  WarningLevel level = WarningLevel::blue;
  Area area;                       // empty when the warning is for whole places only
  std::vector<PlaceCode> places;   // named places; the warning holds for them and all below
  std::string area_label;
  std::string headline, description, instruction, message;
  UtcTime onset, expires;
};
BOOST_DESCRIBE_STRUCT(WarningContent, (), (hazard, level, area, places, area_label, headline, description, instruction, message, onset, expires))

// Names an earlier message of a sender.
struct CapEarlier {
  std::string sender, identifier;
};
BOOST_DESCRIBE_STRUCT(CapEarlier, (), (sender, identifier))

// Where an imported warning came from.
struct CapOrigin {
  std::string sender, identifier;
  UtcTime sent;
  std::string sender_name;
  bool exercise = false;
  std::string attachment;  // the file as received
  std::vector<CapEarlier> references;  // the messages it updates
};
BOOST_DESCRIBE_STRUCT(CapOrigin, (), (sender, identifier, sent, sender_name, exercise, attachment, references))

struct WarningDrafted {
  static constexpr std::string_view kKind = "WarningDrafted";
  WarningId warning;
  WarningSource source = WarningSource::drawn;
  WarningContent content;
  std::optional<CapOrigin> origin;
};
BOOST_DESCRIBE_STRUCT(WarningDrafted, (), (warning, source, content, origin))

struct WarningEdited {
  static constexpr std::string_view kKind = "WarningEdited";
  WarningId warning;
  WarningContent content;
};
BOOST_DESCRIBE_STRUCT(WarningEdited, (), (warning, content))

struct WarningSubmitted {
  static constexpr std::string_view kKind = "WarningSubmitted";
  WarningId warning;
  std::string headline;
};
BOOST_DESCRIBE_STRUCT(WarningSubmitted, (), (warning, headline))

struct WarningReturned {
  static constexpr std::string_view kKind = "WarningReturned";
  WarningId warning;
  std::string comment;
};
BOOST_DESCRIBE_STRUCT(WarningReturned, (), (warning, comment))

struct WarningIssued {
  static constexpr std::string_view kKind = "WarningIssued";
  WarningId warning;
  int64_t version = 1;
  WarningLevel level = WarningLevel::blue;
  std::string headline;
  std::string cap_identifier;
  std::string comment;
};
BOOST_DESCRIBE_STRUCT(WarningIssued, (), (warning, version, level, headline, cap_identifier, comment))

struct WarningChangeProposed {
  static constexpr std::string_view kKind = "WarningChangeProposed";
  WarningId warning;
  WarningContent content;
  std::string comment;
};
BOOST_DESCRIBE_STRUCT(WarningChangeProposed, (), (warning, content, comment))

struct WarningChanged {
  static constexpr std::string_view kKind = "WarningChanged";
  WarningId warning;
  int64_t version = 2;
  WarningContent content;
  std::string cap_identifier;
  std::string comment;
};
BOOST_DESCRIBE_STRUCT(WarningChanged, (), (warning, version, content, cap_identifier, comment))

struct WarningExtended {
  static constexpr std::string_view kKind = "WarningExtended";
  WarningId warning;
  UtcTime expires;
};
BOOST_DESCRIBE_STRUCT(WarningExtended, (), (warning, expires))

struct WarningCancelled {
  static constexpr std::string_view kKind = "WarningCancelled";
  WarningId warning;
  std::string headline;
  std::string comment;
};
BOOST_DESCRIBE_STRUCT(WarningCancelled, (), (warning, headline, comment))

struct WarningExpired {
  static constexpr std::string_view kKind = "WarningExpired";
  WarningId warning;
  std::string headline;
};
BOOST_DESCRIBE_STRUCT(WarningExpired, (), (warning, headline))

struct WarningSuperseded {
  static constexpr std::string_view kKind = "WarningSuperseded";
  WarningId warning;
  WarningId by;
};
BOOST_DESCRIBE_STRUCT(WarningSuperseded, (), (warning, by))

struct WarningDiscarded {
  static constexpr std::string_view kKind = "WarningDiscarded";
  WarningId warning;
};
BOOST_DESCRIBE_STRUCT(WarningDiscarded, (), (warning))

struct WarningRestored {
  static constexpr std::string_view kKind = "WarningRestored";
  WarningId warning;
};
BOOST_DESCRIBE_STRUCT(WarningRestored, (), (warning))

struct CapSourceAdded {
  static constexpr std::string_view kKind = "CapSourceAdded";
  int64_t source = 0;
  std::string url;
  int64_t interval_s = 300;
};
BOOST_DESCRIBE_STRUCT(CapSourceAdded, (), (source, url, interval_s))

struct CapSourceRemoved {
  static constexpr std::string_view kKind = "CapSourceRemoved";
  int64_t source = 0;
  std::string url;
};
BOOST_DESCRIBE_STRUCT(CapSourceRemoved, (), (source, url))

// Recorded when the outcome of polling a source changes, and when it brought something.
struct CapPolled {
  static constexpr std::string_view kKind = "CapPolled";
  int64_t source = 0;
  std::string error;  // "" when it went well
  int64_t drafted = 0;
};
BOOST_DESCRIBE_STRUCT(CapPolled, (), (source, error, drafted))

void apply(Tables&, const WarningDrafted&, const FactHeader&);
void apply(Tables&, const WarningEdited&, const FactHeader&);
void apply(Tables&, const WarningSubmitted&, const FactHeader&);
void apply(Tables&, const WarningReturned&, const FactHeader&);
void apply(Tables&, const WarningIssued&, const FactHeader&);
void apply(Tables&, const WarningChangeProposed&, const FactHeader&);
void apply(Tables&, const WarningChanged&, const FactHeader&);
void apply(Tables&, const WarningExtended&, const FactHeader&);
void apply(Tables&, const WarningCancelled&, const FactHeader&);
void apply(Tables&, const WarningExpired&, const FactHeader&);
void apply(Tables&, const WarningSuperseded&, const FactHeader&);
void apply(Tables&, const WarningDiscarded&, const FactHeader&);
void apply(Tables&, const WarningRestored&, const FactHeader&);
void apply(Tables&, const CapSourceAdded&, const FactHeader&);
void apply(Tables&, const CapSourceRemoved&, const FactHeader&);
void apply(Tables&, const CapPolled&, const FactHeader&);

void register_warning_facts(FactCatalogue& catalogue);
std::vector<Migration> warning_migrations();
std::vector<std::string> warning_tables();

}  // namespace anlan
