// The table of facts: appending to it, and finding facts by subject and by time.
//
// An index entry per fact would touch a page of the store for every subject of a batch. Instead each fact names the fact
// before it about the same subject, `subjects` names the last one, and `batches` says which facts were recorded at one
// time. A batch then costs its rows, one row for each of its subjects and one for itself.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "journal/chain.h"
#include "journal/fact.h"

namespace anlan {

class FactsTable {
 public:
  static constexpr size_t kSubjectsKept = 100'000;

  // One row; the rest of the batch's rows are written by finish().
  void append(Tables& tables, const FactHeader& header, std::string_view kind, std::string_view body, const Digest& hash);
  // Before the commit.
  void finish(Tables& tables, const Digest& head);
  // After it: what was appended since the last call stands, or has not happened.
  void settled(bool committed);

 private:
  struct Run {
    int64_t first, last;
    UtcTime at;
  };
  std::unordered_map<std::string, int64_t> last_;     // of subjects seen lately
  std::unordered_map<std::string, int64_t> changed_;  // by this batch
  std::vector<Run> runs_;                             // of this batch
};

// The last fact about a subject; 0 when there is none.
int64_t last_fact_about(Reader& reader, std::string_view subject);
// The same, recorded at `until` or before. O(facts about it since).
int64_t last_fact_about(Reader& reader, std::string_view subject, UtcTime until);
// The last fact recorded at `until` or before, 0 when there is none; the first at `from` or later, or nothing.
int64_t last_fact_at(Reader& reader, UtcTime until);
std::optional<int64_t> first_fact_at(Reader& reader, UtcTime from);

// Begins a query with about(seq): the facts about the subject that is the first argument, the last first.
inline constexpr std::string_view kFactsAbout =
    "WITH RECURSIVE about(seq) AS (SELECT last FROM subjects WHERE subject = ? UNION ALL "
    "SELECT f.previous FROM about a JOIN facts f ON f.seq = a.seq WHERE f.previous > 0) ";

}  // namespace anlan
