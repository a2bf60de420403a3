// The HTTP/1.1 and WebSocket server. Routes, sessions and permissions are the handler's; this is the transport.
//
// Threads: a connection lives on one of `threads` event loops. The handler is called on that loop and must not block
// it for long; it may answer at once or later from any thread. Requests of one connection run one after the other.
// Bounds: every queue, body, header and wait below has a limit in ServerOptions; what happens at it stands beside it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "web/http_message.h"

namespace anlan {

// Answers one request. May be called from any thread; only the first call counts. Calling it late, after the browser
// left or after the server stopped does nothing. Dropping every copy without a call answers 500.
using Respond = std::function<void(HttpResponse)>;

// One open WebSocket, as seen by those who push to it. Thread-safe; may be kept after the socket closed.
class LiveSocket {
 public:
  virtual ~LiveSocket() = default;
  // Queues one text message; the same text may be shared by many sockets. False when the socket is closed or was just
  // dropped because its browser does not read (socket_queue_* in ServerOptions).
  virtual bool send(std::shared_ptr<const std::string> text) = 0;
  // Closes after what is queued has been sent. Codes: RFC 6455 §7.4.1.
  virtual void close(uint16_t code = 1000, std::string reason = {}) = 0;
  virtual uint64_t id() const = 0;  // unique within the server
};

// The other half: called on the socket's loop, in order; nothing after on_close, which comes exactly once after on_open.
class SocketListener {
 public:
  virtual ~SocketListener() = default;
  virtual void on_open(std::shared_ptr<LiveSocket> socket) = 0;
  virtual void on_message(std::string_view text) = 0;  // valid UTF-8
  virtual void on_close() = 0;
};

using SocketDecision = std::variant<HttpResponse, std::shared_ptr<SocketListener>>;

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(HttpRequest request, Respond respond) = 0;
  // Largest body for this request, asked once the head is read (the body is still empty). A larger one is answered 413.
  virtual size_t body_bytes_max(const HttpRequest& head) {
    (void)head;
    return 1u << 20;
  }
  // Decides on a WebSocket request: refuse it with a response, or accept it. Check the Origin here.
  virtual SocketDecision accept_socket(const HttpRequest& request) {
    (void)request;
    return HttpResponse::text(404, "no socket here\n");
  }
};

struct ListenAddress {
  std::string address;  // "127.0.0.1:8080", "[::]:8443"; port 0 takes a free one
  bool tls = false;
};

struct ServerOptions {
  std::vector<ListenAddress> listen{{"127.0.0.1:8080", false}};
  std::string tls_certificate_file;  // PEM, chain; needed when a listener has tls
  std::string tls_key_file;          // PEM
  int threads = 1;

  size_t head_bytes_max = 32 * 1024;              // beyond: 431 and close
  size_t bodies_bytes_max = size_t{1} << 30;      // all bodies being received or handled; beyond: 503 and close
  size_t connections_max = 4096;                  // beyond: closed at accept
  size_t connections_per_peer_max = 512;          // by IPv4 address or IPv6 /64; loopback is exempt

  std::chrono::milliseconds head_timeout{15'000};        // TLS handshake, and the whole head of a request: 408, close
  std::chrono::milliseconds body_idle_timeout{30'000};   // between two reads of a body: 408, close
  std::chrono::milliseconds keep_alive_timeout{60'000};  // between two requests: close
  std::chrono::milliseconds answer_timeout{120'000};     // the handler does not answer: 504, close
  std::chrono::milliseconds write_stall_timeout{30'000}; // no byte accepted by the peer: close

  size_t socket_message_bytes_max = 64 * 1024;   // from the browser; beyond: closed with 1009
  size_t socket_queue_messages_max = 256;        // over either of these for longer than socket_lag_timeout,
  size_t socket_queue_bytes_max = 1 << 20;       //   or over 16 times either at once: dropped and counted
  std::chrono::milliseconds socket_lag_timeout{5'000};
  std::chrono::milliseconds socket_ping_interval{20'000};  // no sign of life for twice as long: closed

  std::chrono::milliseconds stop_timeout{5'000};  // for running requests and socket closes; then cut off

  std::function<void(std::string_view)> log;  // faults of handlers and listeners, one line each; any thread
};

struct ServerStats {
  uint64_t connections_open = 0, connections_total = 0, connections_refused = 0;
  uint64_t requests_total = 0, requests_running = 0, requests_bad = 0, timeouts = 0;
  uint64_t sockets_open = 0, sockets_total = 0, sockets_dropped = 0;
  uint64_t bytes_in = 0, bytes_out = 0;  // HTTP messages and WebSocket payloads, before TLS
  uint64_t bodies_bytes = 0;             // held now, see bodies_bytes_max
};

class HttpServer {
 public:
  explicit HttpServer(HttpHandler& handler);  // the handler outlives the server
  ~HttpServer();                              // stops
  HttpServer(const HttpServer&) = delete;

  // Binds every address and starts the loops. kInvalidField (address), kConflict (address taken), kInvalidFile (TLS).
  // Call once.
  Result<void> start(ServerOptions options);
  // Ports in the order of options.listen.
  std::vector<uint16_t> ports() const;
  uint16_t port() const { return ports().at(0); }
  // Takes no new connection, lets running requests finish, closes sockets with 1001, and cuts off what is left after
  // stop_timeout. Returns when all loops ended; not to be called from a handler. A second call does nothing.
  void stop();
  ServerStats stats() const;

 private:
  class Impl;
  HttpHandler& handler_;
  std::unique_ptr<Impl> impl_;  // from start on
  bool stopped_ = false;
};

}  // namespace anlan
