// The lines of a call record with names in them, a piece of the round at a time.
#pragma once

#include <functional>

#include "calls/record.h"

namespace anlan {

struct RecordLine {
  CallDetails call;
  std::string place, town, title, person, rank, phone, covered_by;
  std::vector<std::string> posts, because_of;
};

// Calls f for every call of the round, by seq. Memory for one piece.
void each_record_line(const RecordSource& source, const RoundRow& round, const std::function<void(const RecordLine&)>& f);

std::string record_time(UtcTime time, int offset_minutes);  // "11-21 19:05:03"
// "1 语音电话 138****5678 19:05:03 无人接听；2 …"
std::string attempts_text(const RecordSource& source, const RecordHead& head, const RecordLine& line, const char* between = "；");
// "收到 19:06:11（短信链接）；…"
std::string answers_text(const RecordSource& source, const RecordHead& head, const RecordLine& line);
std::string meaning_word(const RecordSource& source, const AnswerMade& answer);

}  // namespace anlan
