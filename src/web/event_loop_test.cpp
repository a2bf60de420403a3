#include "web/event_loop.h"

#include <gtest/gtest.h>

namespace anlan::transport {
namespace {

class NoHandler final : public HttpHandler {
  void handle(HttpRequest, Respond) override {}
};

tcp::endpoint from(const char* address) { return {asio::ip::make_address(address), 1}; }

TEST(Admission, BoundsEachPeerButNotLoopback) {
  NoHandler handler;
  ServerOptions options;
  options.connections_max = 100;
  options.connections_per_peer_max = 2;
  Shared shared(handler, options);
  EXPECT_TRUE(shared.admit(from("10.1.1.1")));
  EXPECT_TRUE(shared.admit(from("::ffff:10.1.1.1")));  // the same peer on a listener for both
  EXPECT_FALSE(shared.admit(from("10.1.1.1")));
  EXPECT_TRUE(shared.admit(from("10.1.1.2")));
  shared.leave(from("10.1.1.1"));
  EXPECT_TRUE(shared.admit(from("10.1.1.1")));
  EXPECT_TRUE(shared.admit(from("2001:db8:0:1::1")));
  EXPECT_TRUE(shared.admit(from("2001:db8:0:1::2")));
  EXPECT_FALSE(shared.admit(from("2001:db8:0:1::3")));  // one network
  EXPECT_TRUE(shared.admit(from("2001:db8:0:2::1")));
  for (int i = 0; i < 10; ++i)
    for (const char* own : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) EXPECT_TRUE(shared.admit(from(own)));
  EXPECT_EQ(shared.open(), 46u);
}

TEST(Admission, BoundsAllTogether) {
  NoHandler handler;
  ServerOptions options;
  options.connections_max = 1;
  Shared shared(handler, options);
  EXPECT_TRUE(shared.admit(from("127.0.0.1")));
  EXPECT_FALSE(shared.admit(from("127.0.0.1")));
  shared.leave(from("127.0.0.1"));
  EXPECT_TRUE(shared.admit(from("127.0.0.1")));
}

}  // namespace
}  // namespace anlan::transport
