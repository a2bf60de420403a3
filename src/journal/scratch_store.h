// For tests: a place for one store of either kind, gone afterwards. Suites that shall hold on both stores are
// parametrised over kStoreKinds.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "journal/store.h"
#include "journal/temporary_postgres.h"

namespace anlan {

class ScratchStore {
 public:
  // "sqlite": a file in a folder of its own. "postgres": a database of its own in the program's cluster; where there is
  // no PostgreSQL, why_not() says so and the place is a file.
  explicit ScratchStore(const std::string& kind = "sqlite") {
    char pattern[] = "/tmp/anlan-test-XXXXXX";
    folder_ = ::mkdtemp(pattern);
    where_ = folder_ + "/anlan.db";
    if (kind != "postgres") return;
    cluster_ = TemporaryPostgres::shared(why_not_);
    if (cluster_) where_ = cluster_->new_database();
  }
  ~ScratchStore() {
    if (cluster_) cluster_->give_back(where_);
    std::error_code ignored;  // a leftover temporary folder is harmless
    std::filesystem::remove_all(folder_, ignored);
  }
  ScratchStore(const ScratchStore&) = delete;
  ScratchStore& operator=(const ScratchStore&) = delete;

  const std::string& folder() const { return folder_; }  // for attachments; also on PostgreSQL
  const std::string& where() const { return where_; }    // for open_store
  const std::string& why_not() const { return why_not_; }
  std::unique_ptr<Store> open() const { return open_store(where_).value(); }

 private:
  std::string folder_, where_, why_not_;
  TemporaryPostgres* cluster_ = nullptr;
};

inline const auto kStoreKinds = testing::Values("sqlite", "postgres");
inline std::string store_kind_name(const testing::TestParamInfo<const char*>& info) { return info.param; }

}  // namespace anlan
