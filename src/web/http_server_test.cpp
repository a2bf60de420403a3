#include "web/http_server.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "web/test_client.h"

namespace anlan {
namespace {

using std::chrono::milliseconds;

// A listener that echoes, and tells the test what happened.
class EchoListener final : public SocketListener {
 public:
  void on_open(std::shared_ptr<LiveSocket> socket) override {
    socket_ = socket;
    opened.set_value(std::move(socket));
  }
  void on_message(std::string_view text) override {
    if (text == "throw") throw std::runtime_error("thrown");
    if (text == "bye") return socket_->close(4000, "bye");
    socket_->send(std::make_shared<const std::string>(text));
  }
  void on_close() override { closed.set_value(); }

  std::promise<std::shared_ptr<LiveSocket>> opened;
  std::promise<void> closed;

 private:
  std::shared_ptr<LiveSocket> socket_;
};

class TestHandler final : public HttpHandler {
 public:
  void handle(HttpRequest request, Respond respond) override {
    if (request.path == "/echo") return respond(HttpResponse::text(200, request.method + ":" + request.body));
    if (request.path == "/later") return keep(std::move(respond));
    if (request.path == "/throw") throw std::runtime_error("thrown by /throw");
    if (request.path == "/silent") return;  // drops respond
    if (request.path == "/twice") respond(HttpResponse::text(200, "first"));
    if (request.path == "/file") return respond(HttpResponse{.body = FileBody{file, 3, std::nullopt}});
    if (request.path == "/big") {
      const auto bytes = request.query.number("bytes", 0, 100'000'000);
      return respond(HttpResponse::text(200, std::string(static_cast<size_t>(bytes->value_or(0)), 'x')));
    }
    if (request.path == "/split") {
      HttpResponse response = HttpResponse::text(200, "ok");
      response.headers.add("X-Name", "a\r\nSet-Cookie: stolen=1");
      response.headers.add("Content-Length", "9999");
      return respond(std::move(response));
    }
    respond(HttpResponse::text(200, request.path + (request.tls ? " tls" : "")));
  }

  size_t body_bytes_max(const HttpRequest& head) override { return head.path == "/upload" ? 1 << 20 : 1000; }

  SocketDecision accept_socket(const HttpRequest& request) override {
    if (request.path != "/socket") return HttpResponse::text(403, "not here");
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::make_shared<EchoListener>());
    changed_.notify_all();
    return listeners_.back();
  }

  // The nth request to /later, once it has arrived.
  Respond later(size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return kept_.size() > n; });
    return kept_[n];
  }
  std::shared_ptr<EchoListener> listener(size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return listeners_.size() > n; });
    return listeners_[n];
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    kept_.clear();
  }

  std::string file;

 private:
  void keep(Respond respond) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(respond));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Respond> kept_;
  std::vector<std::shared_ptr<EchoListener>> listeners_;
};

class HttpServerTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.listen = {{"127.0.0.1:0", false}};
    options.log = [this](std::string_view line) {
      const std::lock_guard lock(log_mutex_);
      log_ += line;
      log_ += '\n';
    };
    server_ = std::make_unique<HttpServer>(handler_);
    const auto started = server_->start(std::move(options));
    ASSERT_TRUE(started) << started.error().describe();
  }
  TestClient client() { return TestClient(server_->port()); }
  std::string log() {
    const std::lock_guard lock(log_mutex_);
    return log_;
  }
  std::shared_ptr<LiveSocket> open_socket(TestClient& client, size_t n = 0) {
    EXPECT_EQ(client.upgrade("/socket")->status, 101);
    return handler_.listener(n)->opened.get_future().get();
  }

  TestHandler handler_;
  std::unique_ptr<HttpServer> server_;

 private:
  std::mutex log_mutex_;
  std::string log_;
};

// --- requests

TEST_F(HttpServerTest, KeepsTheConnectionAndSetsItsOwnFields) {
  start();
  auto c = client();
  for (int i = 0; i < 3; ++i) {
    const auto r = c.get("/a%20b");
    ASSERT_TRUE(r);
    EXPECT_EQ(r->status, 200);
    EXPECT_EQ(r->body, "/a b");
    EXPECT_NE(r->header("Date"), "");
    EXPECT_EQ(r->header("Connection"), "");
  }
  EXPECT_EQ(server_->stats().connections_total, 1u);
  EXPECT_EQ(server_->stats().requests_total, 3u);
  const auto last = c.get("/", {{"Connection", "close"}});
  EXPECT_EQ(last->header("Connection"), "close");
  EXPECT_TRUE(c.wait_closed());
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  auto c = client();
  c.send_bytes("GET /later HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
               "\r\nGET /last HTTP/1.1\r\nHost: x\r\n\r\n");
  handler_.later(0)(HttpResponse::text(200, "waited"));
  EXPECT_EQ(c.read_response()->body, "waited");
  EXPECT_EQ(c.read_response()->body, "POST:hi");
  EXPECT_EQ(c.read_response()->body, "/last");
}

TEST_F(HttpServerTest, SpeaksHttp10) {
  start();
  auto c = client();
  c.send_bytes("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_EQ(c.read_response()->body, "/old");
  EXPECT_TRUE(c.wait_closed());
}

TEST_F(HttpServerTest, HeadHasTheLengthButNoBody) {
  start();
  auto c = client();
  const auto r = c.request("HEAD", "/big?bytes=70000");
  EXPECT_EQ(r->header("Content-Length"), "70000");
  EXPECT_EQ(c.get("/next")->body, "/next");
}

TEST_F(HttpServerTest, LeavesOutFieldsThatWouldSplitTheResponse) {
  start();
  auto c = client();
  const auto r = c.get("/split");
  EXPECT_EQ(r->body, "ok");
  EXPECT_EQ(r->header("Set-Cookie"), "");
  EXPECT_EQ(r->header("X-Name"), "");
}

TEST_F(HttpServerTest, SendsLargeBodiesAndFiles) {
  start();
  auto c = client();
  EXPECT_EQ(c.get("/big?bytes=5000000")->body.size(), 5'000'000u);
  handler_.file = testing::TempDir() + "http_server_test.bin";
  std::string content(200'000, 'f');
  content.replace(0, 6, "abcdef");
  std::ofstream(handler_.file, std::ios::binary) << content;
  EXPECT_EQ(c.get("/file")->body, content.substr(3));
  std::filesystem::remove(handler_.file);
  EXPECT_EQ(c.get("/file")->status, 500);
  EXPECT_EQ(c.get("/next")->status, 200);
}

// --- bodies

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  start();
  auto c = client();
  c.send_bytes("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  c.send_bytes("2;name=value\r\nde\r\n0\r\nX-Trailer: ignored\r\n\r\n");
  EXPECT_EQ(c.read_response()->body, "POST:abcde");
  EXPECT_EQ(c.get("/next")->body, "/next");
}

TEST_F(HttpServerTest, RefusesBodiesOverTheHandlersLimit) {
  start();
  for (const bool chunked : {false, true}) {
    auto c = client();
    if (chunked) {
      c.send_bytes("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x') +
                   "\r\n0\r\n\r\n");
    } else {
      c.send_request("POST", "/echo", std::string(500'000, 'x'));  // more than the kernel takes unread would be reset
    }
    const auto r = c.read_response();
    ASSERT_TRUE(r) << chunked;
    EXPECT_EQ(r->status, 413);
    EXPECT_TRUE(c.wait_closed());
  }
  auto c = client();
  EXPECT_EQ(c.post("/upload", std::string(1 << 20, 'x'))->status, 200);
  EXPECT_EQ(c.post("/echo", std::string(1000, 'x'))->body.size(), 1005u);
  EXPECT_EQ(server_->stats().bodies_bytes, 0u);
}

TEST_F(HttpServerTest, BoundsAllBodiesTogether) {
  start({.bodies_bytes_max = 150'000});
  auto first = client(), second = client();
  first.send_bytes("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n" + std::string(100'000, 'x'));
  // A small request of the same size class passes once the server has read the first body; ask until it counts it.
  while (server_->stats().bodies_bytes < 100'000) ASSERT_EQ(client().get("/")->status, 200);
  EXPECT_EQ(second.post("/upload", std::string(100'000, 'x'))->status, 503);
  first.send_bytes("x");
  EXPECT_EQ(first.read_response()->status, 200);
}

TEST_F(HttpServerTest, SaysContinueOnlyWhenItWantsTheBody) {
  start();
  auto c = client();
  c.send_bytes("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(c.read_response()->status, 100);
  c.send_bytes("ok");
  EXPECT_EQ(c.read_response()->body, "POST:ok");
  c.send_bytes("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n");
  EXPECT_EQ(c.read_response()->status, 413);
}

// --- hostile requests

TEST_F(HttpServerTest, RefusesMalformedRequestsAndCloses) {
  start();
  const std::pair<const char*, int> cases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},                                     // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400},                       // not UTF-8
      {"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\x01z\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nBad Name: a\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n", 417},
  };
  for (const auto& [bytes, status] : cases) {
    auto c = client();
    c.send_bytes(bytes);
    const auto r = c.read_response();
    ASSERT_TRUE(r) << bytes;
    EXPECT_EQ(r->status, status) << bytes;
    EXPECT_EQ(r->header("Connection"), "close") << bytes;
    EXPECT_TRUE(c.wait_closed()) << bytes;
  }
  EXPECT_EQ(server_->stats().requests_bad, std::size(cases));
}

TEST_F(HttpServerTest, BoundsHeads) {
  start();
  auto large = client(), many = client(), endless = client();
  EXPECT_EQ(large.get("/", {{"X-Large", std::string(40'000, 'x')}})->status, 431);
  TestHeaders fields;
  for (int i = 0; i < 101; ++i) fields.emplace_back("X-" + std::to_string(i), "v");
  EXPECT_EQ(many.get("/", fields)->status, 431);
  endless.send_bytes("GET /" + std::string(40'000, 'x'));
  EXPECT_EQ(endless.read_response()->status, 431);
}

// Each timeout alone, so that a slow machine does not trip over another one.
TEST_F(HttpServerTest, ClosesASlowHead) {
  start({.head_timeout = milliseconds(40)});
  auto silent = client(), loris = client();
  loris.send_bytes("GET / HTTP/1.1\r\nHo");
  const auto r = loris.read_response();
  EXPECT_TRUE(!r || r->status == 408);  // no answer when even its first bytes came too late
  EXPECT_TRUE(loris.wait_closed());
  EXPECT_TRUE(silent.wait_closed());
}

TEST_F(HttpServerTest, ClosesASlowBody) {
  start({.body_idle_timeout = milliseconds(40)});
  auto c = client();
  c.send_bytes("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(c.read_response()->status, 408);
  EXPECT_TRUE(c.wait_closed());
  EXPECT_EQ(server_->stats().timeouts, 1u);
}

TEST_F(HttpServerTest, ClosesAnIdleConnection) {
  start({.keep_alive_timeout = milliseconds(40)});
  auto c = client();
  EXPECT_EQ(c.get("/")->status, 200);
  EXPECT_TRUE(c.wait_closed());
  EXPECT_EQ(server_->stats().timeouts, 0u);
}

TEST_F(HttpServerTest, CutsOffAReaderThatStalls) {
  start({.write_stall_timeout = milliseconds(40)});
  TestClient c;
  c.connect(server_->port(), 4096);
  c.send_request("GET", "/big?bytes=50000000");
  while (server_->stats().timeouts == 0) ASSERT_EQ(client().get("/")->status, 200);
  EXPECT_TRUE(c.wait_closed());
}

TEST_F(HttpServerTest, BoundsConnections) {
  start({.connections_max = 2});
  auto first = client(), second = client();
  EXPECT_EQ(first.get("/")->status, 200);
  EXPECT_EQ(second.get("/")->status, 200);
  auto third = client();
  EXPECT_TRUE(third.wait_closed());
  EXPECT_EQ(server_->stats().connections_refused, 1u);
}

TEST_F(HttpServerTest, Serves1000ConnectionsAtOnce) {
  start({.threads = 2});
  std::vector<TestClient> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(client());
    ASSERT_TRUE(clients.back().is_open()) << i;
  }
  for (auto& c : clients) ASSERT_TRUE(c.send_request("GET", "/later"));
  for (size_t i = 0; i < clients.size(); ++i) handler_.later(i)(HttpResponse::text(200, "ok"));
  for (auto& c : clients) ASSERT_EQ(c.read_response()->body, "ok");
  EXPECT_EQ(server_->stats().connections_open, 1000u);
}

// --- answers

TEST_F(HttpServerTest, AnswersFromAnotherThreadOnceAndNeverTooLate) {
  start({.stop_timeout = milliseconds(40)});
  auto c = client();
  c.send_request("GET", "/later");
  const Respond respond = handler_.later(0);
  std::thread([&] { respond(HttpResponse::text(200, "from a thread")); }).join();
  EXPECT_EQ(c.read_response()->body, "from a thread");
  respond(HttpResponse::text(200, "again"));
  EXPECT_EQ(c.get("/next")->body, "/next");
  EXPECT_EQ(c.get("/twice")->body, "first");

  c.send_request("GET", "/later");
  const Respond orphan = handler_.later(1);
  c.close();
  orphan(HttpResponse::text(200, "to nobody"));
  auto other = client();
  other.send_request("GET", "/later");
  const Respond after_the_end = handler_.later(2);
  server_->stop();
  server_.reset();
  after_the_end(HttpResponse::text(200, "too late"));
}

TEST_F(HttpServerTest, TurnsFaultsOfTheHandlerIntoAnswers) {
  start({.answer_timeout = milliseconds(40)});
  auto c = client();
  EXPECT_EQ(c.get("/throw")->status, 500);
  EXPECT_NE(log().find("thrown by /throw"), std::string::npos);
  EXPECT_EQ(c.get("/silent")->status, 500);
  c.send_request("GET", "/later");
  EXPECT_EQ(c.read_response()->status, 504);
  EXPECT_TRUE(c.wait_closed());
}

// --- sockets

TEST_F(HttpServerTest, SocketEchoes) {
  start();
  auto c = client();
  const auto accepted = c.upgrade("/socket");
  ASSERT_EQ(accepted->status, 101);
  EXPECT_EQ(accepted->header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455 §1.3
  for (const size_t bytes : {0, 5, 200, 60'000}) {
    c.send_text(std::string(bytes, 'x'));
    EXPECT_EQ(c.read_text()->size(), bytes);
  }
  c.send_frame(1, "积石", false);
  c.send_frame(9, "are you there");
  c.send_frame(0, "山");
  EXPECT_EQ(c.read_message()->opcode, 10);
  EXPECT_EQ(c.read_text(), "积石山");
  c.send_text("bye");
  const auto last = c.read_message();
  EXPECT_EQ(last->opcode, 8);
  EXPECT_EQ(last->close_code(), 4000);
  handler_.listener(0)->closed.get_future().wait();
  EXPECT_TRUE(c.wait_closed());
}

TEST_F(HttpServerTest, SocketRefusals) {
  start();
  auto c = client();
  EXPECT_EQ(c.upgrade("/elsewhere")->status, 403);
  EXPECT_EQ(c.get("/next")->status, 200);  // a refused upgrade leaves the connection
  struct Case {
    int opcode;
    std::string payload;
    int code;
  };
  for (const auto& [opcode, payload, code] : std::vector<Case>{{2, "binary", 1003},
                                                               {1, std::string(70'000, 'x'), 1009},
                                                               {1, "\xff\xfe", 1007},
                                                               {1, "throw", 1011},
                                                               {3, "reserved", 1002}}) {
    auto s = client();
    ASSERT_EQ(s.upgrade("/socket")->status, 101);
    s.send_frame(opcode, payload);
    const auto answer = s.read_message();
    ASSERT_TRUE(answer) << code;
    EXPECT_EQ(answer->opcode, 8);
    EXPECT_EQ(answer->close_code(), code);
  }
}

TEST_F(HttpServerTest, SocketSendsFromAnyThreadInOrder) {
  start({.socket_queue_messages_max = 10'000});
  auto c = client();
  const auto socket = open_socket(c);
  std::thread([&] {
    for (int i = 0; i < 5000; ++i) ASSERT_TRUE(socket->send(std::make_shared<const std::string>(std::to_string(i))));
    socket->close(1000);
  }).join();
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(c.read_text(), std::to_string(i));
  EXPECT_EQ(c.read_message()->close_code(), 1000);
  EXPECT_FALSE(socket->send(std::make_shared<const std::string>("after")));
}

TEST_F(HttpServerTest, DropsASocketWhoseQueueOverflows) {
  start({.socket_queue_messages_max = 16, .socket_queue_bytes_max = 1 << 16});
  TestClient c;
  c.connect(server_->port(), 4096);
  const auto socket = open_socket(c);
  const auto text = std::make_shared<const std::string>(4096, 'x');
  size_t sent = 0;
  while (socket->send(text) && sent < 100'000) ++sent;  // what the kernel takes, then the queue, then no more
  EXPECT_LT(sent, 100'000u);
  handler_.listener(0)->closed.get_future().wait();
  EXPECT_EQ(server_->stats().sockets_dropped, 1u);
  EXPECT_TRUE(c.wait_closed());
}

TEST_F(HttpServerTest, DropsASocketThatLagsForTooLong) {
  start({.write_stall_timeout = milliseconds(10'000), .socket_queue_messages_max = 4, .socket_lag_timeout = milliseconds(40)});
  TestClient c;
  c.connect(server_->port(), 4096);
  const auto socket = open_socket(c);
  const auto text = std::make_shared<const std::string>(1 << 20, 'x');
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(socket->send(text));
  handler_.listener(0)->closed.get_future().wait();
  EXPECT_EQ(server_->stats().sockets_dropped, 1u);
  EXPECT_EQ(server_->stats().sockets_open, 0u);
}

TEST_F(HttpServerTest, PingsAndClosesTheDead) {
  start({.socket_ping_interval = milliseconds(150)});
  auto c = client();
  open_socket(c);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(c.read_message()->opcode, 9);  // each is answered by the client
  handler_.listener(0)->closed.get_future().wait();                    // and now no more
}

// --- stop

TEST_F(HttpServerTest, StopLetsRequestsFinishAndSaysGoodbyeToSockets) {
  start();
  auto running = client(), idle = client(), socket = client();
  EXPECT_EQ(idle.get("/")->status, 200);
  open_socket(socket);
  running.send_request("GET", "/later");
  const Respond respond = handler_.later(0);
  std::thread stopping([&] { server_->stop(); });
  EXPECT_TRUE(idle.wait_closed());
  EXPECT_EQ(socket.read_message()->close_code(), 1001);
  respond(HttpResponse::text(200, "finished"));
  const auto r = running.read_response();
  EXPECT_EQ(r->body, "finished");
  EXPECT_EQ(r->header("Connection"), "close");
  running.close();
  stopping.join();
  EXPECT_FALSE(TestClient(server_->ports()[0]).is_open());
}

TEST_F(HttpServerTest, StopCutsOffWhatDoesNotEnd) {
  start({.stop_timeout = milliseconds(40)});
  auto running = client(), socket = client(), writing = client();
  open_socket(socket);  // will not answer the close
  running.send_request("GET", "/later");
  writing.send_request("GET", "/big?bytes=50000000");
  const Respond respond = handler_.later(0);
  server_->stop();
  EXPECT_EQ(server_->stats().connections_open, 0u);
  respond(HttpResponse::text(200, "too late"));
  handler_.forget();
}

TEST_F(HttpServerTest, SaysWhyItCannotStart) {
  start();
  HttpServer other(handler_);
  ServerOptions taken;
  taken.listen = {{"127.0.0.1:" + std::to_string(server_->port()), false}};
  EXPECT_EQ(other.start(taken).error().code, ErrorCode::kConflict);
  for (const char* bad : {"", "8080", "localhost:80", "127.0.0.1:x", "127.0.0.1:70000", "[::1:80"})
    EXPECT_EQ(other.start({.listen = {{bad, false}}}).error().code, ErrorCode::kInvalidField) << bad;
  EXPECT_EQ(other.start({.listen = {{"127.0.0.1:0", true}}, .tls_certificate_file = "absent.pem"}).error().code,
            ErrorCode::kInvalidFile);
}

}  // namespace
}  // namespace anlan
