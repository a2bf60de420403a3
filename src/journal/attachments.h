// Bytes too large for a fact (imported tables, call lists, photos), kept by their SHA-256 in the data folder.
// An attachment is durable before the fact that names it is committed, and is never changed.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/ports.h"

namespace anlan {

class Attachments {
 public:
  explicit Attachments(Disk& disk) : disk_(disk) {}

  // Returns the hash (64 hex digits). Storing the same bytes twice costs nothing.
  Result<std::string> put(std::string_view bytes);
  // The bytes, checked against the hash. The last one read is kept, since lists are read in pieces. Any thread.
  Result<std::shared_ptr<const std::string>> get(const std::string& hash) const;
  // For apply, which cannot fail: a missing or damaged attachment is a broken store.
  std::shared_ptr<const std::string> must_get(const std::string& hash) const;

  static bool is_hash(std::string_view text);
  static std::string path_of(const std::string& hash);

 private:
  Disk& disk_;
  mutable std::mutex mutex_;
  mutable std::string last_hash_;
  mutable std::shared_ptr<const std::string> last_;
};

}  // namespace anlan
