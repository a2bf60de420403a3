#include "web/http_connection.h"

namespace anlan::transport {

void serve_plain(std::shared_ptr<Loop> loop, Socket socket, tcp::endpoint peer) {
  std::make_shared<HttpConnection<Socket>>(loop, std::move(socket), std::move(peer))->start();
}

}  // namespace anlan::transport
