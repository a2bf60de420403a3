// The fetcher against a server that misbehaves, and against addresses it must not reach.
#include "gateway/http_fetcher.h"

#include <gmock/gmock.h>

#include "gateway/canned_server.h"

namespace anlan {
namespace {

using testing::HasSubstr;

class Fetching : public testing::Test {
 protected:
  Result<FetchedDocument> get(const std::string& path, size_t max_bytes = 1'000) { return fetcher.get(server.url(path), "", max_bytes, milliseconds(400)); }
  CannedServer server;
  HttpFetcher fetcher{true};
};

TEST_F(Fetching, ADocumentWithItsTag) {
  server.lay_ok("/a", "<feed/>", "ETag: \"7\"\r\n");
  const auto document = get("/a");
  ASSERT_TRUE(document) << document.error().describe();
  EXPECT_EQ(document->status, 200);
  EXPECT_EQ(document->body, "<feed/>");
  EXPECT_EQ(document->etag, "\"7\"");
  server.lay("/a", "HTTP/1.1 304 Not Modified\r\n\r\n");
  EXPECT_EQ(fetcher.get(server.url("/a"), document->etag, 1'000, seconds(1))->status, 304);
  EXPECT_THAT(server.last_request(), HasSubstr("If-None-Match: \"7\"\r\n"));
  EXPECT_EQ(get("/nowhere")->status, 404);
}

TEST_F(Fetching, IsBoundedInSizeAndTime) {
  server.lay_ok("/big", std::string(1'001, 'x'));
  EXPECT_EQ(get("/big").error().code, ErrorCode::kTooLarge);
  server.lay("/endless", "HTTP/1.1 200 OK\r\n\r\n" + std::string(5 << 20, 'x'));  // without a length
  EXPECT_EQ(get("/endless").error().code, ErrorCode::kTooLarge);
  server.lay("/silent", "");
  EXPECT_EQ(get("/silent").error().code, ErrorCode::kUnavailable);
  server.lay("/short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  EXPECT_EQ(get("/short").error().code, ErrorCode::kUnavailable);
  server.lay("/noise", "\x16\x03\x01 what");
  EXPECT_FALSE(get("/noise"));
}

TEST_F(Fetching, FollowsFiveRedirectsAndOnlyToTheWeb) {
  const auto redirect = [&](const std::string& path, const std::string& to) { server.lay(path, "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n"); };
  server.lay_ok("/0", "end");
  for (int i = 1; i <= 6; ++i) redirect("/" + std::to_string(i), "/" + std::to_string(i - 1));
  EXPECT_EQ(get("/5")->body, "end");
  EXPECT_EQ(get("/6").error().code, ErrorCode::kUnavailable);
  redirect("/round", "/round");
  EXPECT_EQ(get("/round").error().code, ErrorCode::kUnavailable);
  for (const char* to : {"file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"}) {
    redirect("/away", to);
    EXPECT_EQ(get("/away").error().code, ErrorCode::kUnavailable) << to;
  }
}

TEST_F(Fetching, PostsWithHeadersAndFollowsNothing) {
  server.lay("/write", "HTTP/1.1 204 No Content\r\n\r\n");
  const auto done = fetcher.post(server.url("/write"), {"Authorization: Bearer t0ken", "Expect:"}, "abc", 1'000, milliseconds(400));
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->status, 204);
  EXPECT_THAT(server.last_request(), HasSubstr("POST /write HTTP/1.1\r\n"));
  EXPECT_THAT(server.last_request(), HasSubstr("Authorization: Bearer t0ken\r\n"));
  EXPECT_THAT(server.last_request(), HasSubstr("Content-Length: 3\r\n"));
  server.lay("/moved", "HTTP/1.1 302 Found\r\nLocation: /write\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(fetcher.post(server.url("/moved"), {}, "abc", 1'000, milliseconds(400))->status, 302);
  EXPECT_EQ(server.asked("/write"), 1);
}

TEST_F(Fetching, ThisMachineIsOutOfReachUnlessConfigured) {
  server.lay_ok("/a", "secret");
  const std::string port = server.url("").substr(server.url("").rfind(':'));
  HttpFetcher strict;
  for (const std::string host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "169.254.169.254", "[fe80::1]"}) {
    const auto refused = strict.get("http://" + host + port + "/a", "", 1'000, seconds(2));
    ASSERT_FALSE(refused) << host;
    // A machine without IPv6 says so before any address is looked at.
    if (host.front() == '[' && refused.error().code == ErrorCode::kUnavailable) continue;
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden) << host << ": " << refused.error().describe();
  }
  EXPECT_EQ(server.asked("/a"), 0);
  EXPECT_EQ(get("/a")->body, "secret");
}

}  // namespace
}  // namespace anlan
