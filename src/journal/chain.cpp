#include "journal/chain.h"

#include <cstring>
#include <set>

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

Verification verify_chain(Reader& reader, const Attachments* attachments,
                          const std::function<void(int64_t)>& progress) {
  Verification result;
  Digest hash{};
  std::set<std::string> hashes;
  auto fail = [&](int64_t seq, std::string problem) {
    if (!result.ok) return;
    result.ok = false;
    result.bad_seq = seq;
    result.problem = std::move(problem);
  };
  reader.query("SELECT seq, at, actor, place, subject, kind, body, hash FROM facts ORDER BY seq", {}, [&](const Row& row) {
    if (!result.ok) return;
    FactHeader h{row.integer(0), row.time(1), row.str(2), PlaceCode(row.integer(3)), row.str(4)};
    const std::string named = "fact " + std::to_string(h.seq) + " (" + row.str(5) + ")";
    if (h.seq != result.facts + 1) {
      fail(result.facts + 1, "fact " + std::to_string(result.facts + 1) + " is missing; next is " + named);
      return;
    }
    hash = next_hash(hash, h, row.text(5), row.text(6));
    if (row.bytes(7) != std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size())) {
      fail(h.seq, named + " does not match its hash: it or its place in the chain was altered");
      return;
    }
    if (attachments) collect_hashes(row.text(6), hashes);
    ++result.facts;
    if (progress && result.facts % 100'000 == 0) progress(result.facts);
  });
  const auto head = reader.text("SELECT value FROM meta WHERE name = 'head'");
  result.head = to_hex(hash);
  if (result.ok && head && *head != std::to_string(result.facts) + ":" + result.head)
    fail(result.facts + 1, "the journal ends at fact " + std::to_string(result.facts) + " but its head says " + *head);
  if (result.ok && attachments)
    for (const auto& h : hashes)
      if (auto bytes = attachments->get(h); !bytes) {
        fail(0, "attachment " + h + ": " + bytes.error().describe());
        break;
      }
  return result;
}

}  // namespace anlan
