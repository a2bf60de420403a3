#include "registry/people_attachment.h"

#include <algorithm>
#include <array>

namespace anlan {
namespace {

template <class Tag>
Id<Tag> id_of(const json::object& o, std::string_view member) {
  return {o.at(member).as_int64()};
}

std::string text_of(const json::object& o, std::string_view member) {
  const auto& s = o.at(member).as_string();
  return {s.data(), s.size()};
}

std::vector<std::string> list_of(const json::object& o, std::string_view member) {
  std::vector<std::string> out;
  for (const auto& v : o.at(member).as_array()) out.emplace_back(v.as_string().data(), v.as_string().size());
  return out;
}

std::optional<UtcTime> time_of(const json::object& o, std::string_view member) {
  const auto& v = o.at(member);
  return v.is_null() ? std::nullopt : std::optional(UtcTime{v.as_int64()});
}

ImportedPerson person_of(const json::object& o) {
  ImportedPerson p;
  p.person = id_of<PersonTag>(o, "person");
  p.name = text_of(o, "name");
  p.phones = list_of(o, "phones");
  p.note = text_of(o, "note");
  p.generated = o.at("generated").as_bool();
  p.confirmed_at = time_of(o, "confirmed_at");
  return p;
}

ImportedPost post_of(const json::object& o) {
  ImportedPost p;
  p.post = id_of<PostTag>(o, "post");
  p.kind = text_of(o, "kind");
  p.title = text_of(o, "title");
  p.place = PlaceCode(o.at("place").as_int64());
  p.record = id_of<RecordTag>(o, "record");
  p.hazards = list_of(o, "hazards");
  p.holder = id_of<PersonTag>(o, "holder");
  p.deputy_post = id_of<PostTag>(o, "deputy_post");
  p.superior_post = id_of<PostTag>(o, "superior_post");
  p.valid_from = time_of(o, "valid_from");
  p.valid_until = time_of(o, "valid_until");
  p.generated = o.at("generated").as_bool();
  return p;
}

// Written by hand: a hundred thousand lines are a matter of a tenth of a second this way.
class Line {
 public:
  explicit Line(std::string& out) : out_(out) { out_ += '{'; }
  ~Line() { out_ += "}\n"; }
  void number(const char* name, int64_t v) { begin(name), out_ += std::to_string(v); }
  void flag(const char* name, bool v) { begin(name), out_ += v ? "true" : "false"; }
  void text(const char* name, std::string_view v) { begin(name), quote(v); }
  void time(const char* name, const std::optional<UtcTime>& v) {
    begin(name);
    out_ += v ? std::to_string(v->ms) : "null";
  }
  void list(const char* name, const std::vector<std::string>& v) {
    begin(name);
    out_ += '[';
    for (size_t i = 0; i < v.size(); ++i) {
      if (i) out_ += ',';
      quote(v[i]);
    }
    out_ += ']';
  }

 private:
  void begin(const char* name) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void quote(std::string_view v) {
    const bool plain = v.find_first_of("\"\\") == std::string_view::npos &&
                       std::none_of(v.begin(), v.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (plain) {
      out_ += '"';
      out_ += v;
      out_ += '"';
    } else {
      out_ += json::serialize(json::string_view(v.data(), v.size()));
    }
  }
  std::string& out_;
};

}  // namespace

std::string write_people(const std::vector<ImportedPerson>& persons, const std::vector<ImportedPost>& posts) {
  std::string out;
  out.reserve(persons.size() * 110 + posts.size() * 220);
  for (const auto& p : persons) {
    Line line(out);
    line.number("person", p.person.value);
    line.text("name", p.name);
    line.list("phones", p.phones);
    line.text("note", p.note);
    line.flag("generated", p.generated);
    line.time("confirmed_at", p.confirmed_at);
  }
  for (const auto& p : posts) {
    Line line(out);
    line.number("post", p.post.value);
    line.text("kind", p.kind);
    line.text("title", p.title);
    line.number("place", p.place.digits());
    line.number("record", p.record.value);
    line.list("hazards", p.hazards);
    line.number("holder", p.holder.value);
    line.number("deputy_post", p.deputy_post.value);
    line.number("superior_post", p.superior_post.value);
    line.time("valid_from", p.valid_from);
    line.time("valid_until", p.valid_until);
    line.flag("generated", p.generated);
  }
  return out;
}

void read_people(std::string_view lines, const std::function<void(const ImportedPerson&)>& person,
                 const std::function<void(const ImportedPost&)>& post) {
  std::array<unsigned char, 8192> buffer;
  json::parser parser;
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    const auto line = lines.substr(0, end);
    lines = end == std::string_view::npos ? std::string_view() : lines.substr(end + 1);
    if (line.empty()) continue;
    json::monotonic_resource memory(buffer.data(), buffer.size());
    parser.reset(&memory);
    boost::system::error_code error;
    parser.write(line.data(), line.size(), error);
    CHECK_MSG(!error, "a line of an imported table of people cannot be read");
    const auto value = parser.release();
    CHECK_MSG(value.is_object(), "a line of an imported table of people is no object");
    const auto& object = value.get_object();
    if (object.contains("person")) person(person_of(object));
    else post(post_of(object));
  }
}

}  // namespace anlan
