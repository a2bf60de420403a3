// Internal to the transport: one connection over plain TCP or TLS. Compiled by plain_connection.cpp and
// tls_connection.cpp only, because Beast is slow to compile.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <exception>
#include <type_traits>

#include "web/live_socket.h"
#include "web/pending_answer.h"

namespace anlan::transport {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<Socket>;
using Parser = http::request_parser<http::string_body>;

inline constexpr size_t kReadBytes = 8 * 1024;         // one read of a head
inline constexpr size_t kBodyReadBytes = 64 * 1024;    // one read of a body or of a file
inline constexpr size_t kJoinBytes = 16 * 1024;        // bodies up to this go out in one piece with their head
inline constexpr size_t kLingerBytesMax = 4u << 20;    // read and thrown away after a refusal, so that it is seen
inline constexpr std::chrono::milliseconds kLingerTimeout{1'000};

// Fills the request from a parsed head. Returns 0, or the status to refuse it with.
inline int read_head_fields(const Parser& parser, HttpRequest& request) {
  const auto& message = parser.get();
  if (message.version() != 11 && message.version() != 10) return 505;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    if (request.headers.size() == kHeaderFieldsMax) return 431;
    request.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  const size_t hosts = request.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && message.version() == 11)) return 400;
  // Anything but exactly "chunked" could be framed differently by a proxy in front (request smuggling).
  if (const auto coding = request.header("Transfer-Encoding")) {
    if (message.version() == 10 || request.headers.count("Transfer-Encoding") > 1) return 400;
    if (!equal_ignoring_case(*coding, "chunked")) return 501;
  }
  if (const auto expect = request.header("Expect"); expect && !equal_ignoring_case(*expect, "100-continue")) return 417;
  if (!read_target(request.target, request.path, request.query)) return 400;
  return 0;
}

inline int status_of(const error_code& fault) {
  if (fault == http::error::header_limit || fault == http::error::buffer_overflow) return 431;
  if (fault == http::error::body_limit) return 413;
  if (fault == http::error::bad_version) return 505;
  return 400;
}

template <class Stream>
class HttpConnection final : public Connection,
                             public AnswerSink,
                             public SocketPump,
                             public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  template <class... Extra>
  HttpConnection(const std::shared_ptr<Loop>& loop, Socket socket, tcp::endpoint peer, Extra&... extra)
      : loop_(*loop),
        shared_(loop->shared()),
        options_(shared_.options),
        counters_(shared_.counters),
        peer_(std::move(peer)),
        stream_(std::move(socket), extra...),
        answer_timer_(loop->executor(), TimePoint::max()) {
    const auto address = peer_.address();
    peer_address_ = address.is_v6() && address.to_v6().is_v4_mapped()
                        ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string()
                        : address.to_string();
  }

  void start() {
    loop_.enter(*this);
    asio::co_spawn(loop_.context(), run(this->shared_from_this()), asio::detached);
  }

  void abort() override {
    aborted_ = true;
    error_code ignored;
    lowest().close(ignored);
    answer_timer_.cancel();
  }

  void drain() override {
    if (live_)
      live_->close(1001, "server stops");
    else if (wait_ == Wait::kIdle)
      abort();
  }

  void sweep(TimePoint now) override {
    if (live_ && (live_->lags(now) || (writing_ && now - write_began_ >= options_.write_stall_timeout))) drop_socket();
    if (now < deadline_) return;
    deadline_ = TimePoint::max();
    timed_out_ = true;
    if (wait_ != Wait::kIdle) ++counters_.timeouts;
    error_code ignored;
    if (wait_ == Wait::kAnswer)
      answer_timer_.cancel();
    else if (wait_ == Wait::kRequest)
      lowest().cancel(ignored);  // the coroutine goes on to answer 408
    else
      abort();
  }

  void deliver(uint64_t sequence, HttpResponse response) override {
    if (sequence != sequence_ || answer_) return;
    answer_ = std::move(response);
    answer_timer_.cancel();
  }

  void pump() override {
    if (!live_ || aborted_) return;
    auto step = live_->next(writing_);
    if (step.drop) return drop_socket();
    if (step.text) return write_message(std::move(step.text));
    if (step.closing) close_socket(*step.closing);
  }

 private:
  // What the connection waits for, which decides what a passed deadline means.
  enum class Wait { kIdle, kRequest, kAnswer, kTransfer };
  enum class Next { kRequest, kClose, kLinger };

  auto& lowest() {
    if constexpr (kTls)
      return stream_.next_layer();
    else
      return stream_;
  }

  void arm(Wait wait, std::chrono::milliseconds timeout) {
    wait_ = wait;
    timed_out_ = false;
    deadline_ = std::chrono::steady_clock::now() + timeout;
  }
  void disarm() {
    wait_ = Wait::kTransfer;
    deadline_ = TimePoint::max();
  }

  Task<> run(std::shared_ptr<HttpConnection> self) {
    try {
      Next next = Next::kRequest;
      if constexpr (kTls) {
        arm(Wait::kTransfer, options_.head_timeout);
        const auto [fault] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
        if (fault) next = Next::kClose;
      }
      while (next == Next::kRequest) {
        next = co_await serve_one();
      }
      if (next == Next::kLinger && !aborted_) co_await linger();
    } catch (const std::exception& fault) {
      shared_.log(std::string("connection: ") + fault.what());
    }
    hold_body(0);
    abort();
    loop_.leave(*this);
    shared_.leave(peer_);
    self.reset();
  }

  Task<Next> serve_one() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(options_.head_bytes_max));
    parser_->body_limit(boost::none);  // set when the handler has seen the head
    const int head_fault = co_await read_head();
    if (head_fault < 0) co_return Next::kClose;
    keep_alive_ = false;
    head_only_ = false;
    http_1_0_ = false;
    if (head_fault > 0) co_return co_await refuse(head_fault);

    HttpRequest request{.peer_address = peer_address_, .tls = kTls};
    if (const int status = read_head_fields(*parser_, request)) co_return co_await refuse(status);
    ++counters_.requests_total;
    http_1_0_ = parser_->get().version() == 10;
    head_only_ = request.method == "HEAD";
    if (websocket::is_upgrade(parser_->get())) co_return co_await serve_socket(std::move(request));
    if (!parser_->is_done()) {
      const int status = co_await read_body(request);
      if (status < 0) co_return Next::kClose;
      if (status > 0) co_return co_await refuse(status);
      request.body = std::move(parser_->get().body());
    }
    keep_alive_ = parser_->keep_alive();
    HttpResponse response = co_await ask_handler(std::move(request));
    co_return co_await respond(std::move(response));
  }

  // 0: parsed. -1: the peer left or idled. Otherwise the status to refuse with.
  Task<int> read_head() {
    if (buffer_.size() == 0) {
      if (shared_.stopping) co_return -1;
      arm(Wait::kIdle, sequence_ == 0 ? options_.head_timeout : options_.keep_alive_timeout);
      if (buffer_.capacity() > 2 * kReadBytes) buffer_.shrink_to_fit();
      const bool read = co_await read_some(kReadBytes);
      if (!read) co_return -1;
    }
    arm(Wait::kRequest, options_.head_timeout);  // for the whole head: single bytes do not push it back
    int blank_lines = 0;
    for (;;) {
      // A line break before a request is allowed (RFC 9112 §2.2); old browsers sent one after a form.
      while (buffer_.size() >= 2 && blank_lines < 4 && memcmp(buffer_.data().data(), "\r\n", 2) == 0 && !started()) {
        buffer_.consume(2);
        ++blank_lines;
      }
      error_code fault;
      if (buffer_.size() > 0) buffer_.consume(parser_->put(buffer_.data(), fault));
      if (parser_->is_header_done() && !fault) co_return 0;
      if (fault && fault != http::error::need_more) co_return status_of(fault);
      const bool read = co_await read_some(kReadBytes);
      if (timed_out_) co_return 408;
      if (!read) co_return -1;
    }
  }

  bool started() const { return !parser_->get().target().empty(); }

  // 0: read. -1: the peer left. Otherwise the status to refuse with.
  Task<int> read_body(const HttpRequest& request) {
    size_t bytes_max = 0;
    if (!guarded([&] { bytes_max = shared_.handler.body_bytes_max(request); })) co_return 500;
    const auto announced = parser_->content_length();
    if (announced && *announced > bytes_max) co_return 413;
    parser_->body_limit(bytes_max);
    parser_->eager(true);
    if (request.header("Expect") && !http_1_0_ && buffer_.size() == 0) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const bool written = co_await write_all(asio::buffer(kContinue), {});
      if (!written) co_return -1;
    }
    const size_t piece_bytes = announced && *announced <= kReadBytes ? kReadBytes : kBodyReadBytes;
    while (!parser_->is_done()) {
      error_code fault = http::error::need_more;
      if (buffer_.size() > 0) {
        const size_t used = parser_->put(buffer_.data(), fault);
        buffer_.consume(used);
        if (!hold_body(parser_->get().body().size())) co_return 503;
        if (!fault && used > 0) continue;
        if (fault && fault != http::error::need_more) co_return status_of(fault);
      }
      // What the parser leaves is the beginning of a chunk's head; it has no reason to be long.
      if (buffer_.size() > kReadBytes) co_return 400;
      arm(Wait::kRequest, options_.body_idle_timeout);
      const bool read = co_await read_some(piece_bytes);
      if (!read) co_return timed_out_ ? 408 : -1;
    }
    co_return 0;
  }

  Task<bool> read_some(size_t bytes) {
    const auto [fault, n] = co_await stream_.async_read_some(buffer_.prepare(bytes), kAwait);
    buffer_.commit(n);
    counters_.bytes_in += n;
    co_return !fault && n > 0;
  }

  // Counts this connection's body against what all connections may hold. False when there is no room.
  bool hold_body(size_t bytes) {
    if (bytes == body_held_) return true;
    const uint64_t all = counters_.bodies_bytes += bytes - body_held_;
    const bool fits = bytes < body_held_ || all <= options_.bodies_bytes_max;
    body_held_ = bytes;
    return fits;
  }

  Task<HttpResponse> ask_handler(HttpRequest request) {
    ++counters_.requests_running;
    answer_.reset();
    auto pending = std::make_shared<PendingAnswer>(loop_.shared_from_this(), this->weak_from_this(), ++sequence_);
    const bool fine = guarded([&] {
      shared_.handler.handle(std::move(request), [pending](HttpResponse r) { pending->answer(std::move(r)); });
    });
    if (!fine) pending->answer(HttpResponse::text(500, "internal error\n"));
    pending.reset();
    arm(Wait::kAnswer, options_.answer_timeout);
    while (!answer_ && !timed_out_ && !aborted_) co_await answer_timer_.async_wait(kAwait);
    --counters_.requests_running;
    if (!answer_) {
      ++sequence_;  // a later answer belongs to nobody
      keep_alive_ = false;
      co_return HttpResponse::text(504, "no answer in time\n");
    }
    HttpResponse response = std::move(*answer_);
    answer_.reset();
    co_return response;
  }

  Task<Next> refuse(int status) {
    ++counters_.requests_bad;
    keep_alive_ = false;
    std::string().swap(parser_->get().body());
    co_return co_await respond(HttpResponse::text(status, std::string(reason_phrase(status)) + "\n"));
  }

  Task<Next> respond(HttpResponse response) {
    hold_body(0);  // the handler is through with it
    if (aborted_) co_return Next::kClose;
    const bool keep = keep_alive_ && !shared_.stopping;
    if (auto* file = std::get_if<FileBody>(&response.body)) {
      const bool sent = co_await send_file(response, *file, keep);
      if (!sent) co_return Next::kClose;
    } else {
      const std::string_view text = response.body_text();
      out_.clear();
      write_head(out_, response, text.size(), loop_.date(), keep, http_1_0_);
      const bool bodiless = head_only_ || response.status == 204 || response.status == 304;
      const bool join = !bodiless && text.size() <= kJoinBytes;
      if (join) out_ += text;
      const auto rest = join || bodiless ? asio::const_buffer() : asio::buffer(text);
      const bool sent = co_await write_all(asio::buffer(out_), rest);
      if (!sent) co_return Next::kClose;
    }
    co_return keep ? Next::kRequest : Next::kLinger;
  }

  Task<bool> send_file(const HttpResponse& response, const FileBody& body, bool keep) {
    struct File {
      int fd;
      ~File() { if (fd >= 0) close(fd); }
    } file{open(body.path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat about {};
    if (file.fd < 0 || fstat(file.fd, &about) != 0 || !S_ISREG(about.st_mode)) {
      shared_.log("cannot read " + body.path);
      const Next next = co_await respond(HttpResponse::text(500, "file not readable\n"));
      co_return next == Next::kRequest;
    }
    const uint64_t size = static_cast<uint64_t>(about.st_size), offset = std::min(body.offset, size);
    uint64_t left = std::min(body.length.value_or(size), size - offset);
    out_.clear();
    write_head(out_, response, left, loop_.date(), keep, http_1_0_);
    const bool begun = co_await write_all(asio::buffer(out_), {});
    if (!begun || head_only_) co_return begun;
    std::string piece(std::min<uint64_t>(left, kBodyReadBytes), '\0');
    for (uint64_t at = offset; left > 0;) {
      const ssize_t n = pread(file.fd, piece.data(), std::min<uint64_t>(left, piece.size()), static_cast<off_t>(at));
      if (n <= 0) co_return false;  // the file shrank: only closing tells the peer that something is missing
      const bool sent = co_await write_all(asio::buffer(piece.data(), static_cast<size_t>(n)), {});
      if (!sent) co_return false;
      at += static_cast<uint64_t>(n);
      left -= static_cast<uint64_t>(n);
    }
    co_return true;
  }

  Task<bool> write_all(asio::const_buffer first, asio::const_buffer second) {
    std::array<asio::const_buffer, 2> parts{first, second};
    while (parts[0].size() + parts[1].size() > 0) {
      arm(Wait::kTransfer, options_.write_stall_timeout);
      if (parts[0].size() == 0) std::swap(parts[0], parts[1]);
      const auto [fault, n] = co_await stream_.async_write_some(parts, kAwait);
      if (fault) co_return false;
      counters_.bytes_out += n;
      const size_t from_first = std::min(n, parts[0].size());
      parts[0] += from_first;
      parts[1] += n - from_first;
    }
    disarm();
    co_return true;
  }

  // Closing while the peer still sends would reset the connection and destroy the answer on its way.
  Task<> linger() {
    arm(Wait::kTransfer, kLingerTimeout);
    if constexpr (kTls) co_await stream_.async_shutdown(kAwait);
    error_code ignored;
    lowest().shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.consume(buffer_.size());
    for (size_t thrown = 0; thrown < kLingerBytesMax;) {
      const auto [fault, n] = co_await lowest().async_read_some(buffer_.prepare(kBodyReadBytes), kAwait);
      if (fault || n == 0) break;
      thrown += n;
    }
  }

  // --- WebSocket

  Task<Next> serve_socket(HttpRequest request) {
    if (request.method != "GET" || !parser_->is_done() || buffer_.size() > 0) co_return co_await refuse(400);
    keep_alive_ = parser_->keep_alive();
    SocketDecision decision = HttpResponse::text(500, "internal error\n");
    guarded([&] { decision = shared_.handler.accept_socket(request); });
    if (auto* refusal = std::get_if<HttpResponse>(&decision)) co_return co_await respond(std::move(*refusal));
    const auto listener = std::get<std::shared_ptr<SocketListener>>(std::move(decision));
    CHECK(listener);

    disarm();
    socket_.emplace(stream_);
    socket_->read_message_max(options_.socket_message_bytes_max);
    socket_->auto_fragment(false);
    socket_->set_option(websocket::stream_base::timeout{options_.head_timeout, options_.socket_ping_interval * 2, true});
    const auto [fault] = co_await socket_->async_accept(parser_->get(), kAwait);
    if (fault) {
      ++counters_.requests_bad;
      co_return Next::kLinger;
    }
    ++counters_.sockets_total;
    ++counters_.sockets_open;
    live_ = std::make_shared<QueuedSocket>(loop_.shared_from_this(), this->weak_from_this());
    if (guarded([&] { listener->on_open(live_); })) {
      if (shared_.stopping) drain();
      co_await read_messages(*listener);
    }
    live_->shut();
    live_.reset();
    --counters_.sockets_open;
    guarded([&] { listener->on_close(); });
    co_return Next::kClose;
  }

  Task<> read_messages(SocketListener& listener) {
    for (;;) {
      const auto [fault, n] = co_await socket_->async_read(buffer_, kAwait);
      if (fault) co_return;
      counters_.bytes_in += n;
      const std::string_view text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
      if (!socket_->got_text())
        live_->close(1003, "text only");
      else if (!guarded([&] { listener.on_message(text); }))
        live_->close(1011, "internal error");
      buffer_.consume(buffer_.size());
    }
  }

  void write_message(std::shared_ptr<const std::string> text) {
    writing_ = true;
    write_began_ = std::chrono::steady_clock::now();
    socket_->text(true);
    const auto bytes = asio::buffer(*text);
    socket_->async_write(bytes, [self = this->shared_from_this(), text = std::move(text)](error_code fault, size_t n) {
      self->writing_ = false;
      self->counters_.bytes_out += n;
      if (fault || !self->live_) return;
      self->live_->sent();
      self->pump();
    });
  }

  void close_socket(const QueuedSocket::Closing& closing) {
    // Also bounds the wait for the peer to close its end after both close frames.
    arm(Wait::kTransfer, kLingerTimeout);
    // 123 bytes is what a close frame holds beside its code (RFC 6455 §5.5).
    const websocket::close_reason reason(static_cast<websocket::close_code>(closing.code), closing.reason.substr(0, 123));
    socket_->async_close(reason, [self = this->shared_from_this()](error_code) {});
  }

  void drop_socket() {
    if (aborted_) return;
    ++counters_.sockets_dropped;
    abort();
  }

  // Runs code of the layers above. False when it threw.
  template <class F>
  bool guarded(F&& code) {
    try {
      code();
      return true;
    } catch (const std::exception& fault) {
      shared_.log(std::string("handler: ") + fault.what());
    } catch (...) {
      shared_.log("handler: unknown exception");
    }
    return false;
  }

  Loop& loop_;
  Shared& shared_;
  const ServerOptions& options_;
  Counters& counters_;
  const tcp::endpoint peer_;
  std::string peer_address_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string out_;  // head of the response, and its body when short

  Wait wait_ = Wait::kTransfer;
  TimePoint deadline_ = TimePoint::max();
  bool timed_out_ = false, aborted_ = false;
  bool keep_alive_ = false, head_only_ = false, http_1_0_ = false;
  size_t body_held_ = 0;

  uint64_t sequence_ = 0;  // of the running request
  std::optional<HttpResponse> answer_;
  Timer answer_timer_;

  std::optional<websocket::stream<Stream&, false>> socket_;
  std::shared_ptr<QueuedSocket> live_;
  bool writing_ = false;
  TimePoint write_began_;
};

}  // namespace anlan::transport
