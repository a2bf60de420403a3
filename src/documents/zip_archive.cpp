#include "documents/zip_archive.h"

#include <minizip/unzip.h>

#include <algorithm>
#include <cstring>

#include "documents/faults.h"

namespace anlan {
namespace {

constexpr size_t kPartsMax = 10'000;
constexpr size_t kNameBytesMax = 512;
constexpr size_t kUnpackedBytesMax = size_t{256} << 20;
constexpr size_t kRatioFreeBytes = size_t{1} << 20;
constexpr size_t kRatioMax = 300;

struct Source {
  std::string_view bytes;
  uint64_t at = 0;
};

voidpf open_source(voidpf opaque, const void*, int) { return opaque; }
int close_source(voidpf, voidpf) { return 0; }
int source_error(voidpf, voidpf) { return 0; }
ZPOS64_T tell_source(voidpf, voidpf stream) { return static_cast<Source*>(stream)->at; }
uLong write_nothing(voidpf, voidpf, const void*, uLong) { return 0; }

uLong read_source(voidpf, voidpf stream, void* out, uLong size) {
  auto& source = *static_cast<Source*>(stream);
  const auto n = std::min<uint64_t>(size, source.bytes.size() - source.at);
  if (n > 0) std::memcpy(out, source.bytes.data() + source.at, n);
  source.at += n;
  return static_cast<uLong>(n);
}

long seek_source(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  auto& source = *static_cast<Source*>(stream);
  const uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR ? source.at
                        : origin == ZLIB_FILEFUNC_SEEK_END ? source.bytes.size() : 0;
  const uint64_t to = base + offset;  // wraps for a negative offset, as intended
  if (to > source.bytes.size()) return -1;
  source.at = to;
  return 0;
}

std::string plain_name(std::string_view name) {
  std::string out(name.starts_with('/') ? name.substr(1) : name);
  for (char& c : out) {
    if (c == '\\') c = '/';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Error damaged() {
  return file_fault(0, "", "工作簿已损坏，无法解压；请用 Excel 或 WPS 打开后另存一份",
                    "The workbook is damaged and cannot be unpacked; open it in Excel or WPS and save it again");
}

Error too_big() {
  return file_fault(0, "", "工作簿解压后过大（上限 256 MiB），已停止读取",
                    "The workbook unpacks to too much (limit 256 MiB); reading stopped");
}

}  // namespace

struct ZipArchive::State {
  Source source;
  unzFile file = nullptr;
  std::map<std::string, unz64_file_pos> parts;
  size_t unpacked = 0;
  ~State() {
    if (file) unzClose(file);
  }
};

ZipArchive::ZipArchive(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipArchive::~ZipArchive() = default;
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive& ZipArchive::operator=(ZipArchive&&) noexcept = default;

Result<ZipArchive> ZipArchive::open(std::string_view bytes) {
  auto state = std::make_unique<State>();
  state->source.bytes = bytes;
  zlib_filefunc64_def functions{open_source, read_source, write_nothing, tell_source,
                                seek_source, close_source, source_error, &state->source};
  state->file = unzOpen2_64("", &functions);
  if (!state->file) return damaged();
  int code = unzGoToFirstFile(state->file);
  for (; code == UNZ_OK; code = unzGoToNextFile(state->file)) {
    unz_file_info64 info{};
    std::string name(kNameBytesMax, '\0');
    if (unzGetCurrentFileInfo64(state->file, &info, name.data(), kNameBytesMax, nullptr, 0, nullptr, 0) != UNZ_OK ||
        info.size_filename == 0 || info.size_filename >= kNameBytesMax || state->parts.size() >= kPartsMax)
      return damaged();
    name.resize(info.size_filename);
    unz64_file_pos position{};
    if (unzGetFilePos64(state->file, &position) != UNZ_OK) return damaged();
    if (!state->parts.emplace(plain_name(name), position).second) return damaged();
  }
  if (code != UNZ_END_OF_LIST_OF_FILE) return damaged();
  return ZipArchive(std::move(state));
}

bool ZipArchive::has(std::string_view name) const { return state_->parts.contains(plain_name(name)); }

Result<std::string> ZipArchive::read(std::string_view name) {
  const auto part = state_->parts.find(plain_name(name));
  if (part == state_->parts.end()) return damaged();
  const unzFile file = state_->file;
  unz_file_info64 info{};
  if (unzGoToFilePos64(file, &part->second) != UNZ_OK ||
      unzGetCurrentFileInfo64(file, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK || (info.flag & 1) != 0 ||
      info.compressed_size > state_->source.bytes.size() || unzOpenCurrentFile(file) != UNZ_OK)
    return damaged();
  // The sizes in the headers are claims; what counts is what comes out.
  const size_t ratio_limit = std::max<size_t>(kRatioFreeBytes, info.compressed_size * kRatioMax);
  std::string out;
  std::string chunk(size_t{64} << 10, '\0');
  int n;
  while ((n = unzReadCurrentFile(file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
    state_->unpacked += n;
    if (state_->unpacked > kUnpackedBytesMax || out.size() + n > ratio_limit) {
      unzCloseCurrentFile(file);
      return too_big();
    }
    out.append(chunk.data(), n);
  }
  const bool closed = unzCloseCurrentFile(file) == UNZ_OK;
  if (n < 0 || !closed || out.size() != info.uncompressed_size) return damaged();
  return out;
}

}  // namespace anlan
