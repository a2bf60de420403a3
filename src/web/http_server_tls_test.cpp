#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>

#include "web/http_server.h"
#include "web/test_client.h"

namespace anlan {
namespace {

// A self-signed certificate for "localhost" with a fresh P-256 key.
void write_certificate(const std::string& certificate_file, const std::string& key_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  ASSERT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
  FILE* out = fopen(certificate_file.c_str(), "w");
  ASSERT_TRUE(out);
  PEM_write_X509(out, certificate);
  fclose(out);
  out = fopen(key_file.c_str(), "w");
  ASSERT_TRUE(out);
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  fclose(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

class EchoListener final : public SocketListener {
  void on_open(std::shared_ptr<LiveSocket> socket) override { socket_ = std::move(socket); }
  void on_message(std::string_view text) override { socket_->send(std::make_shared<const std::string>(text)); }
  void on_close() override { socket_.reset(); }
  std::shared_ptr<LiveSocket> socket_;
};

class TlsHandler final : public HttpHandler {
  void handle(HttpRequest request, Respond respond) override {
    respond(HttpResponse::text(200, (request.tls ? "tls " : "plain ") + std::to_string(request.body.size()) +
                                        std::string(request.path == "/big" ? 3'000'000 : 0, 'x')));
  }
  SocketDecision accept_socket(const HttpRequest&) override { return std::make_shared<EchoListener>(); }
};

class HttpServerTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "http_server_tls_test";
    std::filesystem::create_directories(folder_);
    write_certificate(folder_ + "/certificate.pem", folder_ + "/key.pem");
  }
  void start(ServerOptions options = {}) {
    options.listen = {{"127.0.0.1:0", true}, {"127.0.0.1:0", false}};
    options.tls_certificate_file = folder_ + "/certificate.pem";
    options.tls_key_file = folder_ + "/key.pem";
    const auto started = server_.start(options);
    ASSERT_TRUE(started) << started.error().describe();
  }
  void TearDown() override {
    server_.stop();
    SSL_CTX_free(context_);
    std::filesystem::remove_all(folder_);
  }

  std::string folder_;
  TlsHandler handler_;
  HttpServer server_{handler_};
  SSL_CTX* context_ = SSL_CTX_new(TLS_client_method());
};

TEST_F(HttpServerTlsTest, ServesBothPortsAtOnce) {
  start();
  TestClient secure(server_.ports()[0]), plain(server_.ports()[1]);
  ASSERT_TRUE(secure.start_tls(context_));
  EXPECT_EQ(secure.get("/")->body, "tls 0");
  EXPECT_EQ(secure.post("/", std::string(300'000, 'x'))->body, "tls 300000");
  EXPECT_EQ(secure.get("/big")->body.size(), 3'000'005u);
  EXPECT_EQ(plain.get("/")->body, "plain 0");
}

TEST_F(HttpServerTlsTest, EndsWithACloseNotify) {
  start();
  TestClient c(server_.ports()[0]);
  ASSERT_TRUE(c.start_tls(context_));
  EXPECT_EQ(c.get("/", {{"Connection", "close"}})->status, 200);
  char byte;
  EXPECT_EQ(SSL_get_error(c.tls(), SSL_read(c.tls(), &byte, 1)), SSL_ERROR_ZERO_RETURN);
}

TEST_F(HttpServerTlsTest, SocketEchoes) {
  start();
  TestClient c(server_.ports()[0]);
  ASSERT_TRUE(c.start_tls(context_));
  ASSERT_EQ(c.upgrade("/socket")->status, 101);
  for (int i = 0; i < 100; ++i) {
    c.send_text("预警 " + std::to_string(i));
    ASSERT_EQ(c.read_text(), "预警 " + std::to_string(i));
  }
  c.send_frame(8, "\x03\xe8");
  EXPECT_EQ(c.read_message()->close_code(), 1000);
}

TEST_F(HttpServerTlsTest, RefusesOldVersionsAndPlainText) {
  start();
  SSL_CTX_set_security_level(context_, 0);
  SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_, TLS1_1_VERSION);
  TestClient old(server_.ports()[0]);
  EXPECT_FALSE(old.start_tls(context_));
  TestClient plain(server_.ports()[0]);
  plain.send_request("GET", "/");
  EXPECT_TRUE(plain.wait_closed());
}

TEST_F(HttpServerTlsTest, ClosesAHandshakeThatDawdles) {
  start({.head_timeout = std::chrono::milliseconds(40)});
  TestClient silent(server_.ports()[0]);
  EXPECT_TRUE(silent.wait_closed());
}

}  // namespace
}  // namespace anlan
