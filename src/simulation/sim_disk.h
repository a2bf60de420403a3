// A disk in memory that can lose its power.
//
// It is the Disk port and the ground of a SQLite VFS (vfs_name), both over the same files. What was written and not
// synced is, after crash(), kept, lost or torn sector by sector (512 bytes) as the seed says; a file that was never
// synced may be gone. die_after() lets the power fail in the middle of an operation: from then on every operation
// fails until crash(), and every handle opened before stays dead.
//
// One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/ports.h"
#include "simulation/sim_time.h"

struct sqlite3_vfs;

namespace anlan {

class SimDisk final : public Disk {
 public:
  static constexpr size_t kSector = 512;
  static constexpr size_t kUnlimited = SIZE_MAX;

  struct File {
    std::string bytes;
    size_t synced_size = 0;
    bool named = false;                      // the folder entry is durable
    std::map<size_t, std::string> unsynced;  // sector → what is durable of it
    // Locks of the open handles (SQLite's five states) and the shared memory of its write-ahead index.
    int readers = 0;
    const void* reserved = nullptr;
    const void* exclusive = nullptr;
    std::vector<std::unique_ptr<char[]>> shared_memory;
    int shared_locks[8] = {};
    const void* exclusive_locks[8] = {};
  };

  explicit SimDisk(uint64_t seed);
  ~SimDisk() override;
  SimDisk(const SimDisk&) = delete;

  const std::string& vfs_name() const { return vfs_name_; }

  // Power fails during the n-th changing operation from now (1: the next).
  void die_after(int64_t operations) { operations_left_ = operations; }
  bool dead() const { return dead_; }
  // What a restart finds. All handles are dead from now on.
  void crash();
  // 0 refuses overwriting as well, as a copy-on-write file system does.
  void set_capacity(size_t bytes) { capacity_ = bytes; }
  size_t used() const { return used_; }
  uint64_t operations() const { return operations_; }
  // A disk that says "synced" and has not: the planted fault that the checkers must find.
  void set_lying_sync(bool lying) { lying_ = lying; }

  Result<void> write(const std::string& path, std::string_view bytes) override;
  Result<std::string> read(const std::string& path) const override;
  bool exists(const std::string& path) const override;
  Result<void> remove(const std::string& path) override;
  std::vector<std::string> list(const std::string& folder) const override;

  // --- for the VFS
  enum class Fault { none, full, dead };
  uint64_t generation() const { return generation_; }
  std::shared_ptr<File> open(const std::string& path, bool create);
  Fault write_at(File& file, size_t offset, std::string_view bytes);
  Fault truncate(File& file, size_t size);
  Fault sync(File& file);
  Fault unlink(const std::string& path);

 private:
  bool begin_operation();  // false: the power failed before or in it
  void put(File& file, size_t offset, std::string_view bytes);
  void resize(File& file, size_t size);
  void lose_power(File& file);

  SimRandom random_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::string vfs_name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  size_t capacity_ = kUnlimited, used_ = 0;
  uint64_t generation_ = 1, operations_ = 0;
  int64_t operations_left_ = INT64_MAX;
  bool dead_ = false, lying_ = false;
};

}  // namespace anlan
