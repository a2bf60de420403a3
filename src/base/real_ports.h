// The machine's own clock, randomness and disk.
#pragma once

#include <memory>
#include <string>

#include "base/ports.h"

namespace anlan {

class SystemClock final : public Clock {
 public:
  UtcTime now() const override;
  Millis monotonic() const override;
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override;  // OpenSSL's generator
};

// Files below a folder, written through a temporary name, fsync and rename.
class SystemDisk final : public Disk {
 public:
  explicit SystemDisk(std::string root);  // created when absent
  Result<void> write(const std::string& path, std::string_view bytes) override;
  Result<std::string> read(const std::string& path) const override;
  bool exists(const std::string& path) const override;
  Result<void> remove(const std::string& path) override;
  std::vector<std::string> list(const std::string& folder) const override;
  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

}  // namespace anlan
