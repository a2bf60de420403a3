#include "web/static_files.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "web/compression.h"

namespace anlan {
namespace {

std::string gunzip(std::string_view packed, size_t bytes_max) {
  std::string out(bytes_max, '\0');
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Compression, OnlyWhenWorth) {
  const std::string text = "{\"a\":" + std::string(5000, '1') + "}";
  const auto compressed = [](HttpResponse r, std::string_view accept) {
    compress_if_worth(r, accept);
    return r;
  };
  const auto r = compressed(HttpResponse::json(200, text), "br, gzip;q=0.8");
  EXPECT_EQ(r.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(r.headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(gunzip(r.body_text(), 10'000), text);
  const auto refused = compressed(HttpResponse::json(200, text), "gzip;q=0, *;q=1");
  EXPECT_EQ(refused.body_text(), text);
  EXPECT_EQ(refused.headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(compressed(HttpResponse::json(200, "short"), "gzip").body_text(), "short");
  HttpResponse photo = HttpResponse::json(200, text);
  photo.headers.set("Content-Type", "image/jpeg");
  EXPECT_EQ(compressed(photo, "gzip").body_text(), text);
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("gzipped, br"));
}

class StaticFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "static_files_test";
    std::filesystem::create_directories(folder_ + "/assets");
    write("index.html", "<html>安澜</html>");
    write("assets/app-1a2b.js", std::string(5000, 'j'));
    write("favicon.ico", "icon");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ + "/" + name) << text; }
  static HttpRequest get(std::string path) { return HttpRequest{.method = "GET", .path = std::move(path)}; }

  std::string folder_;
};

TEST_F(StaticFilesTest, ServesFilesAndPages) {
  auto files = StaticFiles::load(folder_).value();
  EXPECT_EQ(files.size(), 3u);
  files.add_page_header("Content-Security-Policy", "default-src 'self'");
  const auto page = files.answer(get("/warnings/12"));
  EXPECT_EQ(page->body_text(), "<html>安澜</html>");
  EXPECT_EQ(page->headers.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page->headers.find("Cache-Control"), "no-cache");
  EXPECT_EQ(page->headers.find("Content-Security-Policy"), "default-src 'self'");
  EXPECT_TRUE(files.answer(get("/")));
  EXPECT_FALSE(files.answer(get("/assets/absent-1.js")));
  EXPECT_FALSE(files.answer(get("/assets/../../etc/passwd.txt")));
  HttpRequest post = get("/");
  post.method = "POST";
  EXPECT_FALSE(files.answer(post));
}

TEST_F(StaticFilesTest, CachesAndPacks) {
  const auto files = StaticFiles::load(folder_).value();
  HttpRequest request = get("/assets/app-1a2b.js");
  const auto plain = files.answer(request);
  EXPECT_EQ(plain->body_text().size(), 5000u);
  EXPECT_EQ(plain->headers.find("Cache-Control"), "public, max-age=31536000, immutable");
  request.headers.add("Accept-Encoding", "gzip, deflate, br");
  const auto packed = files.answer(request);
  EXPECT_EQ(packed->headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(gunzip(packed->body_text(), 10'000), std::string(5000, 'j'));
  request.headers.add("If-None-Match", std::string(*packed->headers.find("ETag")));
  const auto unchanged = files.answer(request);
  EXPECT_EQ(unchanged->status, 304);
  EXPECT_EQ(unchanged->body_text(), "");
}

TEST_F(StaticFilesTest, DoesNotFollowLinksAndNeedsAnIndex) {
  std::filesystem::create_symlink("/etc/hostname", folder_ + "/host.txt");
  EXPECT_FALSE(StaticFiles::load(folder_)->answer(get("/host.txt")));
  std::filesystem::remove(folder_ + "/index.html");
  EXPECT_EQ(StaticFiles::load(folder_).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(StaticFiles::load(folder_ + "/absent").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace anlan
