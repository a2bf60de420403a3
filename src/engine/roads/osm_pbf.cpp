#include "roads/osm_pbf.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <protozero/exception.hpp>
#include <protozero/pbf_message.hpp>
#include <vector>

#include "roads/osm_block.h"

namespace anlan::roads {
namespace {

constexpr uint32_t kHeaderBytesMax = 64 * 1024, kBlobBytesMax = 32 * 1024 * 1024;

using protozero::pbf_reader;
using protozero::pbf_wire_type;
using protozero::tag_and_type;
constexpr auto bytes_field(uint32_t number) {
  return tag_and_type(static_cast<protozero::pbf_tag_type>(number), pbf_wire_type::length_delimited);
}
constexpr auto number_field(uint32_t number) { return tag_and_type(static_cast<protozero::pbf_tag_type>(number), pbf_wire_type::varint); }

struct BlobHeader {
  std::string type;
  int64_t size = -1;
};
BlobHeader read_blob_header(std::string_view bytes) {
  BlobHeader header;
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_field(1): header.type = message.get_string().substr(0, 40); break;
      case number_field(3): header.size = message.get_int32(); break;
      default: message.skip();
    }
  }
  if (header.size < 0 || header.size > kBlobBytesMax) throw OsmFault{"数据块大小缺失或超过 32 MiB", "the size of the blob is missing or over 32 MiB"};
  return header;
}

void inflate_into(std::string_view packed, std::vector<char>& out) {
  uLongf size = out.size();
  const int code = uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(packed.data()), packed.size());
  if (code != Z_OK || size != out.size()) throw OsmFault{"压缩数据无法解压为所述大小", "the compressed part cannot be unpacked to the size it states"};
}

// The content of a blob; `unpacked` holds it when it was compressed.
std::string_view content_of(std::string_view bytes, std::vector<char>& unpacked) {
  std::optional<std::string_view> raw, packed;
  int64_t raw_size = -1;
  pbf_reader message(bytes.data(), bytes.size());
  const auto view = [&] {
    const auto v = message.get_view();
    return std::string_view(v.data(), v.size());
  };
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_field(1): raw = view(); break;
      case number_field(2): raw_size = message.get_int32(); break;
      case bytes_field(3): packed = view(); break;
      case bytes_field(4): throw OsmFault{"不支持 LZMA 压缩的数据块", "blobs compressed with LZMA are not supported", true};
      case bytes_field(5): throw OsmFault{"不支持 bzip2 压缩的数据块", "blobs compressed with bzip2 are not supported", true};
      case bytes_field(6): throw OsmFault{"不支持 LZ4 压缩的数据块", "blobs compressed with LZ4 are not supported", true};
      case bytes_field(7): throw OsmFault{"不支持 Zstandard 压缩的数据块", "blobs compressed with Zstandard are not supported", true};
      default: message.skip();
    }
  }
  if (raw) return *raw;
  if (!packed) throw OsmFault{"数据块为空", "the blob is empty"};
  if (raw_size < 0 || raw_size > kBlobBytesMax) throw OsmFault{"解压后大小缺失或超过 32 MiB", "the unpacked size is missing or over 32 MiB"};
  unpacked.resize(static_cast<size_t>(raw_size));
  if (raw_size == 0) return {};
  inflate_into(*packed, unpacked);
  return {unpacked.data(), unpacked.size()};
}

class Reader {
 public:
  Reader(const ReadBytes& read, const OsmVisitor& visitor) : read_(read), visitor_(visitor) {}

  Result<OsmFile> run() {
    bool headed = false;
    for (;; ++file_.blobs) {
      char length[4];
      TRY(got, read_(length));
      file_.bytes += got;
      if (got == 0) break;
      TRY_VOID(step(std::string_view(length, got), headed));
    }
    if (!headed) return Error(ErrorCode::kInvalidFile, {{"why", "the file is empty"}});
    return std::move(file_);
  }

 private:
  Result<void> step(std::string_view length, bool& headed) {
    const auto corrupt = [&](std::string zh, std::string en) {
      const std::string blob = "blob " + std::to_string(file_.blobs);
      Error error = headed ? Error(ErrorCode::kCorrupt, {{"what", blob}, {"why", en}})
                           : Error(ErrorCode::kInvalidFile, {{"why", "not an OpenStreetMap PBF file: " + en}});
      error.details.push_back({0, blob, std::move(zh), std::move(en)});
      return error;
    };
    try {
      if (length.size() < 4) throw OsmFault{"文件在数据块中间结束", "the file ends in the middle of a blob"};
      uint32_t header_size = 0;
      for (const char c : length) header_size = header_size << 8 | static_cast<unsigned char>(c);
      if (header_size == 0 || header_size > kHeaderBytesMax) throw OsmFault{"数据块头为空或超过 64 KiB", "a blob header is empty or over 64 KiB"};
      TRY_VOID(fill(header_, header_size));
      const BlobHeader header = read_blob_header({header_.data(), header_.size()});
      if (!headed && header.type != "OSMHeader") throw OsmFault{"文件不以文件头开始", "it does not begin with a header"};
      TRY_VOID(fill(blob_, static_cast<size_t>(header.size)));
      if (header.type == "OSMHeader") {
        read_header_block(content(), file_);
        headed = true;
      } else if (header.type == "OSMData") {
        block_.read(content(), visitor_, file_);
      }
      return {};
    } catch (const OsmFault& fault) {
      if (!fault.unsupported) return corrupt(fault.zh, fault.en);
      Error error(ErrorCode::kInvalidFile, {{"why", fault.en}});
      error.details.push_back({0, "", fault.zh, fault.en});
      return error;
    } catch (const protozero::exception& e) {
      return corrupt("数据编码有误", std::string("the encoding is wrong: ") + e.what());
    }
  }

  std::string_view content() { return content_of({blob_.data(), blob_.size()}, unpacked_); }

  // In pieces, so that a size that lies does not take memory that the file does not fill.
  Result<void> fill(std::vector<char>& out, size_t size) {
    constexpr size_t kPiece = 1 << 20;
    out.clear();
    while (out.size() < size) {
      const size_t before = out.size(), want = std::min(kPiece, size - before);
      out.resize(before + want);
      TRY(got, read_(std::span(out).subspan(before)));
      file_.bytes += got;
      if (got < want) throw OsmFault{"文件在数据块中间结束", "the file ends in the middle of a blob"};
    }
    return {};
  }

  const ReadBytes& read_;
  const OsmVisitor& visitor_;
  OsmFile file_;
  OsmBlock block_;
  std::vector<char> header_, blob_, unpacked_;
};

}  // namespace

std::string_view OsmTags::operator[](std::string_view key) const {
  for (const OsmTag& tag : list)
    if (tag.key == key) return tag.value;
  return {};
}

ReadBytes read_memory(std::string_view bytes) {
  return [bytes](std::span<char> out) mutable -> Result<size_t> {
    const size_t n = std::min(out.size(), bytes.size());
    std::memcpy(out.data(), bytes.data(), n);
    bytes.remove_prefix(n);
    return n;
  };
}

Result<ReadBytes> read_file(const std::string& path) {
  const std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "rb"), [](std::FILE* f) {
    if (f) std::fclose(f);
  });
  if (!file) return Error(ErrorCode::kNotFound, {{"what", path}});
  return ReadBytes([file, path](std::span<char> out) -> Result<size_t> {
    const size_t n = std::fread(out.data(), 1, out.size(), file.get());
    if (n < out.size() && std::ferror(file.get())) return Error(ErrorCode::kUnavailable, {{"what", path}});
    return n;
  });
}

Result<OsmFile> read_osm_pbf(const ReadBytes& read, const OsmVisitor& visitor) { return Reader(read, visitor).run(); }

}  // namespace anlan::roads
