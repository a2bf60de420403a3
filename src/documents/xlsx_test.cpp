#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <minizip/zip.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "documents/table_file.h"
#include "documents/xlsx_cell.h"
#include "documents/xlsx_write.h"
#include "documents/zip_archive.h"

namespace anlan {
namespace {

using ::testing::ElementsAre;
using Rows = std::vector<std::vector<std::string>>;
using Parts = std::vector<std::pair<std::string, std::string>>;

std::string zip_of(const Parts& parts) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    fmt::format("xlsx_test_{}.zip", testing::UnitTest::GetInstance()->current_test_info()->name());
  const zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  for (const auto& [name, bytes] : parts) {
    zip_fileinfo when{};
    zipOpenNewFileInZip(zip, name.c_str(), &when, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 9);
    zipWriteInFileInZip(zip, bytes.data(), static_cast<unsigned>(bytes.size()));
    zipCloseFileInZip(zip);
  }
  zipClose(zip, nullptr);
  std::ifstream file(path, std::ios::binary);
  std::string out((std::istreambuf_iterator<char>(file)), {});
  std::filesystem::remove(path);
  return out;
}

constexpr const char* kWorkbook =
    R"(<?xml version="1.0"?><x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="隐" state="hidden" r:id="r9"/>)"
    R"(<x:sheet name="一" r:id="r1"/></x:sheets></x:workbook>)";
constexpr const char* kRelations =
    R"(<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>)"
    R"(<Relationship Id="r9" Type="http://x/worksheet" Target="worksheets/sheet9.xml"/>)"
    R"(<Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>)"
    R"(<Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>)";
constexpr const char* kStrings =
    R"(<sst><si><t>姓名</t></si><si><r><t>日</t></r><r><t xml:space="preserve"> 期</t></r><rPh><t>riqi</t></rPh></si>)"
    R"(<si><t>a_x000D_&lt;b&gt;&amp;</t></si></sst>)";
constexpr const char* kStyles =
    R"(<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>)"
    R"(<numFmt numFmtId="165" formatCode="000000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>)"
    R"(<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/></cellXfs></styleSheet>)";

Parts parts_with_rows(const std::string& rows) {
  return {{"xl/workbook.xml", kWorkbook}, {"xl/_rels/workbook.xml.rels", kRelations}, {"xl/SharedStrings.xml", kStrings},
          {"xl/styles.xml", kStyles}, {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}};
}

Result<Table> read_rows(const std::string& rows) { return read_table(zip_of(parts_with_rows(rows)), "x.xlsx"); }

TEST(Xlsx, ReadsEveryKindOfCell) {
  const auto table = read_rows(
      R"(<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c t="inlineStr"><is><t>丙</t></is></c><c r="D2" t="str"><f>1</f><v>丁</v></c></row>)"
      R"(<row r="4"><c r="A4" t="s"><v>2</v></c><c r="B4" s="1"><v>45000</v></c><c r="D4"><v>13912345678</v></c></row>)"
      R"(<row r="5"><c r="A5" t="b"><v>1</v></c><c r="B5" s="4"><v>45000.354166666664</v></c><c r="C5"><v>3.0</v></c><c r="D5" s="3"><v>1234</v></c></row>)"
      R"(<row><c><v>0.1</v></c><c s="2"><v>36526</v></c><c><v>-2.5E-3</v></c><c t="d"><v>2026-07-01</v></c></row>)");
  ASSERT_TRUE(table.ok()) << table.error().describe();
  EXPECT_THAT(table->columns, ElementsAre("姓名", "日 期", "丙", "丁"));
  EXPECT_EQ(table->rows, (Rows{{"a<b>&", "2023-03-15", "", "13912345678"},
                               {"TRUE", "2023-03-15T08:30:00", "3", "001234"},
                               {"0.1", "2000-01-01", "-0.0025", "2026-07-01"}}));
  EXPECT_THAT(table->row_lines, ElementsAre(4, 5, 6));
}

TEST(Xlsx, FaultsNameRowAndColumn) {
  const auto error = read_rows(
      R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>)"
      R"(<row r="3"><c r="A3" t="e"><v>#REF!</v></c><c r="B3"><v>6.2292319900101E+17</v></c></row>)").error();
  ASSERT_EQ(error.details.size(), 2u);
  EXPECT_EQ(error.details[0].line, 3);
  EXPECT_EQ(error.details[0].field, "姓名");
  EXPECT_EQ(error.details[1].field, "日 期");
}

TEST(Xlsx, RefusesHostileSheets) {
  for (const char* rows : {R"(<row r="1"><c r="A1" t="s"><v>3</v></c></row>)", R"(<row r="1"><c r="A1"><v>nan</v></c></row>)",
                           R"(<row r="1"><c r="ZZZZ1" t="s"><v>0</v></c></row>)", R"(<row r="1"><c r="XFD1" t="s"><v>0</v></c></row>)",
                           R"(<row r="2"/><row r="1"/>)", R"(<row r="99999999999"/>)", R"(<row r="1"><c>)"})
    EXPECT_FALSE(read_rows(rows).ok()) << rows;
  auto parts = parts_with_rows(R"(<row r="1"><c r="A1" t="s"><v>0</v></c></row>)");
  EXPECT_TRUE(read_table(zip_of(parts), "x").ok());
  parts[2].second = R"(<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/hostname">]><sst><si><t>&a;</t></si></sst>)";
  EXPECT_FALSE(read_table(zip_of(parts), "x").ok());
  parts[2].second = "<sst><si><t>\xFF\xFE</t></si></sst>";
  EXPECT_FALSE(read_table(zip_of(parts), "x").ok());
}

TEST(Xlsx, RefusesZipBombs) {
  auto parts = parts_with_rows("<row><c t=\"s\"><v>0</v></c></row>" + std::string(64 << 20, ' '));
  const auto bomb = zip_of(parts);
  EXPECT_LT(bomb.size(), size_t{200} << 10);
  const auto error = read_table(bomb, "x").error();
  EXPECT_NE(error.details[0].en.find("unpacks to too much"), std::string::npos);
}

TEST(Xlsx, RefusesEveryTruncationAndRepeatedParts) {
  const auto whole = zip_of(parts_with_rows(R"(<row r="1"><c r="A1" t="s"><v>0</v></c></row>)"));
  for (size_t n = 4; n < whole.size() - 22; n += 7)  // the end record alone has 22 bytes
    EXPECT_FALSE(read_table(whole.substr(0, n), "x").ok()) << n;
  auto parts = parts_with_rows("");
  parts.push_back(parts[0]);
  EXPECT_FALSE(read_table(zip_of(parts), "x").ok());
  // A changed byte of packed content fails the checksum; it never passes as another text.
  auto changed = whole;
  changed[whole.find("PK\x03\x04", 4) + 60] ^= 1;
  EXPECT_FALSE(read_table(changed, "x").ok());
}

TEST(Xlsx, WritesWhatItReads) {
  XlsxSheet first{"花名册", {"姓名", "电话", "人数", "备注"}, {}};
  first.rows = {{"马某", "013900000000", 12.0, "=1+1"}, {"积石山县大河家镇康吊村", "+8613900000001", 0.1, "两\n行"}, {"只有姓名"}};
  const XlsxWorkbook book{"花名册", UtcTime{1'780'000'000'000}, {first, {"说明", {"项"}, {}}}};
  const auto bytes = write_xlsx(book).value();
  EXPECT_EQ(write_xlsx(book).value(), bytes);
  const auto table = read_table(bytes, "x.xlsx").value();
  EXPECT_EQ(table.columns, first.columns);
  EXPECT_EQ(table.rows, (Rows{{"马某", "013900000000", "12", "=1+1"}, {"积石山县大河家镇康吊村", "+8613900000001", "0.1", "两\n行"},
                              {"只有姓名", "", "", ""}}));
  auto zip = ZipArchive::open(bytes).value();
  const auto sheet = zip.read("xl/worksheets/sheet1.xml").value();
  EXPECT_NE(sheet.find("state=\"frozen\""), std::string::npos);
  EXPECT_NE(sheet.find("<autoFilter ref=\"A1:D4\"/>"), std::string::npos);
  EXPECT_NE(sheet.find("<v>12</v>"), std::string::npos);
  EXPECT_EQ(sheet.find("<f>"), std::string::npos);
  EXPECT_NE(zip.read("xl/workbook.xml").value().find("name=\"说明\""), std::string::npos);
}

TEST(Xlsx, WriterRefusesWhatExcelWould) {
  const auto write = [](std::string name, std::string cell) {
    return write_xlsx({"", UtcTime{}, {{std::move(name), {"a"}, {{std::move(cell)}}}}}).ok();
  };
  EXPECT_TRUE(write("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一", "x"));
  for (const char* name : {"", "a/b", "a[1]", "'a", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二"})
    EXPECT_FALSE(write(name, "x")) << name;
  EXPECT_FALSE(write("a", std::string(32'768, 'x')));
  EXPECT_FALSE(write("a", "\xFF"));
  EXPECT_FALSE(write_xlsx({"", UtcTime{}, {{"A", {"a"}, {}}, {"a", {"a"}, {}}}}).ok());
  EXPECT_FALSE(write_xlsx({"", UtcTime{}, {}}).ok());
}

TEST(XlsxCell, NumberFormats) {
  for (const char* date : {"yyyy-mm-dd", "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "h:mm", "[h]:mm:ss", "[Red]d"})
    EXPECT_TRUE(number_format(date).is_date) << date;
  for (const char* plain : {"General", "0.00", "#,##0", "0\"d\"", "0\\d", "[Red]0", "@", "", "0.00E+00", "0_d", "0;yyyy"})
    EXPECT_FALSE(number_format(plain).is_date) << plain;
  EXPECT_EQ(number_format("000000").zero_padding, 6);
  EXPECT_EQ(number_format("0").zero_padding, 0);
}

TEST(XlsxCell, SerialDays) {
  EXPECT_EQ(date_text(1, false), "1900-01-01");
  EXPECT_EQ(date_text(59, false), "1900-02-28");
  EXPECT_EQ(date_text(60, false), std::nullopt);
  EXPECT_EQ(date_text(61, false), "1900-03-01");
  EXPECT_EQ(date_text(0.5, false), "12:00:00");
  EXPECT_EQ(date_text(0, true), "1904-01-01");
  EXPECT_EQ(date_text(2958465, false), "9999-12-31");
  EXPECT_EQ(date_text(2958466, false), std::nullopt);
  EXPECT_EQ(date_text(2958465.9999999, false), std::nullopt);
  EXPECT_EQ(date_text(-1, false), std::nullopt);
}

}  // namespace
}  // namespace anlan
