#include "registry/pinyin.h"

#include <gtest/gtest.h>

#include <thread>

namespace anlan {
namespace {

PinyinTable table() {
  auto made = PinyinTable::create({{"重庆", "chong qing"},
                                   {"长", "chang"},
                                   {"长", "zhang"},
                                   {"乐", "le"},
                                   {"乐清", "yue qing"},
                                   {"单县", "shan xian"},
                                   {"厦", "xia"},
                                   {"六安", "lu an"}});
  return std::move(made).value();
}

TEST(Pinyin, FullAndInitials) {
  const auto t = table();
  EXPECT_EQ(t.full("大河家镇"), "dahejiazhen");
  EXPECT_EQ(t.initials("大河家镇"), "dhjz");
  EXPECT_EQ(t.marked("西安"), "XiAn");
  EXPECT_EQ(t.full("重庆市"), "chongqingshi");
  EXPECT_EQ(t.full("乐清市"), "yueqingshi");
  EXPECT_EQ(t.full("康乐县"), "kanglexian");
  EXPECT_EQ(t.full("单县"), "shanxian");
  EXPECT_EQ(t.full("六安"), "luan");
  EXPECT_EQ(t.full(""), "");
  EXPECT_EQ(t.full("（·）"), "");
  EXPECT_EQ(t.marked("A区３号"), "AQu3Hao");
  EXPECT_EQ(t.full("二〇四"), "erlingsi");
  EXPECT_EQ(t.full("\xFF\xFE"), "");
}

TEST(Pinyin, SeveralReadings) {
  const auto t = table();
  EXPECT_EQ(t.readings("长乐"), (std::vector<std::string>{"ChangLe", "ZhangLe"}));
  EXPECT_EQ(t.readings("吕梁"), (std::vector<std::string>{"LvLiang", "LuLiang"}));
  EXPECT_LE(t.readings("长长长长长长长长").size(), PinyinTable::kReadingsMax);
  EXPECT_EQ(PinyinTable().full("长江"), "zhangjiang");
}

TEST(Pinyin, RefusesBadRows) {
  EXPECT_FALSE(PinyinTable::create({{"重庆", "chongqing"}}).ok());
  EXPECT_FALSE(PinyinTable::create({{"重", "chóng"}}).ok());
  EXPECT_FALSE(PinyinTable::create({{"", ""}}).ok());
  const auto bad = PinyinTable::create({{"长", "chang"}, {"长", "Zhang"}});
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().details.at(0).line, 2);
}

TEST(Pinyin, Matches) {
  EXPECT_EQ(match_pinyin("DaHeJia", "dahejia"), PinyinMatch::kExact);
  EXPECT_EQ(match_pinyin("DaHeJia", "dahe"), PinyinMatch::kPrefix);
  EXPECT_EQ(match_pinyin("DaHeJia", "dhj"), PinyinMatch::kInitialsExact);
  EXPECT_EQ(match_pinyin("DaHeJia", "dh"), PinyinMatch::kInitialsPrefix);
  EXPECT_EQ(match_pinyin("DaHeJia", "dahj"), PinyinMatch::kMixed);
  EXPECT_EQ(match_pinyin("DaHeJia", "dhejia"), PinyinMatch::kMixed);
  EXPECT_EQ(match_pinyin("DaHeJia", "daj"), PinyinMatch::kNone);
  EXPECT_EQ(match_pinyin("DaHeJia", "dahejiaz"), PinyinMatch::kNone);
  EXPECT_EQ(match_pinyin("DaHeJia", ""), PinyinMatch::kNone);
  EXPECT_EQ(match_pinyin("", "d"), PinyinMatch::kNone);
}

TEST(Pinyin, TypedLetters) {
  EXPECT_EQ(pinyin_letters(" Da he'jia "), "dahejia");
  EXPECT_EQ(pinyin_letters("ｌü"), "lv");
  EXPECT_EQ(pinyin_letters("大he"), "");
}

TEST(Pinyin, SharedBetweenThreads) {
  const auto t = table();
  std::vector<std::string> found(4);
  {
    std::vector<std::jthread> threads;
    for (auto& out : found)
      threads.emplace_back([&out, &t] { out = t.full("积石山保安族东乡族撒拉族自治县癿藏镇銀川"); });
  }
  for (const auto& out : found) EXPECT_EQ(out, found[0]);
}

}  // namespace
}  // namespace anlan
