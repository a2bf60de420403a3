// JSON of plain described structs. A fact, a command or an answer is a struct with BOOST_DESCRIBE_STRUCT; it is
// written and read here without further code. Unknown enum names, absent members and wrong types are refused.
#pragma once

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <string>

#include "base/error.h"
#include "base/id.h"
#include "base/json_text.h"
#include "base/lonlat.h"
#include "base/place_code.h"
#include "base/time.h"

namespace anlan {

namespace json = boost::json;

BOOST_DESCRIBE_STRUCT(LonLat, (), (lon, lat))

// Times are milliseconds, ids are numbers, place codes are strings.
inline void tag_invoke(json::value_from_tag, json::value& v, UtcTime t) { v = t.ms; }
inline void tag_invoke(json::value_from_tag, json::value& v, Millis d) { v = d.count; }
inline void tag_invoke(json::value_from_tag, json::value& v, PlaceCode c) { v = c.text(); }
inline json::result<UtcTime> tag_invoke(json::try_value_to_tag<UtcTime>, const json::value& v) {
  auto n = json::try_value_to<int64_t>(v);
  if (!n) return n.error();
  return UtcTime{*n};
}
inline json::result<Millis> tag_invoke(json::try_value_to_tag<Millis>, const json::value& v) {
  auto n = json::try_value_to<int64_t>(v);
  if (!n) return n.error();
  return Millis{*n};
}
inline json::result<PlaceCode> tag_invoke(json::try_value_to_tag<PlaceCode>, const json::value& v) {
  const auto* s = v.if_string();
  if (!s) return json::make_error_code(json::error::not_string);
  if (s->empty()) return PlaceCode();
  auto code = PlaceCode::parse({s->data(), s->size()});
  if (!code) return json::make_error_code(json::error::not_exact);
  return *code;
}
template <class Tag>
void tag_invoke(json::value_from_tag, json::value& v, Id<Tag> id) { v = id.value; }
template <class Tag>
json::result<Id<Tag>> tag_invoke(json::try_value_to_tag<Id<Tag>>, const json::value& v) {
  auto n = json::try_value_to<int64_t>(v);
  if (!n) return n.error();
  return Id<Tag>{*n};
}

// Parses text from outside: UTF-8, depth at most 32, no trailing bytes.
Result<json::value> parse_json(std::string_view text);

template <class T>
Result<T> from_json(const json::value& value, std::string_view what) {
  auto result = json::try_value_to<T>(value);
  if (!result) return Error(ErrorCode::kBadRequest, {{"why", std::string(what) + ": " + result.error().message()}});
  return std::move(*result);
}

template <class T>
Result<T> from_json_text(std::string_view text, std::string_view what) {
  TRY(value, parse_json(text));
  return from_json<T>(value, what);
}

}  // namespace anlan
