#include "calls/record_rows.h"

#include <fmt/format.h>

#include "calls/record_words.h"
#include "registry/phone_number.h"

namespace anlan {
namespace {

constexpr int64_t kPiece = 2'000;

std::string clock_text(UtcTime time, int offset_minutes) {
  const auto c = to_civil(time, offset_minutes);
  return fmt::format("{:02}:{:02}:{:02}", c.hour, c.minute, c.second);
}

std::string place_name(const PlaceTable& places, PlaceCode code) {
  const auto index = code.empty() ? kNoPlace : places.index_of(code);
  return index == kNoPlace ? code.text() : std::string(places.name(index));
}

}  // namespace

std::string record_time(UtcTime time, int offset_minutes) {
  const auto c = to_civil(time, offset_minutes);
  return fmt::format("{:02}-{:02} {}", c.month, c.day, clock_text(time, offset_minutes));
}

void each_record_line(const RecordSource& source, const RoundRow& round, const std::function<void(const RecordLine&)>& f) {
  for (int64_t from = 1; from <= round.last_seq; from += kPiece) {
    auto calls = read_calls(source.reader, round.id, from, std::min(from + kPiece - 1, round.last_seq));
    std::vector<RecordLine> lines(calls.size());
    {
      const auto directory = source.directory.read();
      auto person = [&](PersonId id) {
        const auto* row = directory->person(id);
        return row ? row->name : id ? "#" + std::to_string(id.value) : std::string(either(source.language, "（空缺）", "(vacant)"));
      };
      auto title = [&](PostId id) {
        const auto* row = directory->post(id);
        return row ? place_name(source.places, row->place) + std::string(directory->title(*row)) : "#" + std::to_string(id.value);
      };
      for (size_t i = 0; i < calls.size(); ++i) {
        RecordLine& l = lines[i];
        l.call = std::move(calls[i]);
        const auto& row = l.call.row;
        l.place = place_name(source.places, row.place);
        l.town = place_name(source.places, row.place.at_level(PlaceLevel::kTown));
        const auto* post = directory->post(row.post);
        l.title = post ? std::string(directory->title(*post)) : "#" + std::to_string(row.post.value);
        l.person = person(row.person);
        const std::string rank_id = post && directory->rank(*post) >= 0 ? source.pack.ranks[static_cast<size_t>(directory->rank(*post))].id
                                                                         : round.rules.at(static_cast<size_t>(row.rule)).rank;
        if (const auto* rank = source.pack.rank(rank_id)) l.rank = source.language == Language::kZh ? rank->zh : rank->en;
        if (const auto* p = directory->person(row.person); p && !p->phones.empty()) l.phone = mask_phone(unpack_phone(p->phones.front().number));
        if (l.call.covered_by) l.covered_by = person(l.call.covered_by);
        for (const auto id : l.call.posts) l.posts.push_back(title(id));
        for (const auto& b : l.call.because_of) l.because_of.push_back(title(b.post) + " " + person(b.person));
      }
    }
    for (const auto& l : lines) f(l);
  }
}

std::string meaning_word(const RecordSource& source, const AnswerMade& a) {
  const auto* meaning = source.pack.answer(a.meaning);
  std::string text = !meaning ? a.meaning : source.language == Language::kZh ? meaning->zh : meaning->en;
  if (a.number) text += " " + std::to_string(*a.number);
  return text;
}

std::string attempts_text(const RecordSource& source, const RecordHead& head, const RecordLine& line, const char* between) {
  std::string text;
  for (const auto& a : line.call.attempts) {
    const auto* channel = source.pack.channel(a.channel);
    text += fmt::format("{}{} {}{}{} {} {}", text.empty() ? "" : between, a.no,
                        !channel ? a.channel : source.language == Language::kZh ? channel->zh : channel->en, a.phone.empty() ? "" : " ",
                        mask_phone(a.phone), clock_text(a.at, head.utc_offset_minutes), word(a.outcome, source.language));
  }
  return text;
}

std::string answers_text(const RecordSource& source, const RecordHead& head, const RecordLine& line) {
  std::string text;
  for (const auto& a : line.call.answers) {
    text += fmt::format("{}{} {}{}", text.empty() ? "" : either(source.language, "；", "; "), meaning_word(source, a), clock_text(a.at, head.utc_offset_minutes),
                        a.late ? either(source.language, " 迟到", " late") : "");
    if (!a.text.empty()) text += " " + a.text;
    if (!a.by.empty()) text += either(source.language, " 代录：", " by ") + a.by;
  }
  return text;
}

}  // namespace anlan
