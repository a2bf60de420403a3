#include <fmt/format.h>

#include <array>
#include <cmath>

#include "roads/directions.h"

namespace anlan::roads {
namespace {

struct Phrase {
  std::string_view zh, en;
};
constexpr std::array<Phrase, 8> kWinds = {Phrase{"北", "north"}, {"东北", "northeast"}, {"东", "east"}, {"东南", "southeast"},
                                          {"南", "south"},       {"西南", "southwest"}, {"西", "west"}, {"西北", "northwest"}};
// By Turn, kStraight .. kSlightLeft.
constexpr std::array<Phrase, 8> kTurns = {Phrase{"直行", "Continue"}, {"向右前方行驶", "Bear right"}, {"右转", "Turn right"},
                                          {"向右后方急转", "Turn sharply right"}, {"掉头", "Make a U-turn"}, {"向左后方急转", "Turn sharply left"},
                                          {"左转", "Turn left"}, {"向左前方行驶", "Bear left"}};

std::string minutes_text(double seconds, bool chinese) {
  const long minutes = std::max(1L, std::lround(seconds / 60));
  return fmt::format("{} {}", minutes, chinese ? "分钟" : minutes == 1 ? "minute" : "minutes");
}

}  // namespace

std::string length_text(double metres, bool chinese) {
  if (metres < 995) {
    // To 10 m beyond 100 m: nobody drives by single metres.
    const double shown = metres < 100 ? std::max(1.0, std::round(metres)) : std::round(metres / 10) * 10;
    return fmt::format("{:.0f} {}", shown, chinese ? "米" : "m");
  }
  return fmt::format("{:.{}f} {}", metres / 1000, metres < 99'950 ? 1 : 0, chinese ? "公里" : "km");
}

std::string text_of(const Step& step, bool chinese) {
  const std::string length = length_text(step.distance_m, chinese);
  const std::string road = !step.road.empty() ? step.road : step.ramp ? (chinese ? "匝道" : "the ramp") : "";
  switch (step.turn) {
    case Turn::kDepart: {
      const Phrase& wind = kWinds[static_cast<size_t>(std::lround(step.bearing_deg / 45)) % 8];
      if (chinese) return fmt::format("{}向{}行驶 {}", road.empty() ? "" : "沿" + road, wind.zh, length);
      return fmt::format("Head {}{} for {}", wind.en, road.empty() ? "" : " on " + road, length);
    }
    case Turn::kRoundabout: {
      if (step.exit == 0) return chinese ? fmt::format("驶入环岛，行驶 {}", length) : fmt::format("Enter the roundabout and go {}", length);
      if (chinese) return fmt::format("驶入环岛，从第 {} 个出口驶出{}，行驶 {}", step.exit, road.empty() ? "" : "，进入" + road, length);
      return fmt::format("Enter the roundabout, take exit {}{} and go {}", step.exit, road.empty() ? "" : " onto " + road, length);
    }
    case Turn::kFerry:
      if (chinese) return fmt::format("乘渡轮{}，约 {}", road.empty() ? "" : "（" + road + "）", minutes_text(step.seconds, true));
      return fmt::format("Take the ferry{}, about {}", road.empty() ? "" : " (" + road + ")", minutes_text(step.seconds, false));
    case Turn::kArrive: return chinese ? "到达目的地" : "Arrive at the destination";
    default: break;
  }
  const Phrase& turn = kTurns[static_cast<size_t>(step.turn) - static_cast<size_t>(Turn::kStraight)];
  if (road.empty()) return chinese ? fmt::format("{}，行驶 {}", turn.zh, length) : fmt::format("{} and go {}", turn.en, length);
  if (chinese)
    return fmt::format("{}{}{}，行驶 {}", turn.zh, step.same_road ? "，继续沿" : step.turn == Turn::kUTurn ? "，沿" : "，进入", road, length);
  return fmt::format("{} {} {} and go {}", turn.en, step.same_road ? "to stay on" : "onto", road, length);
}

}  // namespace anlan::roads
