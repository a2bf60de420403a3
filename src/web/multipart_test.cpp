#include "web/multipart.h"

#include <gtest/gtest.h>

namespace anlan {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=XX";

std::string part(std::string_view disposition, std::string_view content) {
  return "--XX\r\nContent-Disposition: form-data; " + std::string(disposition) + "\r\n\r\n" + std::string(content) + "\r\n";
}

TEST(Multipart, ReadsFieldsAndFiles) {
  const std::string body = part("name=\"note\"", "汛情") +
                           part("name=\"file\"; filename=\"C:\\posts\\岗位.csv\"\r\nContent-Type: text/csv", "a,b\r\n--XY\r\n1,2") +
                           part("name=empty", "") + part("name=\"a%22b\"; filename*=UTF-8''%E5%B2%97.csv; filename=\"x\"", "-XX") +
                           "--XX--\r\n";
  const auto parts = parse_multipart(kType, body);
  ASSERT_TRUE(parts) << parts.error().describe();
  ASSERT_EQ(parts->size(), 4u);
  EXPECT_EQ((*parts)[0].name, "note");
  EXPECT_EQ((*parts)[0].content, "汛情");
  EXPECT_EQ((*parts)[1].file_name, "岗位.csv");
  EXPECT_EQ((*parts)[1].content_type, "text/csv");
  EXPECT_EQ((*parts)[1].content, "a,b\r\n--XY\r\n1,2");
  EXPECT_EQ((*parts)[2].name, "empty");
  EXPECT_EQ((*parts)[2].content, "");
  EXPECT_EQ((*parts)[3].name, "a\"b");
  EXPECT_EQ((*parts)[3].file_name, "岗.csv");
  EXPECT_EQ((*parts)[3].content, "-XX");
}

TEST(Multipart, AllowsPreambleAndQuotedBoundary) {
  const std::string body = "preamble\r\n" + part("name=\"a\"", "1") + "--XX--";
  EXPECT_EQ(parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=\"XX\"", body)->size(), 1u);
}

TEST(Multipart, NeverGivesAPathAsFileName) {
  const std::string body = part("name=\"f\"; filename=\"../../etc/passwd\"", "x") + "--XX--";
  EXPECT_EQ((*parse_multipart(kType, body))[0].file_name, "passwd");
}

TEST(Multipart, Refusals) {
  const std::string good = part("name=\"a\"", "1");
  for (const std::string& body : {std::string(), good, std::string("--XX"), std::string("--XX\r\n\r\n\r\n--XX--"), good + "--XXjunk",
                                  std::string("--XX\r\nno colon\r\n\r\n1\r\n--XX--"), part("filename=\"a\"", "1") + "--XX--",
                                  part("name=\"open", "1") + "--XX--", part("name=\"\xff\"", "1") + "--XX--"})
    EXPECT_EQ(parse_multipart(kType, body).error().code, ErrorCode::kBadRequest) << body;
  EXPECT_FALSE(parse_multipart("text/plain", good + "--XX--"));
  EXPECT_FALSE(parse_multipart("multipart/form-data", good + "--XX--"));
  EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=" + std::string(71, 'X'), good + "--XX--"));
  EXPECT_FALSE(parse_multipart(kType, part("name=\"" + std::string(9000, 'a') + "\"", "1") + "--XX--"));
  std::string many;
  for (size_t i = 0; i <= kMultipartPartsMax; ++i) many += good;
  EXPECT_EQ(parse_multipart(kType, many + "--XX--").error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace anlan
