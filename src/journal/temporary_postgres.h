// A throw-away PostgreSQL cluster on loopback for tests: made in a temporary folder, stopped and removed at the end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace anlan {

class TemporaryPostgres {
 public:
  // Nothing when PostgreSQL 15 is not installed; `why` then says so.
  static std::unique_ptr<TemporaryPostgres> start(std::string& why);
  // The one cluster of this program, started by the first who asks and stopped at exit.
  static TemporaryPostgres* shared(std::string& why);
  ~TemporaryPostgres();
  // A fresh, empty database.
  std::string new_database();
  // Empties it for the next who asks: making a database takes half a second.
  void give_back(const std::string& url);

 private:
  TemporaryPostgres(std::string folder, std::string bin, int port) : folder_(std::move(folder)), bin_(std::move(bin)), port_(port) {}
  void command(const std::string& database, const std::string& sql);

  std::string folder_, bin_;
  std::vector<std::string> free_;
  int port_;
  int made_ = 0;
};

}  // namespace anlan
