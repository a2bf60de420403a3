#include "web/http_connection.h"

namespace anlan::transport {

void serve_tls(std::shared_ptr<Loop> loop, Socket socket, tcp::endpoint peer, asio::ssl::context& tls) {
  std::make_shared<HttpConnection<TlsStream>>(loop, std::move(socket), std::move(peer), tls)->start();
}

}  // namespace anlan::transport
