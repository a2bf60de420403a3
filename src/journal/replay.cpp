#include "journal/replay.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "journal/chain.h"
#include "journal/facts_table.h"

namespace anlan {

Result<int64_t> replay(Reader& from, Connection& to, const FactCatalogue& catalogue,
                       const std::vector<Migration>& migrations, const Attachments& attachments, UtcTime until) {
  constexpr int64_t kFactsPerCommit = 10'000;
  TRY_VOID(migrate(to, migrations));
  const int64_t last = last_fact_at(from, until);
  FactsTable table;
  Digest head{};
  int64_t done = 0;
  while (done < last) {
    std::optional<Error> failure;
    const int64_t end = std::min(last, done + kFactsPerCommit);
    int64_t seen = done;
    to.begin();
    from.query("SELECT seq, at, actor, place, subject, kind, body, hash FROM facts WHERE seq > ? AND seq <= ? ORDER BY seq",
               {done, end}, [&](const Row& row) {
                 if (failure) return;
                 const FactHeader h{row.integer(0), row.time(1), row.str(2), PlaceCode(row.integer(3)), row.str(4)};
                 seen = h.seq;
                 head = next_hash(head, h, row.text(5), row.text(6));
                 const std::string_view hash(reinterpret_cast<const char*>(head.data()), head.size());
                 if (row.bytes(7) != hash) {
                   failure = Error(ErrorCode::kCorrupt, {{"what", "fact " + std::to_string(h.seq)}, {"why", "hash"}});
                   return;
                 }
                 auto body = catalogue.read(row.text(5), row.text(6));
                 if (!body) {
                   failure = body.error();
                   return;
                 }
                 table.append(to, h, row.text(5), row.text(6), head);
                 (*body)->apply_to(to, h, attachments);
               });
    // A store that cannot be read to its end must not pass for a short one.
    if (!failure && seen != end) failure = Error(ErrorCode::kCorrupt, {{"what", "fact " + std::to_string(seen + 1)}, {"why", "it cannot be read"}});
    if (failure) {
      to.rollback();
      return *failure;
    }
    table.finish(to, head);
    TRY_VOID(to.commit());
    table.settled(true);
    done = end;
  }
  return done;
}

namespace {

// As both stores would write it: SQLite says 102.0 and rounds to 15 digits where PostgreSQL says 102 and gives all.
std::string cell(const Row& row, int i) {
  if (row.is_null(i)) return "∅";
  const auto text = row.text(i);
  if (text.find_first_of(".e") == std::string_view::npos || text.find_first_not_of("0123456789.e+-") != std::string_view::npos) return std::string(text);
  double parsed = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (fault != std::errc() || end != text.data() + text.size()) return std::string(text);
  char out[32];
  std::snprintf(out, sizeof out, "%.17g", row.real(i));
  return out;
}

// Sorted here: stores may order texts differently.
std::vector<std::string> rows_of(Reader& reader, const std::string& table) {
  std::vector<std::string> rows;
  reader.query("SELECT * FROM " + table, {}, [&](const Row& row) {
    std::string text;
    for (int i = 0; i < row.columns(); ++i) text += cell(row, i) + "|";
    rows.push_back(std::move(text));
  });
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

std::string compare_tables(Reader& a, Reader& b, const std::vector<std::string>& tables) {
  for (const auto& table : tables) {
    const auto left = rows_of(a, table), right = rows_of(b, table);
    for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const std::string l = i < left.size() ? left[i] : "(none)", r = i < right.size() ? right[i] : "(none)";
      if (l != r) return table + ": " + l + " / " + r;
    }
  }
  return {};
}

}  // namespace anlan
