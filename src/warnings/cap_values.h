// The small grammars inside CAP elements: times, positions, lists, references.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warnings/cap.h"

namespace anlan {

// What is wrong with a value, for the fault or remark that the reader makes of it. Empty: nothing.
struct CapValueFault {
  std::string zh;
  std::string en;
  explicit operator bool() const { return !en.empty(); }
};

std::string_view trim_xml(std::string_view text);
std::vector<std::string_view> split_xml(std::string_view text);  // at white space
// For a sentence: in quotes, at most 40 bytes, cut at a character.
std::string quoted(std::string_view text);

// The whole text is one finite decimal number; a leading plus is accepted.
std::optional<double> parse_decimal(std::string_view text);

// Whole seconds with offset. `remark` tells of forms that CAP 1.2 forbids but whose meaning is clear: "Z", a fraction
// of a second (cut off), a space for the T, second 60 (read as 59).
std::optional<CapTime> parse_cap_time(std::string_view text, CapValueFault& remark);

// "lat,lon lat,lon ...". Syntax only; ranges and closure are rules of examine_cap. Stops with a fault beyond
// vertices_max.
CapValueFault parse_polygon(std::string_view text, size_t vertices_max, Ring& out);
// "lat,lon radius_km".
CapValueFault parse_circle(std::string_view text, Circle& out);

// White-space separated, an item with white space in double quotes (addresses, incidents).
std::vector<std::string> parse_list(std::string_view text);
std::string write_list(const std::vector<std::string>& items);

// Triples "sender,identifier,sent"; a malformed one is passed over and told in `remark`.
std::vector<CapReference> parse_references(std::string_view text, CapValueFault& remark);

std::string write_decimal(double value);  // shortest form without exponent that reads back the same
std::string write_polygon(const Ring& ring);
std::string write_circle(const Circle& circle);
std::string write_references(const std::vector<CapReference>& references);

}  // namespace anlan
