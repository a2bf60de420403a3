// Internal to the transport: an event loop, what the loops share, and the base of a connection.
//
// A connection is touched by its loop's thread only. Deadlines are one time point per connection, swept by one timer per
// loop: cheaper than a timer per operation, and late by at most a quarter of the shortest timeout (at most a second).
#pragma once

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "web/http_server.h"

namespace boost::asio::ssl {
class context;
}

namespace anlan::transport {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T = void>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> kAwait{};
using TimePoint = std::chrono::steady_clock::time_point;

struct Counters {
  std::atomic<uint64_t> connections_total{0}, connections_refused{0}, requests_total{0}, requests_running{0},
      requests_bad{0}, timeouts{0}, sockets_open{0}, sockets_total{0}, sockets_dropped{0}, bytes_in{0}, bytes_out{0},
      bodies_bytes{0}, socket_ids{0};
};

// What all loops share. Outlives the server when someone still holds a Respond or a LiveSocket.
struct Shared {
  Shared(HttpHandler& h, ServerOptions o) : handler(h), options(std::move(o)) {}

  // Takes a place among the connections; leave() gives it back.
  bool admit(const tcp::endpoint& peer);
  void leave(const tcp::endpoint& peer);
  // False at the deadline.
  bool wait_until_empty(TimePoint deadline);
  void wait_until_empty();
  size_t open() const;
  void log(std::string_view line) const;

  HttpHandler& handler;
  const ServerOptions options;
  Counters counters;
  std::atomic<bool> stopping{false};

 private:
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  size_t open_ = 0;
  std::map<uint64_t, size_t> per_peer_;
};

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void abort() = 0;  // closes the transport; every wait of the connection ends soon
  virtual void drain() = 0;  // the server stops: end at the next boundary
  virtual void sweep(TimePoint now) = 0;

 private:
  friend class Loop;
  size_t index_ = 0;
};

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(std::shared_ptr<Shared> shared);

  void start();  // its thread
  void join();   // after the last connection ended
  Executor executor() { return context_.get_executor(); }
  bool is_here() { return executor().running_in_this_thread(); }
  asio::io_context& context() { return context_; }
  Shared& shared() { return *shared_; }
  std::string_view date() const { return date_; }

  // On the loop's thread.
  void enter(Connection& connection);
  void leave(Connection& connection);
  void drain_all();
  void abort_all();

 private:
  Task<> tick();

  std::shared_ptr<Shared> shared_;
  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_{context_.get_executor()};
  Timer timer_{context_.get_executor()};
  std::chrono::milliseconds period_;
  std::vector<Connection*> connections_;
  std::string date_;
  bool ending_ = false;
  std::thread thread_;
};

// Starts a connection on an accepted socket that was admitted; it leaves by itself. On the loop's thread.
void serve_plain(std::shared_ptr<Loop> loop, Socket socket, tcp::endpoint peer);
void serve_tls(std::shared_ptr<Loop> loop, Socket socket, tcp::endpoint peer, asio::ssl::context& tls);

}  // namespace anlan::transport
