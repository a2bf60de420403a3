#include "journal/attachments.h"

#include "base/check.h"
#include "base/hash.h"

namespace anlan {

std::string Attachments::path_of(const std::string& hash) { return "files/" + hash.substr(0, 2) + "/" + hash; }

bool Attachments::is_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::string> Attachments::put(std::string_view bytes) {
  const std::string hash = to_hex(sha256(bytes));
  const std::string path = path_of(hash);
  if (!disk_.exists(path)) TRY_VOID(disk_.write(path, bytes));
  return hash;
}

Result<std::shared_ptr<const std::string>> Attachments::get(const std::string& hash) const {
  if (!is_hash(hash)) return Error(ErrorCode::kNotFound, {{"what", hash}});
  {
    std::scoped_lock guard(mutex_);
    if (hash == last_hash_) return last_;
  }
  TRY(bytes, disk_.read(path_of(hash)));
  if (to_hex(sha256(bytes)) != hash)
    return Error(ErrorCode::kCorrupt, {{"what", path_of(hash)}, {"why", "its bytes do not match its name"}});
  auto kept = std::make_shared<const std::string>(std::move(bytes));
  std::scoped_lock guard(mutex_);
  last_hash_ = hash;
  last_ = kept;
  return kept;
}

std::shared_ptr<const std::string> Attachments::must_get(const std::string& hash) const {
  auto bytes = get(hash);
  CHECK_MSG(bytes.ok(), bytes.error().describe());
  return *bytes;
}

}  // namespace anlan
