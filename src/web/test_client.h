// A small blocking HTTP/1.1 and WebSocket client on a raw socket, for tests and benchmarks of the server.
//
// It shares no code with the server, so a fault in one shows against the other. One thread per client. Every wait has
// a limit (kWait); a client that waited in vain reports an empty result and is closed.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anlan {

struct TestResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
    return {};
  }
};

struct TestMessage {
  int opcode = 0;  // 1 text, 2 binary, 8 close, 9 ping, 10 pong
  std::string payload;
  // Of a close frame; 0 when it names none.
  int close_code() const {
    return payload.size() < 2 ? 0 : static_cast<uint8_t>(payload[0]) << 8 | static_cast<uint8_t>(payload[1]);
  }
};

using TestHeaders = std::vector<std::pair<std::string, std::string>>;

class TestClient {
 public:
  static constexpr int kWaitMs = 20'000;

  TestClient() = default;
  explicit TestClient(uint16_t port) { connect(port); }
  ~TestClient() { close(); }
  TestClient(TestClient&& other) noexcept { *this = std::move(other); }
  TestClient& operator=(TestClient&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(ssl_, other.ssl_);
    std::swap(in_, other.in_);
    std::swap(peer_closed_, other.peer_closed_);
    return *this;
  }

  // To 127.0.0.1. receive_bytes sets a small receive buffer, for clients that shall fill up quickly.
  bool connect(uint16_t port, int receive_bytes = 0) {
    close();
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return false;
    if (receive_bytes > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
    close();
    return false;
  }

  // TLS on top of connect; the certificate is not checked. context comes from TLS_client_method().
  bool start_tls(SSL_CTX* context) {
    ssl_ = SSL_new(context);
    SSL_set_fd(ssl_, fd_);
    return SSL_connect(ssl_) == 1;
  }

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  SSL* tls() const { return ssl_; }

  void close() {
    if (ssl_) SSL_free(ssl_);
    ssl_ = nullptr;
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    in_.clear();
  }

  bool send_bytes(std::string_view bytes) {
    while (!bytes.empty() && fd_ >= 0) {
      const ssize_t n = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return fd_ >= 0;
  }

  // --- HTTP

  bool send_request(std::string_view method, std::string_view target, std::string_view body = {},
                    const TestHeaders& headers = {}) {
    std::string out;
    out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    for (const auto& [name, value] : headers) out += name + ": " + value + "\r\n";
    if (!body.empty() || method == "POST" || method == "PUT")
      out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    out.append("\r\n").append(body);
    return send_bytes(out);
  }

  // The next response; empty when the server closed or sent something else. 100 Continue is returned like any other.
  std::optional<TestResponse> read_response(bool to_head = false) {
    size_t end;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos)
      if (!read_more()) return std::nullopt;
    TestResponse response;
    std::string_view head = std::string_view(in_).substr(0, end);
    if (head.substr(0, 9) != "HTTP/1.1 " || head.size() < 12) return std::nullopt;
    response.status = std::atoi(std::string(head.substr(9, 3)).c_str());
    for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
      const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
      const size_t colon = line.find(": ");
      if (colon == std::string_view::npos) return std::nullopt;
      response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    in_.erase(0, end + 4);
    const std::string length = response.header("Content-Length");
    if (to_head || length.empty()) return response;
    const size_t bytes = std::stoull(length);
    while (in_.size() < bytes)
      if (!read_more()) return std::nullopt;
    response.body = in_.substr(0, bytes);
    in_.erase(0, bytes);
    return response;
  }

  std::optional<TestResponse> request(std::string_view method, std::string_view target, std::string_view body = {},
                                      const TestHeaders& headers = {}) {
    if (!send_request(method, target, body, headers)) return std::nullopt;
    return read_response(method == "HEAD");
  }
  std::optional<TestResponse> get(std::string_view target, const TestHeaders& headers = {}) {
    return request("GET", target, {}, headers);
  }
  std::optional<TestResponse> post(std::string_view target, std::string_view body, const TestHeaders& headers = {}) {
    return request("POST", target, body, headers);
  }

  // True when the server closes within the limit; what it sends before is thrown away.
  bool wait_closed() {
    while (read_more()) in_.clear();
    return peer_closed_;
  }

  // --- WebSocket

  // The response to the upgrade: 101, or the server's refusal.
  std::optional<TestResponse> upgrade(std::string_view target, TestHeaders headers = {}) {
    headers.insert(headers.end(), {{"Connection", "Upgrade"},
                                   {"Upgrade", "websocket"},
                                   {"Sec-WebSocket-Version", "13"},
                                   {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}});
    return request("GET", target, {}, headers);
  }

  bool send_frame(int opcode, std::string_view payload, bool last = true) {
    std::string out(1, static_cast<char>((last ? 0x80 : 0) | opcode));
    if (payload.size() < 126) {
      out += static_cast<char>(0x80 | payload.size());
    } else {
      const int bytes = payload.size() < 65'536 ? 2 : 8;
      out += static_cast<char>(0x80 | (bytes == 2 ? 126 : 127));
      for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(payload.size() >> (8 * i) & 0xff);
    }
    static constexpr char kMask[4] = {0x12, 0x34, 0x56, 0x78};
    out.append(kMask, 4);
    for (size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ kMask[i % 4]);
    return send_bytes(out);
  }
  bool send_text(std::string_view text) { return send_frame(1, text); }

  // The next frame, control frames included (a close is answered, a ping too). Empty at the end or after the limit.
  std::optional<TestMessage> read_message() {
    const auto need = [this](size_t bytes) {
      while (in_.size() < bytes)
        if (!read_more()) return false;
      return true;
    };
    if (!need(2)) return std::nullopt;
    size_t length = in_[1] & 0x7f, head = 2;
    if (length >= 126) {
      const size_t bytes = length == 126 ? 2 : 8;
      if (!need(2 + bytes)) return std::nullopt;
      length = 0;
      for (size_t i = 0; i < bytes; ++i) length = length << 8 | static_cast<uint8_t>(in_[2 + i]);
      head += bytes;
    }
    if (!need(head + length)) return std::nullopt;
    TestMessage message{in_[0] & 0x0f, in_.substr(head, length)};
    in_.erase(0, head + length);
    if (message.opcode == 8) {
      send_frame(8, message.payload);
      ::shutdown(fd_, SHUT_WR);
    }
    if (message.opcode == 9) send_frame(10, message.payload);
    return message;
  }

  // Skips control frames.
  std::optional<std::string> read_text() {
    for (;;) {
      auto message = read_message();
      if (!message || message->opcode == 8) return std::nullopt;
      if (message->opcode == 1) return std::move(message->payload);
    }
  }

 private:
  bool read_more() {
    if (fd_ < 0) return false;
    if (!ssl_ || SSL_pending(ssl_) == 0) {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, kWaitMs) <= 0) return false;
    }
    char piece[16'384];
    const ssize_t n = ssl_ ? SSL_read(ssl_, piece, sizeof piece) : ::recv(fd_, piece, sizeof piece, 0);
    if (n <= 0) {
      peer_closed_ = true;
      return false;
    }
    in_.append(piece, static_cast<size_t>(n));
    return true;
  }

  int fd_ = -1;
  SSL* ssl_ = nullptr;
  std::string in_;
  bool peer_closed_ = false;
};

}  // namespace anlan
