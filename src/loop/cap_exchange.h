// CAP in and out: an incoming alert becomes warning drafts, a warning of ours becomes an alert.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "loop/node.h"
#include "warnings/cap.h"

namespace anlan {

struct CapDraft {
  WarningContent content;
  CapOrigin origin;
  bool cancels = false;  // the alert cancels what it refers to
};

// One draft per event of the alert: info blocks of the same event in several languages are one, Chinese first.
// Names of areas and geocodes (GB/T 2260) become places; polygons and circles become the area. What cannot be mapped is
// named in `remarks` and left for the duty officer to fill in.
// kConflict for alerts that are no warnings (Ack, Error, System, Test).
Result<std::vector<CapDraft>> drafts_of(const CapAlert& alert, const Pack& pack, const PlaceTable& places,
                                        const std::string& attachment, UtcTime now, std::vector<ErrorDetail>& remarks);

// The warning as CAP 1.2: version > 1 is an Update of all earlier ones, an ended warning a Cancel.
CapAlert cap_of(const WarningRow& warning, const Pack& pack, const PlaceTable& places, const NodeSettings& settings);

// Replaces {area} {hazard} {level} {until} {issuer} in the template that fits best: hazard and level, hazard, level, any.
struct WarningText {
  std::string headline, description, instruction, message;
};
BOOST_DESCRIBE_STRUCT(WarningText, (), (headline, description, instruction, message))
WarningText fill_text(const Pack& pack, const WarningContent& content, const NodeSettings& settings);
// What those are told whom a cancelled warning has reached; "" when the pack has no such message.
std::string cancel_text(const Pack& pack, const WarningContent& content, const NodeSettings& settings);

}  // namespace anlan
