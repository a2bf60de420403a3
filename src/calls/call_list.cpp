#include "calls/call_list.h"

#include <cstring>

#include "base/check.h"

namespace anlan {
namespace {

constexpr std::string_view kMagic = "ANLIST1\n";
constexpr size_t kEntryBytes = 48;
constexpr size_t kPhoneBytes = 16;

// Layout in memory equals layout on disk on the little-endian machines Anlan runs on.
struct Packed {
  int64_t person, post, place;
  uint8_t rule, step;
  uint16_t extra;
  uint32_t extra_at;
  char phone[kPhoneBytes];
};
static_assert(sizeof(Packed) == kEntryBytes);

uint32_t read_u32(std::string_view bytes, size_t at) {
  uint32_t n;
  std::memcpy(&n, bytes.data() + at, sizeof n);
  return n;
}

}  // namespace

void CallListWriter::add(const ListEntry& e) {
  Packed p{};
  p.person = e.person.value;
  p.post = e.post.value;
  p.place = e.place.digits();
  CHECK(e.rule < 256 && e.step < 256);
  p.rule = static_cast<uint8_t>(e.rule);
  p.step = static_cast<uint8_t>(e.step);
  const size_t extra = std::min<size_t>(e.extra_posts.size(), UINT16_MAX);
  p.extra = static_cast<uint16_t>(extra);
  p.extra_at = static_cast<uint32_t>(extra_.size());
  std::memcpy(p.phone, e.phone.data(), std::min(e.phone.size(), kPhoneBytes));
  for (size_t i = 0; i < extra; ++i) extra_.push_back(e.extra_posts[i].value);
  entries_.append(reinterpret_cast<const char*>(&p), sizeof p);
  ++count_;
}

std::string CallListWriter::finish() const {
  const auto extra = static_cast<uint32_t>(extra_.size());
  std::string out(kMagic);
  out.append(reinterpret_cast<const char*>(&count_), 4);
  out.append(reinterpret_cast<const char*>(&extra), 4);
  out += entries_;
  out.append(reinterpret_cast<const char*>(extra_.data()), extra_.size() * 8);
  return out;
}

Result<CallListReader> CallListReader::open(std::string_view bytes) {
  const Error bad(ErrorCode::kCorrupt, {{"what", "call list"}, {"why", "wrong length or header"}});
  if (bytes.size() < 16 || bytes.substr(0, 8) != kMagic) return bad;
  CallListReader reader;
  reader.count_ = read_u32(bytes, 8);
  reader.extra_count_ = read_u32(bytes, 12);
  if (bytes.size() != 16 + reader.count_ * kEntryBytes + size_t{8} * reader.extra_count_) return bad;
  reader.entries_ = bytes.substr(16, reader.count_ * kEntryBytes);
  reader.extra_ = bytes.substr(16 + reader.count_ * kEntryBytes);
  return reader;
}

ListEntry CallListReader::at(size_t index) const {
  CHECK(index < count_);
  Packed p;
  std::memcpy(&p, entries_.data() + index * kEntryBytes, sizeof p);
  ListEntry e{PersonId{p.person}, PostId{p.post}, PlaceCode(p.place), p.rule, p.step,
              std::string(p.phone, ::strnlen(p.phone, kPhoneBytes)), {}};
  for (uint32_t i = p.extra_at; i < p.extra_at + p.extra && i < extra_count_; ++i) {
    int64_t post;
    std::memcpy(&post, extra_.data() + size_t{8} * i, sizeof post);
    e.extra_posts.push_back(PostId{post});
  }
  return e;
}

}  // namespace anlan
