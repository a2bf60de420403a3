#include "base/real_ports.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

namespace anlan {
namespace {

namespace fs = std::filesystem;

Error disk_error(const std::string& path, int error) {
  if (error == ENOSPC || error == EDQUOT) return Error(ErrorCode::kDiskFull);
  return Error(ErrorCode::kStoreUnavailable, {{"why", path + ": " + std::strerror(error)}});
}

struct File {
  int fd;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

UtcTime SystemClock::now() const {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

Millis SystemClock::monotonic() const {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
              .count()};
}

void SystemRandom::fill(std::span<uint8_t> bytes) {
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

SystemDisk::SystemDisk(std::string root) : root_(std::move(root)) {
  std::error_code ignored;  // a folder that cannot be made shows in the first write
  fs::create_directories(root_, ignored);
}

Result<void> SystemDisk::write(const std::string& path, std::string_view bytes) {
  static std::atomic<uint64_t> serial{0};
  const fs::path target = fs::path(root_) / path;
  std::error_code ec;
  fs::create_directories(target.parent_path(), ec);
  if (ec) return disk_error(path, ec.value());
  const std::string temporary = target.string() + ".part" + std::to_string(::getpid()) + "-" + std::to_string(serial++);
  {
    File file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (file.fd < 0) return disk_error(path, errno);
    while (!bytes.empty()) {
      const ssize_t n = ::write(file.fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        const auto error = disk_error(path, errno);
        ::unlink(temporary.c_str());
        return error;
      }
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    if (::fsync(file.fd) != 0) {
      const auto error = disk_error(path, errno);
      ::unlink(temporary.c_str());
      return error;
    }
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0) return disk_error(path, errno);
  File folder{::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd < 0 || ::fsync(folder.fd) != 0) return disk_error(path, errno);
  return {};
}

Result<std::string> SystemDisk::read(const std::string& path) const {
  const std::string full = (fs::path(root_) / path).string();
  File file{::open(full.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) {
    if (errno == ENOENT) return Error(ErrorCode::kNotFound, {{"what", path}});
    return disk_error(path, errno);
  }
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return disk_error(path, errno);
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t n = ::read(file.fd, bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return disk_error(path, errno);
    if (n == 0) break;
    at += static_cast<size_t>(n);
  }
  bytes.resize(at);
  return bytes;
}

bool SystemDisk::exists(const std::string& path) const {
  std::error_code ec;
  return fs::exists(fs::path(root_) / path, ec);
}

Result<void> SystemDisk::remove(const std::string& path) {
  std::error_code ec;
  fs::remove(fs::path(root_) / path, ec);
  if (ec) return disk_error(path, ec.value());
  return {};
}

std::vector<std::string> SystemDisk::list(const std::string& folder) const {
  std::vector<std::string> paths;
  std::error_code ec;
  for (fs::recursive_directory_iterator it(fs::path(root_) / folder, ec), end; !ec && it != end; it.increment(ec))
    if (it->is_regular_file()) paths.push_back(fs::relative(it->path(), root_).string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace anlan
