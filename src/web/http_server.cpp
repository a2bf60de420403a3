#include "web/http_server.h"

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <charconv>
#include <future>

#include "web/event_loop.h"

namespace anlan {
namespace {

using namespace transport;
using boost::system::error_code;

// "127.0.0.1:8080" or "[::]:8443".
Result<tcp::endpoint> parse_address(const std::string& text) {
  const Error wrong(ErrorCode::kInvalidField, {{"field", "listen"}, {"why", text}});
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong;
  std::string host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data() + colon + 1, end, port);
  error_code bad_host;
  const auto address = asio::ip::make_address(host, bad_host);
  if (bad_host || fault != std::errc() || stop != end) return wrong;
  return tcp::endpoint(address, port);
}

// The usual soft limit of 1,024 files is below what connections_max promises.
void raise_file_limit(size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted);
  setrlimit(RLIMIT_NOFILE, &limit);
}

int choose_http_1_1(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
                    void*) {
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  const int choice = SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, kProtocols, 9, in, in_size);
  return choice == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

Result<std::unique_ptr<asio::ssl::context>> make_tls(const ServerOptions& options) {
  auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  error_code fault;
  const auto wrong = [&](const std::string& file) {
    return Error(ErrorCode::kInvalidFile, {{"why", file + ": " + fault.message()}});
  };
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(tls->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(tls->native_handle(), choose_http_1_1, nullptr);
  // Idle connections give their 32 KB of record buffers back.
  SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  tls->use_certificate_chain_file(options.tls_certificate_file, fault);
  if (fault) return wrong(options.tls_certificate_file);
  tls->use_private_key_file(options.tls_key_file, asio::ssl::context::pem, fault);
  if (fault) return wrong(options.tls_key_file);
  if (SSL_CTX_check_private_key(tls->native_handle()) != 1)
    return Error(ErrorCode::kInvalidFile, {{"why", options.tls_key_file + " does not belong to the certificate"}});
  return tls;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpHandler& handler, ServerOptions options)
      : shared_(std::make_shared<Shared>(handler, std::move(options))),
        loops_(make_loops()),
        accept_pause_(loops_[0]->context()) {}

  Result<void> bind() {
    const auto& options = shared_->options;
    for (const auto& wanted : options.listen) {
      TRY(endpoint, parse_address(wanted.address));
      if (wanted.tls && !tls_) {
        TRY(tls, make_tls(options));
        tls_ = std::move(tls);
      }
      Listener listener{std::make_unique<Acceptor>(loops_[0]->context()), wanted.tls};
      Acceptor& acceptor = *listener.acceptor;
      error_code fault;
      acceptor.open(endpoint.protocol(), fault);
      if (!fault) acceptor.set_option(asio::socket_base::reuse_address(true), fault);
      if (!fault && endpoint.address().is_v6()) {
        // "[::]" takes IPv4 too, which is what whoever writes it expects; a refusal only narrows it.
        error_code ignored;
        acceptor.set_option(asio::ip::v6_only(false), ignored);
      }
      if (!fault) acceptor.bind(endpoint, fault);
      if (!fault) acceptor.listen(kBacklog, fault);
      if (fault) return Error(ErrorCode::kConflict, {{"why", wanted.address + ": " + fault.message()}});
      ports_.push_back(acceptor.local_endpoint(fault).port());
      listeners_.push_back(std::move(listener));
    }
    return {};
  }

  void start() {
    raise_file_limit(shared_->options.connections_max + 512);
    for (auto& listener : listeners_)
      asio::co_spawn(loops_[0]->context(), accept(*listener.acceptor, listener.tls), asio::detached);
    for (auto& loop : loops_) loop->start();
  }

  void stop() {
    shared_->stopping = true;
    const auto deadline = std::chrono::steady_clock::now() + shared_->options.stop_timeout;
    on_loop(*loops_[0], [this] {
      for (auto& listener : listeners_) {
        error_code ignored;
        listener.acceptor->close(ignored);
      }
      accept_pause_.cancel();
    });
    for (auto& loop : loops_) on_loop(*loop, [&loop] { loop->drain_all(); });
    if (!shared_->wait_until_empty(deadline)) {
      for (auto& loop : loops_) on_loop(*loop, [&loop] { loop->abort_all(); });
      shared_->wait_until_empty();
    }
    for (auto& loop : loops_) loop->join();
  }

  const std::vector<uint16_t>& ports() const { return ports_; }

  ServerStats stats() const {
    const Counters& c = shared_->counters;
    return {.connections_open = shared_->open(),
            .connections_total = c.connections_total,
            .connections_refused = c.connections_refused,
            .requests_total = c.requests_total,
            .requests_running = c.requests_running,
            .requests_bad = c.requests_bad,
            .timeouts = c.timeouts,
            .sockets_open = c.sockets_open,
            .sockets_total = c.sockets_total,
            .sockets_dropped = c.sockets_dropped,
            .bytes_in = c.bytes_in,
            .bytes_out = c.bytes_out,
            .bodies_bytes = c.bodies_bytes};
  }

 private:
  static constexpr int kBacklog = 1024;

  struct Listener {
    std::unique_ptr<Acceptor> acceptor;
    bool tls;
  };

  std::vector<std::shared_ptr<Loop>> make_loops() {
    std::vector<std::shared_ptr<Loop>> loops;
    for (int i = 0; i < std::max(1, shared_->options.threads); ++i) loops.push_back(std::make_shared<Loop>(shared_));
    return loops;
  }

  // Runs code on a loop's thread and waits for it.
  template <class F>
  void on_loop(Loop& loop, F code) {
    std::promise<void> done;
    asio::post(loop.context(), [&] {
      code();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Connections go to the loops in turn.
  Task<> accept(Acceptor& acceptor, bool tls) {
    for (size_t turn = 0; acceptor.is_open(); ++turn) {
      const auto& loop = loops_[turn % loops_.size()];
      Socket socket(loop->context());
      tcp::endpoint peer;
      const auto [fault] = co_await acceptor.async_accept(socket, peer, kAwait);
      if (!acceptor.is_open()) break;
      if (fault) {
        // Out of files or memory: the backlog waits until something closes.
        accept_pause_.expires_after(std::chrono::milliseconds(50));
        co_await accept_pause_.async_wait(kAwait);
        continue;
      }
      if (!shared_->admit(peer)) {
        ++shared_->counters.connections_refused;
        continue;
      }
      ++shared_->counters.connections_total;
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      asio::dispatch(loop->context(), [this, loop, tls, peer, socket = std::move(socket)]() mutable {
        if (tls)
          serve_tls(loop, std::move(socket), peer, *tls_);
        else
          serve_plain(loop, std::move(socket), peer);
      });
    }
  }

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::vector<std::shared_ptr<Loop>> loops_;
  std::vector<Listener> listeners_;
  std::vector<uint16_t> ports_;
  Timer accept_pause_;
};

HttpServer::HttpServer(HttpHandler& handler) : handler_(handler) {}
HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start(ServerOptions options) {
  CHECK(!impl_);
  auto impl = std::make_unique<Impl>(handler_, std::move(options));
  TRY_VOID(impl->bind());
  impl->start();
  impl_ = std::move(impl);
  return {};
}

std::vector<uint16_t> HttpServer::ports() const {
  CHECK(impl_);
  return impl_->ports();
}

void HttpServer::stop() {
  if (impl_ && !stopped_) impl_->stop();
  stopped_ = true;
}

ServerStats HttpServer::stats() const { return impl_ ? impl_->stats() : ServerStats{}; }

}  // namespace anlan
