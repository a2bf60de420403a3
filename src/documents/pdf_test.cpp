#include "documents/pdf.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

namespace anlan {
namespace {

// Output of a poppler tool on the PDF; nothing when the tool is not installed.
std::optional<std::string> poppler(const std::string& tool, const std::string& pdf) {
  if (std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) != 0) return {};
  const auto path = std::filesystem::path(testing::TempDir()) /
                    fmt::format("pdf_test_{}.pdf", testing::UnitTest::GetInstance()->current_test_info()->name());
  std::ofstream(path, std::ios::binary) << pdf;
  std::FILE* pipe = popen((tool + " '" + path.string() + "' " + (tool == "pdftotext" ? "-layout -" : "")).c_str(), "r");
  std::string out;
  char chunk[4096];
  while (const size_t n = std::fread(chunk, 1, sizeof chunk, pipe)) out.append(chunk, n);
  pclose(pipe);
  std::filesystem::remove(path);
  return out;
}

int page_count(const std::string& pdf) {
  const auto text = poppler("pdfinfo", pdf).value_or("");
  const auto at = text.find("Pages:");
  return at == std::string::npos ? -1 : std::atoi(text.c_str() + at + 6);
}

size_t count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++n;
  return n;
}

PdfTable call_table(int rows) {
  PdfTable table{{{"序号", 0.6, PdfAlign::kRight}, {"姓名"}, {"单位和职务", 2.4}, {"电话", 1.4}, {"级别", 1.1}, {"答复", 1.6}}, {}};
  constexpr PdfMark kMarks[] = {kRedMark, kOrangeMark, kYellowMark, kBlueMark};
  constexpr const char* kWords[] = {"红色", "橙色", "黄色", "蓝色"};
  for (int i = 0; i < rows; ++i)
    table.rows.push_back({std::to_string(i + 1), "马某某", "积石山县大河家镇康吊村 村级防汛责任人、第一书记",
                          fmt::format("1390000{:04}", i % 10'000), PdfCell(kWords[i % 4], kMarks[i % 4]),
                          i % 7 ? "收到，已到岗" : PdfCell("未应答", {}, true)});
  return table;
}

PdfReport record() {
  PdfReport report{.title = "暴雨红色预警叫应记录", .subtitles = {"积石山县应急管理局", "2026年7月1日 19:05 生成"}};
  report.footer = "安澜 · 内部资料，注意保管";
  report.blocks = {PdfHeading{"一、预警"},
                   PdfKeyValues{{{"预警级别", PdfCell("红色", kRedMark, true)}, {"发布时间", "2026-07-01 18:53"},
                                 {"影响范围", "大河家镇、刘集乡、石塬镇"}, {"拟稿 / 批准", "张三 / 李四"},
                                 {"处置要求", "立即转移受威胁群众，关闭涉水景区，停止户外集体活动。"}}},
                   PdfHeading{"二、说明"},
                   PdfParagraph{"预计未来3小时大河家镇等地降雨量将达100毫米以上。请各级责任人立即上岗到位，组织危险区域群众转移避险，"
                                "并在十分钟内回复。\n第二段。"},
                   PdfHeading{"三、叫应明细"}, call_table(60), PdfSignatures{{"签发", "批准"}}};
  return report;
}

TEST(Pdf, PrintsTextPagesAndHeaders) {
  const auto pdf = print_pdf(record()).value();
  EXPECT_EQ(pdf.substr(0, 5), "%PDF-");
  EXPECT_EQ(print_pdf(record()).value(), pdf);
  if (const char* folder = std::getenv("ANLAN_KEEP_PDF")) std::ofstream(std::string(folder) + "/record.pdf") << pdf;
  const auto text = poppler("pdftotext", pdf);
  if (!text) GTEST_SKIP() << "pdftotext (poppler-utils) is not installed";
  const int pages = page_count(pdf);
  EXPECT_GE(pages, 2);
  for (const auto* word : {"暴雨红色预警叫应记录", "积石山县应急管理局", "一、预警", "影响范围", "签发：", "批准：", "13900000059"})
    EXPECT_NE(text->find(word), std::string::npos) << word;
  auto dense = *text;
  std::erase(dense, ' ');  // pdftotext sets blanks by distance
  for (int page = 1; page <= pages; ++page)
    EXPECT_EQ(count(dense, fmt::format("第{}页/共{}页", page, pages)), 1u);
  EXPECT_GE(count(*text, "单位和职务"), 2u);
  EXPECT_EQ(count(*text, "1390000"), 60u);
}

TEST(Pdf, WatermarkIsOnEveryPage) {
  auto report = record();
  report.watermark = "演练";
  const auto pdf = print_pdf(report).value();
  if (const char* folder = std::getenv("ANLAN_KEEP_PDF")) std::ofstream(std::string(folder) + "/drill.pdf") << pdf;
  const auto text = poppler("pdftotext", pdf);
  if (!text) GTEST_SKIP() << "pdftotext (poppler-utils) is not installed";
  EXPECT_EQ(count(*text, "【演练】"), static_cast<size_t>(page_count(pdf)));
  EXPECT_EQ(poppler("pdftotext", print_pdf(record()).value())->find("演练"), std::string::npos);
}

TEST(Pdf, LongTextsRunOverPagesWithoutLoss) {
  std::string text;
  for (int i = 0; i < 1500; ++i) text += fmt::format("第{:04}句话。", i);
  const std::string reply = text.substr(0, 8'000);
  PdfReport report{.title = "长文"};
  report.blocks = {PdfParagraph{text}, PdfTable{{{"甲"}, {"乙", 3}}, {{"短", reply}, {"尾", "完"}}}, PdfTable{{{"空"}}, {}}};
  const auto pdf = print_pdf(report).value();
  const auto out = poppler("pdftotext", pdf);
  if (!out) GTEST_SKIP() << "pdftotext (poppler-utils) is not installed";
  EXPECT_GE(page_count(pdf), 4);
  EXPECT_EQ(count(*out, "句"), 1500u + count(reply, "句"));
  EXPECT_EQ(count(*out, "（无）"), 1u);
}

TEST(Pdf, HundredsOfPages) {
  PdfReport report{.title = "全县责任人名册", .footer = "安澜"};
  report.blocks = {call_table(2'000)};
  const auto pdf = print_pdf(report).value();
  const auto text = poppler("pdftotext", pdf);
  if (!text) GTEST_SKIP() << "pdftotext (poppler-utils) is not installed";
  EXPECT_EQ(count(*text, "1390000"), 2'000u);
  EXPECT_GT(page_count(pdf), 50);
}

TEST(Pdf, BadBytesArePrintedAsReplacement) {
  PdfReport report{.title = std::string("坏\xFF字\0节", 11)};
  report.blocks = {PdfParagraph{""}, PdfParagraph{"\x01\r\n\t好"}};
  const auto text = poppler("pdftotext", print_pdf(report).value());
  if (!text) GTEST_SKIP() << "pdftotext (poppler-utils) is not installed";
  EXPECT_NE(text->find("好"), std::string::npos);
}

TEST(Pdf, AbsurdTitlesAreCutNotLooped) {
  const std::string endless(60'000, 'x');
  PdfReport report{.title = endless, .subtitles = std::vector<std::string>(100, endless), .footer = endless};
  PdfTable table{std::vector<PdfColumn>(16, {endless}), {std::vector<PdfCell>(16, PdfCell("长长长长长长长长长长\n长"))}};
  table.rows[0][0].text = std::string(2'000, 'y');
  report.blocks = {PdfHeading{endless}, table, PdfSignatures{{endless, "b", "c", "d"}}};
  EXPECT_TRUE(print_pdf(report).ok());
}

TEST(Pdf, RefusesWhatIsTooLarge) {
  PdfReport report{.title = "大"};
  report.blocks = {PdfParagraph{std::string(70'000, 'x')}};
  EXPECT_EQ(print_pdf(report).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace anlan
