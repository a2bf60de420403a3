#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "roads/csv_rows.h"
#include "roads/file_roads.h"

namespace anlan::roads {
namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if constexpr (std::is_floating_point_v<T>)
    if (!std::isfinite(value)) return std::nullopt;
  return value;
}

size_t column(const std::vector<std::string_view>& header, std::string_view name) {
  return static_cast<size_t>(std::find(header.begin(), header.end(), name) - header.begin());
}
std::string_view field(const std::vector<std::string_view>& row, size_t at) { return at < row.size() ? row[at] : std::string_view(); }

struct NodeRow {
  int64_t id;
  LonLat at;
  int line;
};

std::vector<NodeRow> read_nodes(std::string_view text, Datum datum, Faults& faults) {
  std::vector<NodeRow> nodes;
  CsvRows rows(text);
  std::vector<std::string_view> row;
  if (!rows.next(row)) {
    faults.add(1, "", "节点表为空", "the table of nodes is empty");
    return nodes;
  }
  const size_t id = column(row, "id"), lon = column(row, "lon"), lat = column(row, "lat");
  if (std::max({id, lon, lat}) >= row.size()) {
    faults.add(1, "id, lon, lat", "节点表缺少列", "the table of nodes lacks a column");
    return nodes;
  }
  while (rows.next(row)) {
    const auto i = number<int64_t>(field(row, id));
    const auto x = number<double>(field(row, lon)), y = number<double>(field(row, lat));
    if (rows.broken()) faults.add(rows.line(), "", "节点表:引号不匹配或列过多", "nodes: an open quote, or too many columns");
    else if (!i) faults.add(rows.line(), "id", "节点表:编号不是整数", "nodes: the id is not a whole number");
    else if (!x || !y || !is_valid({*x, *y})) faults.add(rows.line(), "lon, lat", "节点表:经纬度不正确", "nodes: not a position");
    else nodes.push_back({*i, to_wgs84({*x, *y}, datum), rows.line()});
  }
  std::sort(nodes.begin(), nodes.end(),
            [](const NodeRow& a, const NodeRow& b) { return std::pair(a.id, a.line) < std::pair(b.id, b.line); });
  for (size_t k = 1; k < nodes.size(); ++k)
    if (nodes[k].id == nodes[k - 1].id) faults.add(nodes[k].line, "id", "节点表:编号重复", "nodes: the id was used before");
  return nodes;
}

}  // namespace

Result<FileRoads> read_csv_roads(std::string_view nodes_text, std::string_view arcs_text, Datum datum) {
  if (std::max(nodes_text.size(), arcs_text.size()) > kFileBytesMax)
    return Error(ErrorCode::kTooLarge, {{"what", "CSV"}, {"limit", "1 GB"}});
  Faults faults;
  const auto nodes = read_nodes(nodes_text, datum, faults);
  if (faults.any()) return std::move(faults).error();

  FileRoads out;
  Draft draft;
  draft.at.reserve(nodes.size());
  for (const NodeRow& node : nodes) draft.at.push_back(node.at);
  const auto find = [&](std::string_view text) -> std::optional<Node> {
    const auto id = number<int64_t>(text);
    if (!id) return std::nullopt;
    const auto at = std::lower_bound(nodes.begin(), nodes.end(), *id, [](const NodeRow& n, int64_t i) { return n.id < i; });
    if (at == nodes.end() || at->id != *id) return std::nullopt;
    return static_cast<Node>(at - nodes.begin());
  };

  CsvRows rows(arcs_text);
  std::vector<std::string_view> header, row;
  rows.next(header);
  const std::vector<std::string> names(header.begin(), header.end());
  const size_t from = column(header, "from"), to = column(header, "to"), length = column(header, "length_m"),
               seconds = column(header, "seconds");
  if (std::max(from, to) >= header.size()) {
    faults.add(1, "from, to", "路段表缺少列", "the table of arcs lacks a column");
    return std::move(faults).error();
  }
  std::vector<OsmTag> tags;
  while (rows.next(row)) {
    ++out.report.read;
    if (rows.broken()) {
      faults.add(rows.line(), "", "路段表:引号不匹配或列过多", "arcs: an open quote, or too many columns");
      continue;
    }
    const auto u = find(field(row, from)), v = find(field(row, to));
    if (!u || !v) {
      faults.add(rows.line(), u ? "to" : "from", "路段表:节点不存在", "arcs: there is no such node");
      continue;
    }
    const auto metres = number<double>(field(row, length)), time = number<double>(field(row, seconds));
    constexpr double kMetresMax = 4e8, kSecondsMax = 604'800;  // what decimetres hold; seven days
    if (!field(row, length).empty() && (!metres || *metres < 0 || *metres > kMetresMax)) {
      faults.add(rows.line(), "length_m", "路段表:长度不正确", "arcs: not a length");
      continue;
    }
    if (!field(row, seconds).empty() && (!time || *time < 0 || *time > kSecondsMax)) {
      faults.add(rows.line(), "seconds", "路段表:时间不正确", "arcs: not a time");
      continue;
    }
    if (*u == *v) {
      ++out.report.dropped[static_cast<size_t>(Dropped::kNoLength)];
      continue;
    }
    tags.clear();
    for (size_t c = 0; c < std::min(names.size(), row.size()); ++c)
      if (c != from && c != to && c != length && c != seconds && !row[c].empty()) tags.push_back({names[c], row[c]});
    auto way = read_file_tags(tags, out.report, draft.names);
    if (!way) continue;
    Road& road = way->road;
    if (metres) road.length_dm = std::max<uint32_t>(1, static_cast<uint32_t>(std::lround(*metres * 10)));
    if (time) road.fixed_ms = std::max<uint32_t>(1, static_cast<uint32_t>(std::ceil(*time * 1000 - 1e-6)));
    else road.fixed_ms = way->duration_ms;
    road.source_id = rows.line();
    draft.add(*u, *v, road, std::array{draft.at[*u], draft.at[*v]});
  }
  if (draft.roads.empty() && !faults.any()) faults.add(0, "", "没有可用的路段", "no road is in the file");
  if (faults.any()) return std::move(faults).error();
  out.graph = build_graph(std::move(draft));
  static_cast<NetworkFigures&>(out.report) = figures_of(out.graph);
  return out;
}

}  // namespace anlan::roads
