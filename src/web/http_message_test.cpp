#include "web/http_message.h"

#include <gtest/gtest.h>

namespace anlan {
namespace {

TEST(HttpMessage, HeadersIgnoreCase) {
  Headers h;
  h.add("Accept", "a");
  h.add("accept", "b");
  h.add("Connection", "keep-alive, Upgrade");
  EXPECT_EQ(h.find("ACCEPT"), "a");
  EXPECT_EQ(h.count("accept"), 2u);
  EXPECT_TRUE(h.lists("connection", "upgrade"));
  EXPECT_FALSE(h.lists("connection", "keep"));
  h.set("ACCEPT", "c");
  EXPECT_EQ(h.count("accept"), 1u);
  EXPECT_EQ(h.find("absent"), std::nullopt);
}

TEST(HttpMessage, Utf8) {
  for (const char* good : {"", "abc", "积石山", "\xf0\x9f\x9a\x92"}) EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\xff", "\xc0\x80", "\xe7\xa7", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80", "\xe0\x80\x80"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

TEST(HttpMessage, QueryDecodesAndKeepsOrder) {
  const auto q = QueryParams::parse("name=%E7%A7%AF%E7%9F%B3+%E5%B1%B1&place=62&place=6229&empty=&flag&&a%3Db=c%26d");
  ASSERT_TRUE(q);
  EXPECT_EQ(q->find("name"), "积石 山");
  EXPECT_EQ(q->all("place"), (std::vector<std::string_view>{"62", "6229"}));
  EXPECT_EQ(q->find("empty"), "");
  EXPECT_EQ(q->find("flag"), "");
  EXPECT_EQ(q->find("a=b"), "c&d");
  EXPECT_EQ(q->find("absent"), std::nullopt);
}

TEST(HttpMessage, QueryRefusals) {
  for (const char* bad : {"a=%", "a=%2", "a=%zz", "%=1", "a=%ff"}) EXPECT_FALSE(QueryParams::parse(bad)) << bad;
  std::string many;
  for (size_t i = 0; i <= kQueryParametersMax; ++i) many += "a&";
  EXPECT_EQ(QueryParams::parse(many).error().code, ErrorCode::kTooLarge);
}

TEST(HttpMessage, QueryNumbers) {
  const auto q = QueryParams::parse("limit=50&bad=5x&low=-1").value();
  EXPECT_EQ(**q.number("limit", 1, 100), 50);
  EXPECT_EQ(*q.number("absent", 1, 100), std::nullopt);
  EXPECT_EQ(q.number("bad", 1, 100).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(q.number("low", 0, 100).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(q.number("limit", 1, 49).error().param("field"), "limit");
}

TEST(HttpMessage, PercentRoundTrip) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a b/积"), "a%20b%2F%E7%A7%AF");
}

TEST(HttpMessage, Targets) {
  const auto path_of = [](std::string_view target) -> std::string {
    std::string path;
    QueryParams query;
    return read_target(target, path, query) ? path : "refused";
  };
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("/a+b?c=d"), "/a+b");
  EXPECT_EQ(path_of("/a...b/..c"), "/a...b/..c");
  EXPECT_EQ(path_of("/%E7%A7%AF"), "/积");
  EXPECT_EQ(path_of("/a#fragment"), "/a");
  EXPECT_EQ(path_of("http://host:80/a?b"), "/a");
  EXPECT_EQ(path_of("https://host"), "/");
  EXPECT_EQ(path_of("*"), "*");
  for (const char* bad : {"", "a", "host:443", "/..", "/a/./b", "/%2e%2e/x", "/%00", "/%", "/%ff", "/?%"})
    EXPECT_EQ(path_of(bad), "refused") << bad;
}

TEST(HttpMessage, Cookies) {
  HttpRequest request;
  request.headers.add("Cookie", "a=1; session=abc=def;b=\"quoted\" ; novalue; c=");
  EXPECT_EQ(request.cookie("session"), "abc=def");
  EXPECT_EQ(request.cookie("b"), "quoted");
  EXPECT_EQ(request.cookie("c"), "");
  EXPECT_EQ(request.cookie("novalue"), std::nullopt);
  EXPECT_EQ(request.cookie("sess"), std::nullopt);
  EXPECT_EQ(set_cookie("session", "x", {.max_age_s = 60, .secure = true, .same_site = "Strict"}),
            "session=x; Path=/; SameSite=Strict; Max-Age=60; HttpOnly; Secure");
}

TEST(HttpMessage, HeadOfAResponse) {
  HttpResponse response = HttpResponse::json(201, "{}");
  response.headers.add("X-Bad", "a\nb");
  response.headers.add("Bad Name", "a");
  response.headers.add("Date", "mine");
  std::string out;
  write_head(out, response, 2, "now", true, false);
  EXPECT_EQ(out, "HTTP/1.1 201 Created\r\nDate: now\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n");
  out.clear();
  write_head(out, HttpResponse::empty(204), 0, "now", false, false);
  EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\nDate: now\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 §5.6.7
}

TEST(HttpMessage, ContentTypes) {
  EXPECT_EQ(content_type_of("/a/index.HTML"), "text/html; charset=utf-8");
  EXPECT_EQ(content_type_of("x.tar.png"), "image/png");
  EXPECT_EQ(content_type_of("noending"), "application/octet-stream");
}

}  // namespace
}  // namespace anlan
