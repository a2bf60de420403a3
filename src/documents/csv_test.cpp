#include "documents/csv.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/table_file.h"

namespace anlan {
namespace {

using ::testing::ElementsAre;
using Rows = std::vector<std::vector<std::string>>;

Result<Rows> read_rows(std::string_view bytes) {
  TRY(reader, CsvReader::open(bytes));
  Rows rows;
  std::vector<std::string_view> cells;
  while (true) {
    TRY(more, reader.next(cells));
    if (!more) return rows;
    rows.emplace_back(cells.begin(), cells.end());
  }
}

int fault_line(const Error& error) { return error.details.empty() ? -1 : error.details[0].line; }

TEST(CsvReader, LineEndsBomAndTrailingEmptyLines) {
  const Rows expected{{"姓名", "电话"}, {"张三", "1"}, {"李四", ""}};
  for (const char* text : {"姓名,电话\r\n张三,1\r\n李四,\r\n\r\n\r\n", "\xEF\xBB\xBF姓名,电话\n张三,1\n李四,",
                           "姓名,电话\r张三,1\r李四,\r", "\n\n姓名;电话\n张三;1\n李四;\n", "姓名\t电话\n张三\t1\n李四\t\n",
                           "sep=;\r\n姓名;电话\n张三;1\n李四;\n"})
    EXPECT_EQ(read_rows(text).value(), expected) << text;
}

TEST(CsvReader, QuotesHoldSeparatorsLineEndsAndQuotes) {
  const auto rows = read_rows("a,b\n\"x,\r\ny\",\"say \"\"hi\"\"\"\n5\" pipe,\"\"\n\"\"\"\",z\n").value();
  EXPECT_EQ(rows, (Rows{{"a", "b"}, {"x,\r\ny", "say \"hi\""}, {"5\" pipe", ""}, {"\"", "z"}}));
}

TEST(CsvReader, KeepsLineNumbersAcrossQuotedLineEnds) {
  const std::string text = "a,b\r\n\"1\r\n2\n3\",x\r\n\r\ny,z\r\n";
  auto reader = CsvReader::open(text).value();
  std::vector<std::string_view> cells;
  std::vector<int> lines;
  while (reader.next(cells).value()) lines.push_back(reader.line());
  EXPECT_THAT(lines, ElementsAre(1, 2, 6));
}

TEST(CsvReader, ReadsGb18030AndUtf16) {
  // "姓名,电话\n张三,1" and the four-byte form of U+3402 (㐂).
  const std::string gbk = "\xD0\xD5\xC3\xFB,\xB5\xE7\xBB\xB0\n\xD5\xC5\xC8\xFD\x81\x39\xEF\x31,1\n";
  EXPECT_EQ(read_rows(gbk).value(), (Rows{{"姓名", "电话"}, {"张三\u3402", "1"}}));
  EXPECT_EQ(CsvReader::open(gbk).value().encoding(), "GB18030");
  const std::string utf16("\xFF\xFE\xD3\x59,\0\x0D\x54\n\0\x31\0,\0\x32\0", 16);
  EXPECT_EQ(read_rows(utf16).value(), (Rows{{"姓", "名"}, {"1", "2"}}));
  const std::string big("\xFE\xFF\x59\xD3\0,\x54\x0D", 8);
  EXPECT_EQ(read_rows(big).value(), (Rows{{"姓", "名"}}));
}

TEST(CsvReader, RefusesWhatIsNotText) {
  EXPECT_EQ(fault_line(read_rows(std::string("a,b\nc\0d,e\n", 10)).error()), 2);
  EXPECT_EQ(fault_line(read_rows("a,b\n\xFF\xFF\xFF\n").error()), 2);
  // One broken byte in good UTF-8 is damage, not GB18030.
  EXPECT_EQ(fault_line(read_rows("姓名,电话,单位\n张三,1,应急局\n李\xE5\x9B,2,水务局\n").error()), 3);
}

TEST(CsvReader, FaultsNameTheLine) {
  EXPECT_EQ(fault_line(read_rows("a,b\n1,2\n\"open,3\n4,5\n").error()), 3);
  EXPECT_EQ(fault_line(read_rows("a,b\n\"x\"y,2\n").error()), 2);
  EXPECT_EQ(fault_line(read_rows("a\n" + std::string(kCsvRowBytesMax + 1, 'x')).error()), 2);
  EXPECT_EQ(fault_line(read_rows("a\n\"" + std::string(kCsvRowBytesMax + 1, '\n')).error()), 2);
  EXPECT_EQ(fault_line(read_rows("a\n" + std::string(kTableColumnsMax, ',')).error()), 2);
  EXPECT_TRUE(read_rows("a\n" + std::string(kCsvRowBytesMax, 'x')).ok());
  EXPECT_EQ(read_rows("").value(), Rows{});
}

TEST(CsvWriter, QuotesAndGuardsFormulas) {
  const std::vector<std::string> columns{"名称", "值"};
  CsvWriter writer(columns);
  for (const auto& row : Rows{{"a,b", "say \"hi\""}, {"=1+1", "+8613900000000"}, {"@cmd", "-3.5"}, {"-1+2", "\tx"}, {"两\n行", ""}})
    writer.row(row);
  const auto bytes = writer.take();
  EXPECT_EQ(bytes,
            "\xEF\xBB\xBF名称,值\r\n\"a,b\",\"say \"\"hi\"\"\"\r\n'=1+1,+8613900000000\r\n'@cmd,-3.5\r\n"
            "'-1+2,\"'\tx\"\r\n\"两\n行\",\r\n");
  EXPECT_EQ(read_rows(bytes).value()[1], (std::vector<std::string>{"a,b", "say \"hi\""}));
}

TEST(CsvWriter, PlainNumbers) {
  for (const char* yes : {"0", "-1", "+2.5", "1e5", "-1.5E-3"}) EXPECT_TRUE(is_plain_number(yes)) << yes;
  for (const char* no : {"", "-", "+", "1.", "1e", "0x1", "1+1", "-1 ", "=1"}) EXPECT_FALSE(is_plain_number(no)) << no;
}

TEST(Table, NormalisesHeaderAndKeepsLines) {
  const auto table = read_table("\u3000编号（６位），备注\u3000 , 电 话 ,,\r\n\r\n1,2\r\n,,,\r\n3, 4 ,,\r\n", "x.csv").value();
  EXPECT_THAT(table.columns, ElementsAre("编号(6位),备注", "电 话"));
  EXPECT_EQ(table.rows, (Rows{{"1", "2"}, {"3", " 4 "}}));
  EXPECT_THAT(table.row_lines, ElementsAre(3, 5));
}

TEST(Table, RaggedRowsAreFilledOrRefusedByLine) {
  EXPECT_EQ(read_table("a,b,c\n1\n", "x.csv")->rows, (Rows{{"1", "", ""}}));
  const auto error = read_table("a,b\n1,2,3\n4,5\n6,7,8\n", "x.csv").error();
  ASSERT_EQ(error.details.size(), 2u);
  EXPECT_EQ(error.details[0].line, 2);
  EXPECT_EQ(error.details[1].line, 4);
  EXPECT_EQ(error.param("file"), "x.csv");
}

TEST(Table, RefusesBadHeaders) {
  EXPECT_EQ(read_table("姓名,Ａ,姓名 \n", "x.csv").error().details[0].field, "C");
  EXPECT_EQ(read_table("a,,c\n", "x.csv").error().details[0].field, "B");
  EXPECT_FALSE(read_table("", "x.csv").ok());
  EXPECT_FALSE(read_table(" , ,\n", "x.csv").ok());
  EXPECT_FALSE(read_table("\xD0\xCF\x11\xE0\xA1\xB1", "old.xls").ok());
}

TEST(Table, StopsAtAHundredFaults) {
  std::string text = "a\n";
  for (int i = 0; i < 1000; ++i) text += "1,2\n";
  EXPECT_EQ(read_table(text, "x.csv").error().details.size(), 100u);
}

TEST(Table, ReadsAMillionRows) {
  std::string text = "编号,姓名,电话,村\n";
  for (int i = 0; i < 1'000'000; ++i) text += fmt::format("{},张三{},1390000{:04},\"大河家镇,{}村\"\n", i, i % 97, i % 10'000, i % 50);
  std::vector<std::string_view> cells;
  auto reader = CsvReader::open(text).value();
  size_t rows = 0;
  while (reader.next(cells).value()) ++rows;
  EXPECT_EQ(rows, 1'000'001u);
  const auto table = read_table(text, "x.csv").value();
  ASSERT_EQ(table.rows.size(), 1'000'000u);
  EXPECT_EQ(table.rows.back()[3], "大河家镇,49村");
  EXPECT_EQ(table.row_lines.back(), 1'000'001);
}

}  // namespace
}  // namespace anlan
