#include "simulation/sim_vfs.h"

#include <cstring>
#include <new>

#include "simulation/sim_disk.h"

namespace anlan {
namespace {

using Fault = SimDisk::Fault;

struct Handle : sqlite3_file {
  SimDisk* disk;
  std::shared_ptr<SimDisk::File> file;
  uint64_t generation;
  int lock = SQLITE_LOCK_NONE;
  bool shm_shared[8] = {};
};

Handle& handle(sqlite3_file* f) { return *static_cast<Handle*>(f); }
bool alive(const Handle& h) { return !h.disk->dead() && h.generation == h.disk->generation(); }
SimDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<SimDisk*>(vfs->pAppData); }

int code_of(Fault fault, int dead) {
  return fault == Fault::none ? SQLITE_OK : fault == Fault::full ? SQLITE_FULL : dead;
}

void release_locks(Handle& h) {
  auto& f = *h.file;
  if (h.lock >= SQLITE_LOCK_SHARED) --f.readers;
  if (f.reserved == &h) f.reserved = nullptr;
  if (f.exclusive == &h) f.exclusive = nullptr;
  h.lock = SQLITE_LOCK_NONE;
}

int close(sqlite3_file* file) {
  auto& h = handle(file);
  release_locks(h);
  h.~Handle();
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  auto& h = handle(file);
  if (!alive(h)) return SQLITE_IOERR_READ;
  const auto n = static_cast<size_t>(amount), at = static_cast<size_t>(offset);
  const auto& bytes = h.file->bytes;
  const size_t there = at >= bytes.size() ? 0 : std::min(n, bytes.size() - at);
  if (there) std::memcpy(to, bytes.data() + at, there);
  if (there == n) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, n - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  auto& h = handle(file);
  if (!alive(h)) return SQLITE_IOERR_WRITE;
  return code_of(h.disk->write_at(*h.file, static_cast<size_t>(offset), {static_cast<const char*>(from), static_cast<size_t>(amount)}), SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto& h = handle(file);
  return alive(h) ? code_of(h.disk->truncate(*h.file, static_cast<size_t>(size)), SQLITE_IOERR_TRUNCATE) : SQLITE_IOERR_TRUNCATE;
}

int sync(sqlite3_file* file, int) {
  auto& h = handle(file);
  return alive(h) ? code_of(h.disk->sync(*h.file), SQLITE_IOERR_FSYNC) : SQLITE_IOERR_FSYNC;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  auto& h = handle(file);
  if (!alive(h)) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(h.file->bytes.size());
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int wanted) {
  auto& h = handle(file);
  if (!alive(h)) return SQLITE_IOERR_LOCK;
  auto& f = *h.file;
  if (h.lock >= wanted) return SQLITE_OK;
  if (f.exclusive && f.exclusive != &h) return SQLITE_BUSY;
  if (wanted == SQLITE_LOCK_SHARED) ++f.readers;
  if (wanted >= SQLITE_LOCK_RESERVED) {
    if (f.reserved && f.reserved != &h) return SQLITE_BUSY;
    if (wanted == SQLITE_LOCK_EXCLUSIVE && f.readers > 1) return SQLITE_BUSY;
    f.reserved = &h;
    if (wanted == SQLITE_LOCK_EXCLUSIVE) f.exclusive = &h;
  }
  h.lock = wanted;
  return SQLITE_OK;
}

int unlock(sqlite3_file* file, int wanted) {
  auto& h = handle(file);
  if (h.lock <= wanted) return SQLITE_OK;
  const bool keep = wanted == SQLITE_LOCK_SHARED;
  release_locks(h);
  if (keep) {
    ++h.file->readers;
    h.lock = SQLITE_LOCK_SHARED;
  }
  return SQLITE_OK;
}

int reserved(sqlite3_file* file, int* out) {
  *out = handle(file).file->reserved != nullptr;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(SimDisk::kSector); }
// A torn sector never harms bytes that were not being written.
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  auto& h = handle(file);
  *out = nullptr;
  if (!alive(h)) return SQLITE_IOERR_SHMMAP;
  auto& all = h.file->shared_memory;
  while (extend && all.size() <= static_cast<size_t>(region)) {
    all.push_back(std::make_unique<char[]>(static_cast<size_t>(size)));
    std::memset(all.back().get(), 0, static_cast<size_t>(size));
  }
  if (static_cast<size_t>(region) < all.size()) *out = all[static_cast<size_t>(region)].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  auto& h = handle(file);
  if (!alive(h) && (flags & SQLITE_SHM_LOCK)) return SQLITE_IOERR_SHMLOCK;
  auto& f = *h.file;
  for (int i = offset; i < offset + n; ++i) {
    if (flags & SQLITE_SHM_UNLOCK) continue;
    if (f.exclusive_locks[i] && f.exclusive_locks[i] != &h) return SQLITE_BUSY;
    if ((flags & SQLITE_SHM_EXCLUSIVE) && f.shared_locks[i] > (h.shm_shared[i] ? 1 : 0)) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + n; ++i) {
    if (flags & SQLITE_SHM_UNLOCK) {
      if (f.exclusive_locks[i] == &h) f.exclusive_locks[i] = nullptr;
      if (h.shm_shared[i]) --f.shared_locks[i];
      h.shm_shared[i] = false;
    } else if (flags & SQLITE_SHM_EXCLUSIVE) {
      f.exclusive_locks[i] = &h;
    } else if (!h.shm_shared[i]) {
      h.shm_shared[i] = true;
      ++f.shared_locks[i];
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* file, int remove) {
  auto& h = handle(file);
  shm_lock(file, 0, 8, SQLITE_SHM_UNLOCK);
  if (remove) h.file->shared_memory.clear();
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {2, close, read, write, truncate, sync, file_size, lock, unlock, reserved, control,
                                     sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  auto& disk = disk_of(vfs);
  out->pMethods = nullptr;
  if (disk.dead()) return SQLITE_CANTOPEN;
  auto file = name ? disk.open(name, (flags & SQLITE_OPEN_CREATE) != 0) : std::make_shared<SimDisk::File>();
  if (!file) return SQLITE_CANTOPEN;
  auto* h = new (out) Handle;
  h->pMethods = &kMethods;
  h->disk = &disk;
  h->file = std::move(file);
  h->generation = disk.generation();
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int) {
  return code_of(disk_of(vfs).unlink(name), SQLITE_IOERR_DELETE);
}

int access(sqlite3_vfs* vfs, const char* name, int, int* out) {
  *out = disk_of(vfs).exists(name);
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int n, char* out) {
  sqlite3_snprintf(n, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int n, char* out) {
  std::memset(out, 7, static_cast<size_t>(n));
  return n;
}
int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int current_time(sqlite3_vfs*, double* out) {
  *out = 2461000.5;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

std::unique_ptr<sqlite3_vfs> make_sim_vfs(SimDisk& disk, const std::string& name) {
  auto vfs = std::make_unique<sqlite3_vfs>();
  vfs->iVersion = 1;
  vfs->szOsFile = sizeof(Handle);
  vfs->mxPathname = 256;
  vfs->zName = name.c_str();
  vfs->pAppData = &disk;
  vfs->xOpen = open;
  vfs->xDelete = remove;
  vfs->xAccess = access;
  vfs->xFullPathname = full_name;
  vfs->xRandomness = randomness;
  vfs->xSleep = sleep;
  vfs->xCurrentTime = current_time;
  vfs->xGetLastError = last_error;
  return vfs;
}

}  // namespace anlan
