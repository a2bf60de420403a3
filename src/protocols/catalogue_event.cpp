#include "protocols/catalogue_event.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace anlan {
namespace {

std::string_view trimmed(std::string_view t) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t from = t.find_first_not_of(kBlank);
  return from == t.npos ? std::string_view{} : t.substr(from, t.find_last_not_of(kBlank) - from + 1);
}

// Bytes of the UTF-8 character that the text begins with; 0 when it is none.
size_t character_bytes(std::string_view t) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(t[i]); };
  const unsigned first = byte(0);
  const size_t n = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
  if (n == 0 || n > t.size()) return 0;
  for (size_t i = 1; i < n; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if (n == 3 && ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F))) return 0;
  if (n == 4 && ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F))) return 0;
  return n;
}

bool within(const std::optional<double>& v, double low, double high) { return !v || (*v >= low && *v <= high); }

const char* fault_of(const CatalogueEvent& e) {
  if (e.id.empty()) return "没有编号 / no id";
  if (e.id.size() > 255 || std::any_of(e.id.begin(), e.id.end(), [](char c) { return c < 0x21 || c > 0x7E; })) return "编号无效 / its id is none";
  if (e.status == CatalogueStatus::deleted) return nullptr;
  if (!is_valid(e.epicentre)) return "震中经纬度无效 / its epicentre is nowhere";
  if (e.origin.ms == 0) return "没有发震时刻 / no time of origin";
  if (!within(e.depth_km, -10, 800)) return "震源深度不在 -10 至 800 公里 / its depth is not within -10 to 800 km";
  if (!within(e.magnitude, -5, 10)) return "震级不在 -5 至 10 / its magnitude is not within -5 to 10";
  return nullptr;
}

}  // namespace

void file_event(Catalogue& catalogue, size_t item, CatalogueEvent event, std::string why) {
  if (const char* fault = why.empty() ? fault_of(event) : nullptr) why = fault;
  if (why.empty()) {
    // An uncertainty of nothing means that nobody stated it.
    for (auto* sigma : {&event.origin_sigma_s, &event.horizontal_sigma_km, &event.depth_sigma_km, &event.magnitude_sigma})
      if (*sigma && !(**sigma > 0 && **sigma < 1e5)) sigma->reset();
    catalogue.events.push_back(std::move(event));
    return;
  }
  ++catalogue.refused;
  if (catalogue.faults.size() < kCatalogueFaultsMax) catalogue.faults.push_back({item, readable_text(event.id, 80), std::move(why)});
}

std::string readable_text(std::string_view text, size_t max_bytes) {
  std::string out;
  bool blank = false;
  while (!text.empty()) {
    const size_t n = character_bytes(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (first <= 0x20 || first == 0x7F) {
      blank = !out.empty();
    } else {
      const auto piece = n == 0 ? std::string_view("?") : text.substr(0, n);
      if (out.size() + blank + piece.size() > max_bytes) break;
      if (std::exchange(blank, false)) out += ' ';
      out += piece;
    }
    text.remove_prefix(std::max<size_t>(n, 1));
  }
  return out;
}

std::optional<double> decimal_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double out = 0;
  const auto [after, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (code != std::errc() || after != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

std::optional<UtcTime> utc_moment(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 40) return std::nullopt;
  if (const auto at = parse_iso8601(text)) return at;
  return parse_iso8601(std::string(text) + "Z");
}

}  // namespace anlan
