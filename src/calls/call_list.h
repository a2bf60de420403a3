// The list of a round (whom it calls first), fixed at the moment of approval and kept as an attachment.
//
// Layout, little endian: "ANLIST1\n", u32 entries, u32 extra posts; entries of 48 bytes (person, post, place i64; rule,
// step u8; number of extra posts u16; index of the first extra post u32; phone char[16], zero-padded); extra posts i64.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/place_code.h"

namespace anlan {

struct ListEntry {
  PersonId person;  // none: the post is vacant
  PostId post;
  PlaceCode place;
  int rule = 0;     // position in RoundOpened::rules
  int step = 0;     // first usable step; beyond the last when the person cannot be reached
  std::string phone;
  std::vector<PostId> extra_posts;
};

class CallListWriter {
 public:
  void add(const ListEntry& entry);
  size_t size() const { return count_; }
  std::string finish() const;

 private:
  uint32_t count_ = 0;
  std::string entries_;
  std::vector<int64_t> extra_;
};

// A view of encoded bytes, which must outlive it.
class CallListReader {
 public:
  static Result<CallListReader> open(std::string_view bytes);
  size_t size() const { return count_; }
  ListEntry at(size_t index) const;

 private:
  uint32_t count_ = 0, extra_count_ = 0;
  std::string_view entries_, extra_;
};

}  // namespace anlan
