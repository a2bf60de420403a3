// The Common Alerting Protocol 1.2 (OASIS, 1 July 2010; ITU-T X.1303bis; GB/T 35965-2018 part 1 is a profile of it):
// its elements as plain structs, a reader, a writer and the rules of the standard.
//
// Enumerators carry the exact spelling of the standard, which is also their JSON form. Absent optional text is empty:
// an empty element says as much as none. Field names are the element names in snake case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/area.h"
#include "base/error.h"
#include "base/json.h"

namespace anlan {

BOOST_DEFINE_ENUM_CLASS(CapVersion, v1_1, v1_2)
BOOST_DEFINE_ENUM_CLASS(CapStatus, Actual, Exercise, System, Test, Draft)
BOOST_DEFINE_ENUM_CLASS(CapMsgType, Alert, Update, Cancel, Ack, Error)
BOOST_DEFINE_ENUM_CLASS(CapScope, Public, Restricted, Private)
BOOST_DEFINE_ENUM_CLASS(CapCategory, Geo, Met, Safety, Security, Rescue, Fire, Health, Env, Transport, Infra, CBRNE,
                        Other)
BOOST_DEFINE_ENUM_CLASS(CapResponseType, Shelter, Evacuate, Prepare, Execute, Avoid, Monitor, Assess, AllClear, None)
BOOST_DEFINE_ENUM_CLASS(CapUrgency, Immediate, Expected, Future, Past, Unknown)
BOOST_DEFINE_ENUM_CLASS(CapSeverity, Extreme, Severe, Moderate, Minor, Unknown)
BOOST_DEFINE_ENUM_CLASS(CapCertainty, Observed, Likely, Possible, Unlikely, Unknown)

// An instant in whole seconds with the offset it was written with, so that a relayed message reads the same.
struct CapTime {
  UtcTime at;
  int offset_minutes = 480;  // east
  bool operator==(const CapTime&) const = default;
};
BOOST_DESCRIBE_STRUCT(CapTime, (), (at, offset_minutes))

// Names an earlier message: <references> holds "sender,identifier,sent" triples.
struct CapReference {
  std::string sender;
  std::string identifier;
  CapTime sent;
  bool operator==(const CapReference&) const = default;
};
BOOST_DESCRIBE_STRUCT(CapReference, (), (sender, identifier, sent))

// eventCode, parameter and geocode.
struct CapNamedValue {
  std::string value_name;
  std::string value;
  bool operator==(const CapNamedValue&) const = default;
};
BOOST_DESCRIBE_STRUCT(CapNamedValue, (), (value_name, value))

struct CapResource {
  std::string resource_desc;
  std::string mime_type;
  std::optional<int64_t> size;  // bytes
  std::string uri;
  std::string deref_uri;  // base64
  std::string digest;     // SHA-1, hexadecimal
  bool operator==(const CapResource&) const = default;
};
BOOST_DESCRIBE_STRUCT(CapResource, (), (resource_desc, mime_type, size, uri, deref_uri, digest))

struct CapArea {
  std::string area_desc;
  std::vector<Ring> polygons;   // as written: first = last, may cross itself; normalise() makes an Area of them
  std::vector<Circle> circles;  // radius 0 is a point
  std::vector<CapNamedValue> geocodes;
  std::optional<double> altitude_ft;  // above mean sea level; with a ceiling, the lower bound
  std::optional<double> ceiling_ft;
  bool operator==(const CapArea&) const = default;
};
BOOST_DESCRIBE_STRUCT(CapArea, (), (area_desc, polygons, circles, geocodes, altitude_ft, ceiling_ft))

struct CapInfo {
  std::string language;  // RFC 3066; empty means en-US
  std::vector<CapCategory> categories;
  std::string event;
  std::vector<CapResponseType> response_types;
  CapUrgency urgency = CapUrgency::Unknown;
  CapSeverity severity = CapSeverity::Unknown;
  CapCertainty certainty = CapCertainty::Unknown;
  std::string audience;
  std::vector<CapNamedValue> event_codes;
  std::optional<CapTime> effective;  // absent: the alert's sent
  std::optional<CapTime> onset;
  std::optional<CapTime> expires;
  std::string sender_name;
  std::string headline;
  std::string description;
  std::string instruction;
  std::string web;  // as received; not necessarily an http address
  std::string contact;
  std::vector<CapNamedValue> parameters;
  std::vector<CapResource> resources;
  std::vector<CapArea> areas;
  bool operator==(const CapInfo&) const = default;
};
BOOST_DESCRIBE_STRUCT(CapInfo, (),
                      (language, categories, event, response_types, urgency, severity, certainty, audience, event_codes,
                       effective, onset, expires, sender_name, headline, description, instruction, web, contact,
                       parameters, resources, areas))

struct CapAlert {
  CapVersion version = CapVersion::v1_2;  // of the file read; write_cap always writes 1.2
  std::string identifier;
  std::string sender;
  CapTime sent;
  CapStatus status = CapStatus::Actual;
  CapMsgType msg_type = CapMsgType::Alert;
  std::string source;
  CapScope scope = CapScope::Public;
  std::string restriction;
  std::vector<std::string> addresses;
  std::vector<std::string> codes;
  std::string note;
  std::vector<CapReference> references;
  std::vector<std::string> incidents;
  std::vector<CapInfo> infos;
  // What the file does against the standard although its meaning is clear, with lines. Not part of the JSON form.
  std::vector<ErrorDetail> remarks;
};
BOOST_DESCRIBE_STRUCT(CapAlert, (),
                      (version, identifier, sender, sent, status, msg_type, source, scope, restriction, addresses,
                       codes, note, references, incidents, infos))

// The same message: everything but the version of the file and the remarks on it.
bool same_message(const CapAlert& a, const CapAlert& b);

inline constexpr size_t kCapBytesMax = 32u << 20;
inline constexpr size_t kCapElementsMax = 500'000;  // also of attributes
inline constexpr int kCapDepthMax = 64;
inline constexpr size_t kCapInfosMax = 100;
inline constexpr size_t kCapAreasMax = 10'000;  // over all infos; also of resources
inline constexpr size_t kCapFaultsMax = 100;    // listed; also of remarks
// Vertices over all polygons: kAreaVerticesMax.

// Reads a CAP 1.2 or 1.1 file in UTF-8, UTF-16, GB18030, GBK, GB2312 or ISO-8859-1, by byte order mark or XML
// declaration. A document type is refused, so no entity is ever expanded or fetched. Elements of other namespaces
// (a signature, for one, which is not checked) and unknown elements are passed over.
// Errors: kTooLarge over kCapBytesMax or kCapElementsMax; otherwise kInvalidFile, with every fault in `details` by
// line. Cost: linear in the bytes; memory at most about 200 MB.
Result<CapAlert> read_cap(std::string_view bytes);

// UTF-8, CAP 1.2, elements in the order of the schema. Reading it back gives the same message, provided that
// validate_cap finds nothing. Characters that XML cannot carry are left out.
std::string write_cap(const CapAlert& alert);

struct CapFindings {
  std::vector<ErrorDetail> faults;   // the message cannot be used
  std::vector<ErrorDetail> remarks;  // against the standard, yet clear
};

// The rules of the standard on a message in memory; `field` is a path such as "info[0].area[1].polygon[0]", 0-based.
CapFindings examine_cap(const CapAlert& alert);

// Faults and remarks together: empty for a message that we may send.
std::vector<ErrorDetail> validate_cap(const CapAlert& alert);

// "2026-11-21T18:53:00+08:00"; UTC is written -00:00, as the standard demands (§3.3.2).
std::string to_cap_time(CapTime time);

}  // namespace anlan
