#include "journal/replay.h"

#include "journal/chain.h"
#include "journal/writer.h"

namespace anlan {

Result<int64_t> replay(Reader& from, Connection& to, const FactCatalogue& catalogue,
                       const std::vector<Migration>& migrations, const Attachments& attachments, UtcTime until) {
  constexpr int64_t kFactsPerCommit = 10'000;
  TRY_VOID(migrate(to, migrations));
  const int64_t last = from.integer("SELECT MAX(seq) FROM facts WHERE at <= ?", {until}).value_or(0);
  Digest head{};
  int64_t done = 0;
  while (done < last) {
    std::optional<Error> failure;
    const int64_t end = std::min(last, done + kFactsPerCommit);
    to.begin();
    from.query("SELECT seq, at, actor, place, subject, kind, body, hash FROM facts WHERE seq > ? AND seq <= ? ORDER BY seq",
               {done, end}, [&](const Row& row) {
                 if (failure) return;
                 const FactHeader h{row.integer(0), row.time(1), row.str(2), PlaceCode(row.integer(3)), row.str(4)};
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
                 to.execute("INSERT INTO facts (seq, at, kind, actor, place, subject, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                            {h.seq, h.at, row.text(5), Arg(h.actor), h.place, Arg(h.subject), row.text(6), Arg::bytes(hash)});
                 (*body)->apply_to(to, h, attachments);
               });
    if (failure) {
      to.rollback();
      return *failure;
    }
    to.execute("INSERT INTO meta (name, value) VALUES ('head', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
               {std::to_string(end) + ":" + to_hex(head)});
    TRY_VOID(to.commit());
    done = end;
  }
  return done;
}

std::string compare_tables(Reader& a, Reader& b, const std::vector<std::string>& tables) {
  for (const auto& table : tables) {
    auto rows_of = [&](Reader& reader) {
      std::vector<std::string> rows;
      // Every table of facts has its key first.
      reader.query("SELECT * FROM " + table + " ORDER BY 1, 2", {}, [&](const Row& row) {
        std::string text;
        for (int i = 0; i < row.columns(); ++i) text += (row.is_null(i) ? std::string("∅") : row.str(i)) + "|";
        rows.push_back(std::move(text));
      });
      return rows;
    };
    const auto left = rows_of(a), right = rows_of(b);
    for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const std::string l = i < left.size() ? left[i] : "(none)", r = i < right.size() ? right[i] : "(none)";
      if (l != r) return table + " row " + std::to_string(i + 1) + ": " + l + " / " + r;
    }
  }
  return {};
}

}  // namespace anlan
