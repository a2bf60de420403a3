#include "demo/made_up.h"

#include <fmt/format.h>

#include "base/check.h"

namespace anlan {
namespace {

// Frequent surnames stand here several times.
constexpr const char* kSurnames[] = {"马", "马", "马", "马", "马", "马", "马", "马", "马", "王", "王", "王", "张", "张", "李", "李", "韩", "韩", "韩",
                                     "祁", "祁", "冶", "冶", "妥", "妥", "喇", "喇", "鲁", "董", "陈", "杨", "何", "赵", "周", "康", "牟", "安", "沙",
                                     "丁", "苏", "白", "金", "赖", "乔", "石", "孔", "徐"};
constexpr const char* kFirst[] = {"国", "海", "明", "德", "福", "文", "学", "忠", "俊", "元", "成", "玉", "秀", "进", "占", "光", "正", "永", "建", "世", "志", "春", "晓", "启", "维", "万"};
constexpr const char* kSecond[] = {"军", "龙", "林", "虎", "山", "祥", "福", "明", "清", "贵", "成", "英", "兰", "花", "霞", "梅", "芳", "平", "强", "华", "云", "良", "才", "禄", "海", "生", "义"};
constexpr const char* kOneCharacter[] = {"军", "龙", "林", "伟", "斌", "芳", "英", "霞", "燕", "涛", "辉", "琴", "俊", "强", "红", "萍"};
constexpr const char* kLocalSurnames[] = {"马", "韩", "冶", "喇", "妥"};
constexpr const char* kLocalGiven[] = {"尤素", "哈三", "尔沙", "木沙", "依布拉", "舍木", "阿里", "哈克", "索菲", "麦燕"};

}  // namespace

std::string made_up_name(Dice& dice) {
  if (dice.chance(0.12)) {
    const std::string surname = dice.of(kLocalSurnames);
    return surname + dice.of(kLocalGiven);
  }
  const std::string surname = dice.of(kSurnames);
  if (dice.chance(0.2)) return surname + dice.of(kOneCharacter);
  const std::string first = dice.of(kFirst);
  std::string second = dice.of(kSecond);
  if (second == first) second = "林";
  return surname + first + second;
}

std::string made_up_number(int n) {
  CHECK(n >= 0 && n <= 9999);
  return fmt::format("1600000{:04}", n);
}

}  // namespace anlan
