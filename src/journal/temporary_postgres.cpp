#include "journal/temporary_postgres.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/check.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK(fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

// initdb refuses to run as root; the Debian package brings the account "postgres".
std::string as_postgres(const std::string& command) {
  return ::geteuid() == 0 ? "runuser -u postgres -- " + command : command;
}

int run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()); }

}  // namespace

std::unique_ptr<TemporaryPostgres> TemporaryPostgres::start(std::string& why) {
  const std::string bin = "/usr/lib/postgresql/15/bin";
  if (!fs::exists(bin + "/initdb")) {
    why = "PostgreSQL 15 is not installed (package postgresql-15)";
    return nullptr;
  }
  char pattern[] = "/tmp/anlan-pg-XXXXXX";
  CHECK(::mkdtemp(pattern) != nullptr);
  const std::string folder = pattern;
  if (::geteuid() == 0) CHECK(run("chown postgres " + folder) == 0);
  const int port = free_port();
  std::unique_ptr<TemporaryPostgres> cluster(new TemporaryPostgres(folder, bin, port));
  const std::string options = "-p " + std::to_string(port) + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + folder;
  if (run("cd " + folder + " && " + as_postgres(bin + "/initdb -D " + folder + "/data -U app --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync")) != 0 ||
      run("cd " + folder + " && " + as_postgres(bin + "/pg_ctl -D " + folder + "/data -w -l " + folder + "/log -o '" + options + "' start")) != 0) {
    why = "PostgreSQL did not start; see " + folder + "/log";
    return nullptr;
  }
  return cluster;
}

TemporaryPostgres::~TemporaryPostgres() {
  run("cd " + folder_ + " && " + as_postgres(bin_ + "/pg_ctl -D " + folder_ + "/data -m immediate stop"));
  std::error_code ignored;  // a leftover temporary folder is harmless
  fs::remove_all(folder_, ignored);
}

std::string TemporaryPostgres::new_database() {
  const std::string server = "postgresql://app@127.0.0.1:" + std::to_string(port_) + "/";
  const std::string name = "anlan" + std::to_string(++made_);
  PGconn* c = PQconnectdb((server + "postgres").c_str());
  PGresult* r = PQexec(c, ("CREATE DATABASE " + name).c_str());
  CHECK_MSG(PQresultStatus(r) == PGRES_COMMAND_OK, PQerrorMessage(c));
  PQclear(r);
  PQfinish(c);
  return server + name;
}

}  // namespace anlan
