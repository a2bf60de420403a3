// The ports through which time, randomness, disk and network enter. Production implementations are in real_ports.h;
// the simulator has its own. Everything else is handed one of these.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time. May jump either way; whoever measures a span for its own sake uses monotonic().
  virtual UtcTime now() const = 0;
  virtual Millis monotonic() const = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<uint8_t> bytes) = 0;
};

// Whole files by path below one root. write is all or nothing and durable when it returns.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual Result<void> write(const std::string& path, std::string_view bytes) = 0;
  virtual Result<std::string> read(const std::string& path) const = 0;  // kNotFound when absent
  virtual bool exists(const std::string& path) const = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  virtual std::vector<std::string> list(const std::string& folder) const = 0;  // full relative paths, sorted
};

// Fetches one document over HTTP(S). Bounded by max_bytes and timeout.
struct FetchedDocument {
  int status = 0;
  std::string body;
  std::string etag;
};
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  virtual Result<FetchedDocument> get(const std::string& url, const std::string& etag, size_t max_bytes,
                                      Millis timeout) = 0;
};

}  // namespace anlan
