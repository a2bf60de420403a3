// The parts of a zip file in memory, read with the mistrust that uploads deserve.
//
// Bounds: 10,000 parts; 256 MiB of unpacked bytes over the life of the object; a part that unpacks to more than 1 MiB
// may not exceed 300 times its packed size (zip bomb). Encrypted parts, two parts of one name, bad checksums and
// anything minizip refuses are kInvalidFile. Names are compared without case, as OPC asks (ECMA-376 part 2, §6.2.2).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace anlan {

class ZipArchive {
 public:
  // The bytes must outlive the archive.
  static Result<ZipArchive> open(std::string_view bytes);
  ~ZipArchive();
  ZipArchive(ZipArchive&&) noexcept;
  ZipArchive& operator=(ZipArchive&&) noexcept;

  bool has(std::string_view name) const;
  Result<std::string> read(std::string_view name);

 private:
  struct State;
  explicit ZipArchive(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace anlan
