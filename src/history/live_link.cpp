#include "history/live_link.h"

#include <bit>
#include <utility>

#include "base/check.h"
#include "history/varint.h"

namespace anlan {

Taken LiveLink::take(const Sample& sample, std::optional<SealedBlock>& sealed) {
  if (any_ && sample.at < newest_.at) return Taken::kLate;
  if (any_ && sample.at == newest_.at) {
    if (std::bit_cast<uint64_t>(sample.value) == std::bit_cast<uint64_t>(newest_.value)) return Taken::kDuplicate;
    newest_.value = sample.value;
    return Taken::kReplaced;
  }
  if (any_) {
    open_.push(newest_);
    if (open_.full()) {
      // Exchanged, not assigned: an assigned string keeps the memory it had.
      const auto full = std::exchange(open_, {});
      sealed = SealedBlock{full.first_at(), full.bytes()};
    }
  }
  newest_ = sample;
  any_ = true;
  return Taken::kStored;
}

void LiveLink::samples(std::vector<Sample>& out) const {
  if (!any_) return;
  CHECK(read_block(open_.bytes(), out));
  out.push_back(newest_);
}

std::vector<SealedBlock> LiveLink::assign(std::span<const Sample> samples) {
  (void)std::exchange(open_, {});
  any_ = !samples.empty();
  if (!any_) return {};
  newest_ = samples.back();
  const size_t older = (samples.size() - 1) / kBlockSamples * kBlockSamples;
  for (const auto& s : samples.subspan(older, samples.size() - 1 - older)) open_.push(s);
  return make_blocks(samples.first(older));
}

std::string LiveLink::stored(uint64_t applied_to, uint64_t readings_in_all) const {
  std::string out;
  put_varint(out, applied_to);
  put_varint(out, readings_in_all);
  if (!any_) return out;
  BlockWriter block = open_;
  block.push(newest_);
  return out + block.bytes();
}

bool LiveLink::load(std::string_view bytes) {
  const auto applied_to = take_varint(bytes), readings_in_all = take_varint(bytes);
  std::vector<Sample> samples;
  if (!applied_to || !readings_in_all || (!bytes.empty() && !read_block(bytes, samples))) return false;
  if (samples.size() > kBlockSamples) return false;
  applied = *applied_to;
  readings = *readings_in_all;
  assign(samples);
  return true;
}

std::vector<Sample> merge_samples(std::span<const Sample> stored, std::span<const Sample> late) {
  std::vector<Sample> out;
  out.reserve(stored.size() + late.size());
  auto s = stored.begin();
  for (const auto& l : late) {
    while (s != stored.end() && s->at < l.at) out.push_back(*s++);
    if (s != stored.end() && s->at == l.at) ++s;
    out.push_back(l);
  }
  out.insert(out.end(), s, stored.end());
  return out;
}

std::vector<SealedBlock> make_blocks(std::span<const Sample> samples) {
  std::vector<SealedBlock> out;
  const size_t parts = (samples.size() + kBlockSamples - 1) / kBlockSamples;
  for (size_t i = 0; i < parts; ++i) {
    const size_t from = samples.size() * i / parts, until = samples.size() * (i + 1) / parts;
    out.push_back({samples[from].at, write_block(samples.subspan(from, until - from))});
  }
  return out;
}

}  // namespace anlan
