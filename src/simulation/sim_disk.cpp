#include "simulation/sim_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>

#include "simulation/sim_vfs.h"

namespace anlan {
namespace {

Error fault_of(SimDisk::Fault fault) {
  if (fault == SimDisk::Fault::full) return Error(ErrorCode::kDiskFull);
  return Error(ErrorCode::kStoreUnavailable, {{"why", "the disk has no power"}});
}

}  // namespace

SimDisk::SimDisk(uint64_t seed) : random_(seed) {
  static std::atomic<uint64_t> serial{0};
  vfs_name_ = "simulated-" + std::to_string(++serial);
  vfs_ = make_sim_vfs(*this, vfs_name_);
  CHECK(sqlite3_vfs_register(vfs_.get(), 0) == SQLITE_OK);
}

SimDisk::~SimDisk() { sqlite3_vfs_unregister(vfs_.get()); }

bool SimDisk::begin_operation() {
  if (dead_) return false;
  ++operations_;
  if (--operations_left_ <= 0) dead_ = true;
  return true;
}

void SimDisk::resize(File& file, size_t size) {
  used_ += size - file.bytes.size();
  file.bytes.resize(size, '\0');
}

void SimDisk::put(File& file, size_t offset, std::string_view bytes) {
  if (bytes.empty()) return;
  for (size_t s = offset / kSector; s <= (offset + bytes.size() - 1) / kSector; ++s) {
    if (file.unsynced.contains(s)) continue;
    std::string before(kSector, '\0');
    if (s * kSector < file.bytes.size()) file.bytes.copy(before.data(), kSector, s * kSector);
    file.unsynced.emplace(s, std::move(before));
  }
  if (offset + bytes.size() > file.bytes.size()) resize(file, offset + bytes.size());
  bytes.copy(file.bytes.data() + offset, bytes.size());
}

SimDisk::Fault SimDisk::write_at(File& file, size_t offset, std::string_view bytes) {
  if (!begin_operation()) return Fault::dead;
  if (dead_) {  // in the middle of it
    put(file, offset, bytes.substr(0, static_cast<size_t>(random_.below(static_cast<int64_t>(bytes.size())))));
    return Fault::dead;
  }
  const size_t size = std::max(file.bytes.size(), offset + bytes.size());
  if (capacity_ == 0) return Fault::full;
  if (size > file.bytes.size() && used_ + (size - file.bytes.size()) > capacity_) return Fault::full;
  put(file, offset, bytes);
  return Fault::none;
}

SimDisk::Fault SimDisk::truncate(File& file, size_t size) {
  if (!begin_operation() || dead_) return Fault::dead;
  for (size_t s = size / kSector; s * kSector < file.bytes.size(); ++s)
    if (!file.unsynced.contains(s)) {
      std::string before(kSector, '\0');
      file.bytes.copy(before.data(), kSector, s * kSector);
      file.unsynced.emplace(s, std::move(before));
    }
  resize(file, size);
  return Fault::none;
}

SimDisk::Fault SimDisk::sync(File& file) {
  if (!begin_operation() || dead_) return Fault::dead;
  if (lying_) return Fault::none;
  file.unsynced.clear();
  file.synced_size = file.bytes.size();
  file.named = true;
  return Fault::none;
}

SimDisk::Fault SimDisk::unlink(const std::string& path) {
  if (!begin_operation() || dead_) return Fault::dead;
  const auto it = files_.find(path);
  if (it == files_.end()) return Fault::none;
  used_ -= it->second->bytes.size();
  files_.erase(it);
  return Fault::none;
}

std::shared_ptr<SimDisk::File> SimDisk::open(const std::string& path, bool create) {
  const auto it = files_.find(path);
  if (it != files_.end()) return it->second;
  if (!create || dead_) return nullptr;
  return files_[path] = std::make_shared<File>();
}

// Sector by sector: kept, lost, or the first bytes of it kept.
void SimDisk::lose_power(File& file) {
  const size_t written = file.bytes.size();
  file.bytes.resize(std::max(written, file.synced_size), '\0');
  for (const auto& [sector, before] : file.unsynced) {
    const size_t at = sector * kSector;
    if (at >= file.bytes.size()) continue;
    const size_t length = std::min(kSector, file.bytes.size() - at);
    const auto fate = random_.below(5);
    const size_t kept = fate < 2 ? length : fate < 4 ? 0 : static_cast<size_t>(random_.below(static_cast<int64_t>(length)));
    before.copy(file.bytes.data() + at + kept, length - kept, kept);
  }
  if (written != file.synced_size) {
    const size_t low = std::min(written, file.synced_size), high = std::max(written, file.synced_size);
    const auto fate = random_.below(3);
    file.bytes.resize(fate == 0 ? low : fate == 1 ? high : low + static_cast<size_t>(random_.below(static_cast<int64_t>(high - low))));
  }
  file.unsynced.clear();
  file.synced_size = file.bytes.size();
}

void SimDisk::crash() {
  std::map<std::string, std::shared_ptr<File>> after;
  used_ = 0;
  for (auto& [path, file] : files_) {
    if (!file->named && random_.chance(0.5)) continue;
    auto survivor = std::make_shared<File>();
    lose_power(*file);
    survivor->bytes = std::move(file->bytes);
    survivor->synced_size = survivor->bytes.size();
    survivor->named = true;
    used_ += survivor->bytes.size();
    after.emplace(path, std::move(survivor));
  }
  files_ = std::move(after);
  ++generation_;
  dead_ = false;
  operations_left_ = INT64_MAX;
}

Result<void> SimDisk::write(const std::string& path, std::string_view bytes) {
  if (!begin_operation()) return fault_of(Fault::dead);
  if (dead_) {
    auto part = std::make_shared<File>();
    part->bytes = bytes.substr(0, static_cast<size_t>(random_.below(static_cast<int64_t>(bytes.size()))));
    part->synced_size = part->bytes.size();
    part->named = true;
    files_[path + ".part"] = std::move(part);
    return fault_of(Fault::dead);
  }
  const auto it = files_.find(path);
  const size_t before = it == files_.end() ? 0 : it->second->bytes.size();
  if (capacity_ == 0) return fault_of(Fault::full);
  if (bytes.size() > before && used_ + (bytes.size() - before) > capacity_) return fault_of(Fault::full);
  auto file = std::make_shared<File>();
  file->bytes = bytes;
  file->synced_size = bytes.size();
  file->named = true;
  files_[path] = std::move(file);
  used_ += bytes.size() - before;
  return {};
}

Result<std::string> SimDisk::read(const std::string& path) const {
  if (dead_) return fault_of(Fault::dead);
  const auto it = files_.find(path);
  if (it == files_.end()) return Error(ErrorCode::kNotFound, {{"what", path}});
  return it->second->bytes;
}

bool SimDisk::exists(const std::string& path) const { return files_.contains(path); }

Result<void> SimDisk::remove(const std::string& path) {
  const auto fault = unlink(path);
  if (fault != Fault::none) return fault_of(fault);
  return {};
}

std::vector<std::string> SimDisk::list(const std::string& folder) const {
  std::vector<std::string> paths;
  for (const auto& [path, file] : files_)
    if (path.starts_with(folder)) paths.push_back(path);
  return paths;
}

}  // namespace anlan
