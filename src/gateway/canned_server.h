// For tests: an HTTP server on loopback that answers every path with what the test laid down, also with what a proper
// server never would. One thread; one request per connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/check.h"

namespace anlan {

class CannedServer {
 public:
  CannedServer() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CHECK(listener_ >= 0 && ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(listener_, 64) == 0);
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~CannedServer() {
    stopped_ = true;
    thread_.join();
    ::close(listener_);
  }

  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  // The bytes sent for a path, as they are; then the connection is closed. "" hangs until the client leaves.
  void lay(const std::string& path, std::string bytes) {
    std::scoped_lock guard(mutex_);
    answers_[path] = std::move(bytes);
  }
  void lay_ok(const std::string& path, const std::string& body, const std::string& fields = {}) {
    lay(path, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body);
  }
  int asked(const std::string& path) const {
    std::scoped_lock guard(mutex_);
    const auto it = asked_.find(path);
    return it == asked_.end() ? 0 : it->second;
  }
  std::string last_request() const {
    std::scoped_lock guard(mutex_);
    return last_;
  }

 private:
  bool readable(int fd) const {  // false when the test is over
    while (!stopped_) {
      pollfd wait{fd, POLLIN, 0};
      if (::poll(&wait, 1, 20) > 0) return true;
    }
    return false;
  }
  void run() {
    while (readable(listener_)) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      serve(fd);
      ::close(fd);
    }
  }
  void serve(int fd) {
    std::string head;
    char piece[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
      if (!readable(fd)) return;
      const ssize_t n = ::recv(fd, piece, sizeof piece, 0);
      if (n <= 0) return;
      head.append(piece, static_cast<size_t>(n));
    }
    const size_t from = head.find(' ') + 1;
    const std::string path = head.substr(from, head.find(' ', from) - from);
    std::string answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone";
    {
      std::scoped_lock guard(mutex_);
      ++asked_[path];
      last_ = head;
      if (const auto it = answers_.find(path); it != answers_.end()) answer = it->second;
    }
    for (size_t at = 0; at < answer.size();) {
      const ssize_t n = ::send(fd, answer.data() + at, answer.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return;
      at += static_cast<size_t>(n);
    }
    if (answer.empty() && readable(fd)) (void)::recv(fd, piece, sizeof piece, 0);
  }

  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> answers_;
  std::map<std::string, int> asked_;
  std::string last_;
};

}  // namespace anlan
