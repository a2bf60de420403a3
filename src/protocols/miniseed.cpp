#include "protocols/miniseed.h"

#include <fmt/format.h>
#include <libmseed.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <mutex>

#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

constexpr size_t kHeader = 48;
constexpr size_t kBlockettesMax = 64;
constexpr size_t kSamplesMax = 65'535;

Error refused(const std::string& zh, const std::string& en) { return Error(ErrorCode::kCorrupt, {{"what", "miniSEED"}, {"why", zh + " / " + en}}); }

// Guards everything the library keeps in globals. What it says in complaint goes to `said`.
struct Library {
  std::mutex lock;
  std::string said;
};
Library& library() {
  static Library one;
  return one;
}
void listen(char* message) {
  auto& said = library().said;
  if (said.size() < 400) said += message;
}
// Call with the lock held. Neither the terminal nor the environment has a say in how records are read.
void begin_library() {
  library().said.clear();
  static bool begun = false;
  if (begun) return;
  begun = true;
  ms_loginit(listen, "", listen, "");
  MS_UNPACKHEADERBYTEORDER(-1);
  MS_UNPACKDATABYTEORDER(-1);
  MS_UNPACKENCODINGFORMAT(-1);
  MS_UNPACKENCODINGFALLBACK(-1);
  MS_PACKHEADERBYTEORDER(-1);
  MS_PACKDATABYTEORDER(-1);
}
std::string last_words() {
  auto said = library().said;
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
  for (auto& c : said)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
  return said;
}

struct RecordHolder {
  MSRecord* record = nullptr;
  ~RecordHolder() {
    if (record) msr_free(&record);
  }
};

// What our own look at the header finds; the library trusts the offsets that it reads.
struct Outline {
  size_t length = 0;
  int encoding = 0;
  size_t samples = 0, data_offset = 0;
  uint8_t activity = 0, io = 0, quality = 0;
  std::optional<uint8_t> timing_percent;
};

// Bytes of a sample as it is stored; 0: packed by Steim; -1: not a waveform, or unknown.
int stored_bytes(int encoding) {
  switch (encoding) {
    case DE_INT16:
    case DE_GEOSCOPE163:
    case DE_GEOSCOPE164:
    case DE_CDSN:
    case DE_SRO:
    case DE_DWWSSN: return 2;
    case DE_GEOSCOPE24: return 3;
    case DE_INT32:
    case DE_FLOAT32: return 4;
    case DE_FLOAT64: return 8;
    case DE_STEIM1:
    case DE_STEIM2: return 0;
    default: return -1;
  }
}

Result<Outline> outline_of(std::string_view b) {
  if (b.size() < kHeader) return refused("不足一个记录头", "shorter than a header");
  for (size_t i = 0; i < 6; ++i)
    if (!((b[i] >= '0' && b[i] <= '9') || b[i] == ' ' || b[i] == 0)) return refused("不是 miniSEED 记录", "not a miniSEED record");
  if (!(b[6] == 'D' || b[6] == 'R' || b[6] == 'Q' || b[6] == 'M') || !(b[7] == ' ' || b[7] == 0)) return refused("不是数据记录", "not a data record");
  if (byte_at(b, 24) > 23 || byte_at(b, 25) > 59 || byte_at(b, 26) > 60) return refused("时间无效", "its time of day is none");
  // Year and day of the year tell the byte order, as in the library.
  const auto sane = [](unsigned year, unsigned day) { return year >= 1900 && year <= 2100 && day >= 1 && day <= 366; };
  const bool little = !sane(u16_at(b, 20), u16_at(b, 22));
  const auto u16 = [&](size_t at) -> size_t { return little ? byte_at(b, at) | byte_at(b, at + 1) << 8 : u16_at(b, at); };
  if (!sane(static_cast<unsigned>(u16(20)), static_cast<unsigned>(u16(22)))) return refused("年份或年内日无效", "its year or day of the year is none in either byte order");

  Outline out;
  out.samples = u16(30);
  out.data_offset = u16(44);
  out.activity = byte_at(b, 36);
  out.io = byte_at(b, 37);
  out.quality = byte_at(b, 38);
  size_t count = 0;
  for (size_t at = u16(46); at != 0;) {
    if (at < kHeader || at + 8 > std::min(b.size(), kMiniseedRecordMax)) return refused("子块超出记录", "a blockette lies outside the record");
    if (++count > kBlockettesMax) return refused("子块过多", "too many blockettes");
    const size_t type = u16(at), next = u16(at + 2);
    if (type == 1000) {
      const unsigned power = byte_at(b, at + 6);
      if (out.length != 0) return refused("有两个 1000 子块", "two blockettes 1000");
      if (power < 7 || power > 12) return refused(fmt::format("记录长度 2^{} 超出 128–4096 字节", power), fmt::format("a length of 2^{} bytes is outside 128 to 4,096", power));
      out.length = size_t{1} << power;
      out.encoding = byte_at(b, at + 4);
      if (byte_at(b, at + 5) > 1) return refused("字节序标志无效", "its byte order flag is neither 0 nor 1");
    } else if (type == 1001) {
      if (const uint8_t percent = byte_at(b, at + 4); percent <= 100) out.timing_percent = percent;
    }
    if (next != 0 && next < at + 4) return refused("子块链回指", "the chain of blockettes turns back");
    at = next;
  }
  if (out.length == 0) return refused("没有 1000 子块，编码和长度不明", "no blockette 1000: encoding and length are unknown");
  return out;
}

Result<MiniseedRecord> decode(std::string_view bytes, const Outline& outline) {
  // The library wants to write, and reads words where they lie.
  alignas(64) char copy[kMiniseedRecordMax];
  std::memcpy(copy, bytes.data(), outline.length);

  const std::scoped_lock guard(library().lock);
  begin_library();
  RecordHolder holder;
  const int result = msr_unpack(copy, static_cast<int>(outline.length), &holder.record, 1, 0);
  const auto words = last_words();
  if (result != MS_NOERROR) return refused("无法解码：" + words, std::string("cannot be decoded: ") + (words.empty() ? ms_errorstr(result) : words));
  if (!words.empty()) return refused("数据损坏或字节序有误：" + words, "damaged, or in the wrong byte order: " + words);
  const MSRecord& r = *holder.record;
  if (r.numsamples != static_cast<int64_t>(outline.samples) || r.samplecnt != r.numsamples)
    return refused(fmt::format("应有 {} 个样点，只解出 {} 个", outline.samples, r.numsamples), fmt::format("{} samples are promised, {} are there", outline.samples, r.numsamples));

  MiniseedRecord out{r.network, r.station, r.location, r.channel};
  out.start_us = r.starttime;
  out.rate_hz = r.samprate;
  if (r.starttime == HPTERROR) return refused("时间无效", "its time is none");
  if (!std::isfinite(out.rate_hz) || out.rate_hz < kMiniseedRateMin || out.rate_hz > kMiniseedRateMax) return refused("采样率无效", "its sampling rate is none");
  const auto n = static_cast<size_t>(r.numsamples);
  if (r.sampletype == 'i') {
    const auto* from = static_cast<const int32_t*>(r.datasamples);
    out.counts.assign(from, from + n);
  } else {
    out.values.resize(n);
    for (size_t i = 0; i < n; ++i) {
      const double v = r.sampletype == 'f' ? double{static_cast<const float*>(r.datasamples)[i]} : static_cast<const double*>(r.datasamples)[i];
      // Also what no float can hold.
      if (!(std::fabs(v) <= 3.4e38)) return refused("样点不是有限数", "a sample is not a finite number");
      out.values[i] = static_cast<float>(v);
    }
  }
  return out;
}

}  // namespace

int64_t MiniseedRecord::end_us() const { return start_us + static_cast<int64_t>(std::llround(static_cast<double>(size()) / rate_hz * 1e6)); }

std::string MiniseedRecord::stream() const { return network + '.' + station + '.' + location + '.' + channel; }

Result<size_t> miniseed_length(std::string_view bytes) {
  TRY(outline, outline_of(bytes));
  return outline.length;
}

Result<MiniseedRecord> read_miniseed(std::string_view bytes) {
  TRY(outline, outline_of(bytes));
  if (bytes.size() < outline.length) return refused(fmt::format("记录应为 {} 字节，只有 {} 字节", outline.length, bytes.size()), fmt::format("the record is of {} bytes, {} are there", outline.length, bytes.size()));
  const int stored = stored_bytes(outline.encoding);
  if (outline.encoding == DE_ASCII) return refused("是文本记录，不是波形", "a record of text, not of a waveform");
  if (stored < 0) return refused(fmt::format("编码 {} 不支持", outline.encoding), fmt::format("encoding {} is not known", outline.encoding));
  if (outline.samples == 0) return refused("没有样点", "no samples");
  if (outline.data_offset < kHeader || outline.data_offset >= outline.length) return refused("数据位置超出记录", "its data lie outside the record");
  const size_t room = outline.length - outline.data_offset;
  if (stored > 0 ? outline.samples * static_cast<size_t>(stored) > room : room < 64 || outline.samples > room / 64 * 15 * 7)
    return refused(fmt::format("{} 个样点放不进记录", outline.samples), fmt::format("{} samples do not fit into the record", outline.samples));
  TRY(record, decode(bytes, outline));
  record.clipped = outline.quality & 0x03;
  record.damaged = outline.quality & 0x3C;
  record.time_doubtful = outline.quality & 0x80;
  record.timing_percent = outline.timing_percent;
  return record;
}

MiniseedCut cut_miniseed(std::string_view file) {
  MiniseedCut cut;
  while (!file.empty()) {
    const auto length = miniseed_length(file);
    const bool whole = length && *length <= file.size();
    const size_t step = whole ? *length : std::min<size_t>(MINRECLEN, file.size());
    if (whole) cut.records.push_back(file.substr(0, step));
    else cut.skipped_bytes += step;
    file.remove_prefix(step);
  }
  return cut;
}

Continuity continuity(const MiniseedRecord& before, const MiniseedRecord& next) {
  if (std::fabs(before.rate_hz - next.rate_hz) > 1e-4 * before.rate_hz) return Continuity::rate_changed;
  const double off = static_cast<double>(next.start_us - before.end_us()) * before.rate_hz / 1e6;  // samples
  return off > 0.5 ? Continuity::gap : off < -0.5 ? Continuity::overlap : Continuity::follows;
}

Result<std::vector<std::string>> write_miniseed(const MiniseedRecord& record, size_t length, uint32_t sequence) {
  const auto wrong = [](const char* why) { return Error(ErrorCode::kInvalidField, {{"field", "miniSEED"}, {"why", why}}); };
  if (length < 256 || length > kMiniseedRecordMax || !std::has_single_bit(length)) return wrong("记录长度应为 256–4096 的二次幂 / the length is no power of two from 256 to 4,096");
  if (record.network.size() > 2 || record.station.size() > 5 || record.location.size() > 2 || record.channel.size() > 3) return wrong("台网、台站、位置或通道代码过长 / a code is too long");
  if (record.counts.empty() == record.values.empty()) return wrong("没有样点，或两种样点都有 / no samples, or of both kinds");
  if (!std::isfinite(record.rate_hz) || record.rate_hz < 1e-4 || record.rate_hz > 32'767) return wrong("采样率无效 / the sampling rate cannot be written");
  if (record.size() > 100 * kSamplesMax) return wrong("样点过多 / too many samples");
  for (size_t i = 1; i < record.counts.size(); ++i)
    if (const int64_t d = int64_t{record.counts[i]} - record.counts[i - 1]; d < -536'870'912 || d > 536'870'911) return wrong("差分超出 Steim-2 的 30 位 / a difference is beyond the 30 bits of Steim-2");

  const std::scoped_lock guard(library().lock);
  begin_library();
  RecordHolder holder{msr_init(nullptr)};
  CHECK(holder.record);
  MSRecord& r = *holder.record;
  std::strcpy(r.network, record.network.c_str());
  std::strcpy(r.station, record.station.c_str());
  std::strcpy(r.location, record.location.c_str());
  std::strcpy(r.channel, record.channel.c_str());
  r.dataquality = 'D';
  r.reclen = static_cast<int32_t>(length);
  r.sequence_number = static_cast<int32_t>(sequence % 1'000'000);
  r.starttime = record.start_us;
  r.samprate = record.rate_hz;
  r.byteorder = 1;
  const bool whole = record.values.empty();
  r.encoding = whole ? DE_STEIM2 : DE_FLOAT32;
  r.sampletype = whole ? 'i' : 'f';
  r.numsamples = r.samplecnt = static_cast<int64_t>(record.size());
  r.datasamples = const_cast<void*>(whole ? static_cast<const void*>(record.counts.data()) : record.values.data());
  std::vector<std::string> out;
  int64_t packed = 0;
  const int result = msr_pack(&r, [](char* bytes, int n, void* to) { static_cast<std::vector<std::string>*>(to)->emplace_back(bytes, static_cast<size_t>(n)); }, &out, &packed, 1, 0);
  r.datasamples = nullptr;  // ours
  const auto words = last_words();
  if (result < 0 || packed != static_cast<int64_t>(record.size())) return wrong(("无法写成记录 / cannot be written: " + words).c_str());
  return out;
}

}  // namespace anlan
