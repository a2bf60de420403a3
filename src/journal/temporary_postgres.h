// A throw-away PostgreSQL cluster on loopback for tests: made in a temporary folder, stopped and removed at the end.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace anlan {

class TemporaryPostgres {
 public:
  // Nothing when PostgreSQL 15 is not installed; `why` then says so.
  static std::unique_ptr<TemporaryPostgres> start(std::string& why);
  ~TemporaryPostgres();
  // A fresh, empty database.
  std::string new_database();

 private:
  TemporaryPostgres(std::string folder, std::string bin, int port) : folder_(std::move(folder)), bin_(std::move(bin)), port_(port) {}
  std::string folder_, bin_;
  int port_;
  int made_ = 0;
};

}  // namespace anlan
