// Values of OpenStreetMap tags that carry a unit. Nothing: absent, "none", or a form that is not understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace anlan::roads {

// "4.2", "4.2 m", "420 cm", "14'6\"", "14 ft" → centimetres.
std::optional<uint32_t> size_cm(std::string_view text);
// "7.5", "7.5 t", "3500 kg", "8 st" (2,000 lb), "16000 lbs" → kilograms.
std::optional<uint32_t> weight_kg(std::string_view text);
// "60", "60 km/h", "30 mph", "walk", zones such as "CN:urban", "DE:zone30" → km/h, at most 255. Zones without a number
// take the limits of China where no sign stands: urban 50, rural 70, motorway 120 (Regulation on the Implementation of
// the Road Traffic Safety Law, articles 45 and 78), living street 20.
std::optional<uint8_t> speed_limit_kmh(std::string_view text);
// "01:30", "01:30:00", "25" (minutes), "PT1H30M" → milliseconds, at most seven days.
std::optional<uint32_t> duration_ms(std::string_view text);
// "-1" → -1; 0 when it is not a whole number in -99 .. 99.
int layer_of(std::string_view text);

}  // namespace anlan::roads
