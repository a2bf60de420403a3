// SQLite's file system over a SimDisk, with shared memory for several connections of one process.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

namespace anlan {

class SimDisk;

// `disk` and `name` must outlive it; the caller registers it.
std::unique_ptr<sqlite3_vfs> make_sim_vfs(SimDisk& disk, const std::string& name);

}  // namespace anlan
