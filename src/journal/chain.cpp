#include "journal/chain.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "journal/attachments.h"

namespace anlan {
namespace {

void put_number(std::string& out, int64_t n) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(static_cast<uint64_t>(n) >> (8 * i));
  out.append(bytes, sizeof bytes);
}
void put_text(std::string& out, std::string_view text) {
  put_number(out, static_cast<int64_t>(text.size()));
  out += text;
}

// Attachment hashes appear in bodies as JSON strings of 64 hex digits.
void collect_hashes(std::string_view body, std::set<std::string>& hashes) {
  for (size_t at = 0; at + 66 <= body.size();) {
    const size_t quote = body.find('"', at);
    if (quote == std::string_view::npos || quote + 66 > body.size()) return;
    const auto inside = body.substr(quote + 1, 64);
    if (body[quote + 65] == '"' && Attachments::is_hash(inside)) {
      hashes.emplace(inside);
      at = quote + 66;
    } else {
      at = quote + 1;
    }
  }
}

}  // namespace

Digest next_hash(const Digest& previous, const FactHeader& header, std::string_view kind, std::string_view body) {
  std::string bytes;
  bytes.reserve(32 + 7 * 8 + kind.size() + header.actor.size() + header.subject.size() + body.size());
  bytes.append(reinterpret_cast<const char*>(previous.data()), previous.size());
  put_number(bytes, header.seq);
  put_number(bytes, header.at.ms);
  put_text(bytes, kind);
  put_text(bytes, header.actor);
  put_number(bytes, header.place.digits());
  put_text(bytes, header.subject);
  put_text(bytes, body);
  return sha256(bytes);
}

namespace {

// How facts are found by subject and by time (facts_table.h), built again from the facts while they are read.
class Links {
 public:
  explicit Links(Reader& reader) : reader_(reader) {}

  // The batches that begin with one of the facts (done, end], before those facts are checked.
  void expect(int64_t done, int64_t end) {
    batches_.clear();
    next_ = 0;
    reader_.query("SELECT first, last, at FROM batches WHERE first > ? AND first <= ? ORDER BY first", {done, end},
                  [&](const Row& row) { batches_.push_back({row.integer(0), row.integer(1), row.time(2)}); });
  }

  // What is wrong with the links of the next fact, in words; "" for nothing.
  std::string check(const FactHeader& h, int64_t previous) {
    const int64_t before = h.subject.empty() ? 0 : std::exchange(last_[h.subject], h.seq);
    if (previous != before) return "names fact " + std::to_string(previous) + " as the one before it about its subject, which is " + std::to_string(before);
    if (h.seq > batch_.last) {
      if (next_ == batches_.size() || batches_[next_].first != h.seq) return "is not listed in a batch";
      batch_ = batches_[next_++];
      ++taken_;
    }
    return batch_.at == h.at ? "" : "is listed in a batch of another time";
  }

  // The same, once all facts have been checked; `end` is the last.
  std::string finish(int64_t end) {
    std::string wrong;
    size_t subjects = 0;
    reader_.query("SELECT subject, last FROM subjects", {}, [&](const Row& row) {
      ++subjects;
      const auto found = last_.find(row.str(0));
      if (wrong.empty() && (found == last_.end() || found->second != row.integer(1))) wrong = "the list of subjects names a wrong last fact about " + row.str(0);
    });
    if (wrong.empty() && subjects != last_.size()) wrong = "the list of subjects lacks some";
    if (wrong.empty() && (batch_.last != end || reader_.integer("SELECT COUNT(*) FROM batches") != taken_)) wrong = "the list of batches names facts that are none";
    return wrong;
  }

 private:
  struct Batch {
    int64_t first, last;
    UtcTime at;
  };
  Reader& reader_;
  std::unordered_map<std::string, int64_t> last_;
  std::vector<Batch> batches_;  // of the facts that are read together
  size_t next_ = 0;
  Batch batch_{};  // of the last fact checked
  int64_t taken_ = 0;
};

}  // namespace

Verification verify_chain(Reader& reader, const Attachments* attachments,
                          const std::function<void(int64_t)>& progress) {
  constexpr int64_t kFactsPerQuery = 100'000;
  Verification result;
  Digest hash{};
  std::set<std::string> hashes;
  auto fail = [&](int64_t seq, std::string problem) {
    if (!result.ok) return;
    result.ok = false;
    result.bad_seq = seq;
    result.problem = std::move(problem);
  };
  // A backup keeps the schema of its time; the first one had indexes instead of links.
  const bool linked = reader.integer("SELECT COUNT(*) FROM migrations WHERE name = 'journal-2'").value_or(0) > 0;
  Links links(reader);
  const std::string columns = std::string("SELECT seq, at, actor, place, subject, kind, body, hash") + (linked ? ", previous" : "");
  const int64_t last = reader.integer("SELECT MAX(seq) FROM facts").value_or(0);
  for (int64_t done = 0; result.ok && done < last; done += kFactsPerQuery) {
    const int64_t end = std::min(last, done + kFactsPerQuery);
    if (linked) links.expect(done, end);
    reader.query(columns + " FROM facts WHERE seq > ? AND seq <= ? ORDER BY seq", {done, end}, [&](const Row& row) {
      if (!result.ok) return;
      const FactHeader h{row.integer(0), row.time(1), row.str(2), PlaceCode(row.integer(3)), row.str(4)};
      const std::string named = "fact " + std::to_string(h.seq) + " (" + row.str(5) + ")";
      if (h.seq != result.facts + 1)
        return fail(result.facts + 1, "fact " + std::to_string(result.facts + 1) + " is missing; next is " + named);
      hash = next_hash(hash, h, row.text(5), row.text(6));
      if (row.bytes(7) != std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()))
        return fail(h.seq, named + " does not match its hash: it or its place in the chain was altered");
      if (linked)
        if (auto wrong = links.check(h, row.integer(8)); !wrong.empty()) return fail(h.seq, named + " " + wrong);
      if (attachments) collect_hashes(row.text(6), hashes);
      ++result.facts;
    });
    if (progress && result.ok) progress(result.facts);
  }
  const auto head = reader.text("SELECT value FROM meta WHERE name = 'head'");
  result.head = to_hex(hash);
  if (result.ok && head && *head != std::to_string(result.facts) + ":" + result.head)
    fail(result.facts + 1, "the journal ends at fact " + std::to_string(result.facts) + " but its head says " + *head);
  if (result.ok && linked)
    if (auto wrong = links.finish(result.facts); !wrong.empty()) fail(0, std::move(wrong));
  if (result.ok && attachments)
    for (const auto& h : hashes)
      if (auto bytes = attachments->get(h); !bytes) {
        fail(0, "attachment " + h + ": " + bytes.error().describe());
        break;
      }
  return result;
}

}  // namespace anlan
