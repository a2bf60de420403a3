#include "journal/facts_table.h"

namespace anlan {

void FactsTable::append(Tables& tables, const FactHeader& h, std::string_view kind, std::string_view body, const Digest& hash) {
  int64_t previous = 0;
  if (!h.subject.empty()) {
    auto [entry, is_new] = changed_.try_emplace(h.subject, h.seq);
    if (is_new) {
      const auto kept = last_.find(h.subject);
      previous = kept != last_.end() ? kept->second : last_fact_about(tables, h.subject);
    } else {
      previous = std::exchange(entry->second, h.seq);
    }
  }
  if (!runs_.empty() && runs_.back().at == h.at && runs_.back().last + 1 == h.seq) runs_.back().last = h.seq;
  else runs_.push_back({h.seq, h.seq, h.at});
  tables.execute("INSERT INTO facts (seq, at, kind, actor, place, subject, body, hash, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 {h.seq, h.at, kind, Arg(h.actor), h.place, Arg(h.subject), body,
                  Arg::bytes({reinterpret_cast<const char*>(hash.data()), hash.size()}), previous});
}

void FactsTable::finish(Tables& tables, const Digest& head) {
  if (runs_.empty()) return;
  for (const auto& [subject, last] : changed_)
    tables.execute("INSERT INTO subjects (subject, last) VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET last = excluded.last", {Arg(subject), last});
  for (const auto& r : runs_) tables.execute("INSERT INTO batches (first, last, at) VALUES (?, ?, ?)", {r.first, r.last, r.at});
  tables.execute("INSERT INTO meta (name, value) VALUES ('head', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                 {std::to_string(runs_.back().last) + ":" + to_hex(head)});
}

void FactsTable::settled(bool committed) {
  if (committed) {
    if (last_.size() + changed_.size() > kSubjectsKept) last_.clear();
    for (auto& [subject, last] : changed_) last_.insert_or_assign(subject, last);
  }
  changed_.clear();
  runs_.clear();
}

int64_t last_fact_about(Reader& reader, std::string_view subject) {
  return reader.integer("SELECT last FROM subjects WHERE subject = ?", {subject}).value_or(0);
}

int64_t last_fact_about(Reader& reader, std::string_view subject, UtcTime until) {
  static const std::string sql = std::string(kFactsAbout) + "SELECT MAX(f.seq) FROM about a JOIN facts f ON f.seq = a.seq WHERE f.at <= ?";
  return reader.integer(sql, {subject, until}).value_or(0);
}

int64_t last_fact_at(Reader& reader, UtcTime until) { return reader.integer("SELECT MAX(last) FROM batches WHERE at <= ?", {until}).value_or(0); }

std::optional<int64_t> first_fact_at(Reader& reader, UtcTime from) { return reader.integer("SELECT MIN(first) FROM batches WHERE at >= ?", {from}); }

}  // namespace anlan
