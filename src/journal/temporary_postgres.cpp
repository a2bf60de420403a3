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
  const std::string options = "-p " + std::to_string(port) + " -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c unix_socket_directories=" + folder;
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

TemporaryPostgres* TemporaryPostgres::shared(std::string& why) {
  static std::string why_not;
  static const auto cluster = start(why_not);
  why = why_not;
  return cluster.get();
}

void TemporaryPostgres::command(const std::string& database, const std::string& sql) {
  PGconn* c = PQconnectdb(("postgresql://app@127.0.0.1:" + std::to_string(port_) + "/" + database).c_str());
  PQsetNoticeProcessor(c, [](void*, const char*) {}, nullptr);
  PGresult* r = PQexec(c, sql.c_str());
  CHECK_MSG(PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK, PQerrorMessage(c));
  PQclear(r);
  PQfinish(c);
}

std::string TemporaryPostgres::new_database() {
  const std::string server = "postgresql://app@127.0.0.1:" + std::to_string(port_) + "/";
  if (!free_.empty()) {
    const std::string name = free_.back();
    free_.pop_back();
    return server + name;
  }
  const std::string name = "anlan" + std::to_string(++made_);
  command("postgres", "CREATE DATABASE " + name);
  return server + name;
}

void TemporaryPostgres::give_back(const std::string& url) {
  const std::string name = url.substr(url.rfind('/') + 1);
  command(name, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
  command(name, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  free_.push_back(name);
}

}  // namespace anlan
