#include "journal/fact.h"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

namespace anlan {
namespace {

// Builds the value as boost::json::parser does, but reads doubles by std::from_chars, which is exact.
struct ExactHandler {
  static constexpr size_t max_object_size = SIZE_MAX, max_array_size = SIZE_MAX, max_key_size = SIZE_MAX, max_string_size = SIZE_MAX;
  using Text = json::string_view;
  using Fault = json::error_code;

  bool on_document_begin(Fault&) { return values.reset(), true; }
  bool on_document_end(Fault&) { return true; }
  bool on_object_begin(Fault&) { return true; }
  bool on_object_end(size_t n, Fault&) { return values.push_object(n), true; }
  bool on_array_begin(Fault&) { return true; }
  bool on_array_end(size_t n, Fault&) { return values.push_array(n), true; }
  bool on_key_part(Text part, size_t, Fault&) { return values.push_chars(part), true; }
  bool on_key(Text part, size_t, Fault&) { return values.push_key(part), true; }
  bool on_string_part(Text part, size_t, Fault&) { return values.push_chars(part), true; }
  bool on_string(Text part, size_t, Fault&) { return values.push_string(part), true; }
  bool on_number_part(Text, Fault&) { return true; }  // the whole text lies in one buffer
  bool on_int64(int64_t n, Text, Fault&) { return values.push_int64(n), true; }
  bool on_uint64(uint64_t n, Text, Fault&) { return values.push_uint64(n), true; }
  bool on_double(double n, Text text, Fault&) {
    double exact = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), exact);
    values.push_double(fault == std::errc() && end == text.data() + text.size() ? exact : n);
    return true;
  }
  bool on_bool(bool b, Fault&) { return values.push_bool(b), true; }
  bool on_null(Fault&) { return values.push_null(), true; }
  bool on_comment_part(Text, Fault&) { return true; }
  bool on_comment(Text, Fault&) { return true; }

  json::value_stack values;
};

}  // namespace

Result<json::value> parse_fact_body(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  json::basic_parser<ExactHandler> parser(options);
  json::error_code ec;
  const size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = json::error::extra_data;
  if (ec) return Error(ErrorCode::kBadRequest, {{"why", "JSON: " + ec.message()}});
  return parser.handler().values.release();
}

Result<std::shared_ptr<const FactBody>> FactCatalogue::read(std::string_view kind, std::string_view json) const {
  const auto it = readers_.find(kind);
  if (it == readers_.end())
    return Error(ErrorCode::kCorrupt, {{"what", "fact"}, {"why", "unknown kind " + std::string(kind)}});
  return it->second(json);
}

std::vector<std::string> FactCatalogue::kinds() const {
  std::vector<std::string> names;
  for (const auto& [name, read] : readers_) names.push_back(name);
  return names;
}

}  // namespace anlan
