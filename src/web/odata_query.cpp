#include "web/odata_query.h"

#include <algorithm>
#include <charconv>

namespace anlan {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The parts between separators that stand outside quotes and parentheses; at most so many.
Result<std::vector<std::string_view>> split(std::string_view text, char separator, size_t most) {
  std::vector<std::string_view> parts;
  size_t from = 0;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : separator;
    if (i == text.size() && (quoted || depth > 0)) return odata_error("引号或括号没有结束", "a quote or parenthesis does not end", text);
    if (quoted && c != '\'') continue;
    if (c == '\'' && i < text.size()) quoted = !quoted;
    else if (c == '(') ++depth;
    else if (c == ')' && --depth < 0) return odata_error("多了一个右括号", "a closing parenthesis too many", text);
    else if (c == separator && depth == 0) {
      if (parts.size() == most) return odata_error("项数过多", "too many items", text);
      parts.push_back(trimmed(text.substr(from, i - from)));
      from = i + 1;
    }
  }
  return parts;
}

Result<int64_t> number(std::string_view name, std::string_view text, int64_t min, int64_t max) {
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || value < min || value > max)
    return odata_error(std::string(name) + " 应为 " + std::to_string(min) + " 至 " + std::to_string(max) + " 的整数",
                       std::string(name) + " must be a whole number from " + std::to_string(min) + " to " + std::to_string(max), text);
  return value;
}

Result<std::vector<ODataOrder>> orders(std::string_view text) {
  TRY(items, split(text, ',', kOrdersMax));
  std::vector<ODataOrder> out;
  for (const auto item : items) {
    const size_t blank = std::min(item.find(' '), item.size());
    const auto way = trimmed(item.substr(blank));
    if (!way.empty() && way != "asc" && way != "desc") return odata_error("$orderby 只能是 asc 或 desc", "$orderby knows asc and desc", item);
    TRY(path, parse_odata_path(item.substr(0, blank)));
    out.push_back({std::move(path), way == "desc"});
  }
  return out;
}

class QueryParser {
 public:
  Result<ODataQuery> query(const std::vector<std::pair<std::string, std::string>>& parameters, int depth) {
    ODataQuery q;
    for (size_t i = 0; i < parameters.size(); ++i) {
      const auto& [name, value] = parameters[i];
      if (!name.starts_with('$')) continue;
      for (size_t before = 0; before < i; ++before)
        if (parameters[before].first == name) return odata_error("选项重复", "an option is said twice", name);
      if (name != "$skip" && name != "$skiptoken") q.said.emplace_back(name, value);
      const std::string_view text = trimmed(value);
      if (name == "$top") {
        TRY(top, number(name, text, 0, INT64_MAX));
        q.top = top;
      } else if (name == "$skip") {
        TRY(skip, number(name, text, 0, kSkipMax));
        q.skip = skip;
      } else if (name == "$skiptoken" && depth == 0) {
        TRY(after, number(name, text, INT64_MIN + 1, INT64_MAX - 1));
        q.after = after;
      } else if (name == "$count") {
        if (text != "true" && text != "false") return odata_error("$count 应为 true 或 false", "$count must be true or false", text);
        q.count = text == "true";
      } else if (name == "$filter") {
        TRY(filter, ODataFilter::parse(text));
        q.filter = std::move(filter);
      } else if (name == "$orderby") {
        TRY(order, orders(text));
        q.order = std::move(order);
      } else if (name == "$select") {
        TRY(names, split(text, ',', kSelectedMax));
        for (const auto n : names) {
          TRY(path, parse_odata_path(n));
          if (path.size() > 1) return odata_error("$select 只能是属性名", "$select takes names of properties", n);
          q.select.push_back(std::move(path.front()));
        }
      } else if (name == "$expand") {
        TRY_VOID(expand(q, text, depth));
      } else {
        return odata_error("不支持的选项", "this option is not known here", name);
      }
    }
    return q;
  }

 private:
  Result<void> expand(ODataQuery& q, std::string_view text, int depth) {
    if (depth == kExpandDepthMax) return odata_error("$expand 嵌套过深", "$expand goes too deep");
    TRY(items, split(text, ',', kExpandedMax));
    for (const auto item : items) TRY_VOID(expand_one(q, item, depth));
    return {};
  }

  // "Datastreams/Observations($top=1)": the options belong to the last name.
  Result<void> expand_one(ODataQuery& q, std::string_view item, int depth) {
    if (depth == kExpandDepthMax) return odata_error("$expand 嵌套过深", "$expand goes too deep");
    const size_t paren = std::min(item.find('('), item.size());
    const auto whole = trimmed(item.substr(0, paren));
    const size_t slash = item.substr(0, paren).find('/');
    const auto name = slash == std::string_view::npos ? whole : item.substr(0, slash);
    TRY(path, parse_odata_path(name));
    auto known = std::find_if(q.expand.begin(), q.expand.end(), [&](const auto& e) { return e.name == name; });
    const bool again = known != q.expand.end();
    if (!again) {
      if (++expanded_ > kExpandedMax) return odata_error("$expand 项数过多", "too much is expanded");
      q.expand.push_back({path.front(), {}});
      known = q.expand.end() - 1;
    }
    if (slash != std::string_view::npos) {
      auto& said = known->query.said;
      auto told = std::find_if(said.begin(), said.end(), [](const auto& s) { return s.first == "$expand"; });
      if (told == said.end()) said.emplace_back("$expand", item.substr(slash + 1));
      else told->second += "," + std::string(item.substr(slash + 1));
      return expand_one(known->query, item.substr(slash + 1), depth + 1);
    }
    if (paren == item.size()) return {};
    if (again) return odata_error("$expand 重复", "expanded twice", name);
    if (item.back() != ')') return odata_error("右括号之后不应再有内容", "nothing is expected behind the parenthesis", item);
    TRY(options, split(item.substr(paren + 1, item.size() - paren - 2), ';', 16));
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const auto option : options) {
      const size_t equals = option.find('=');
      if (equals == std::string_view::npos || !option.starts_with('$')) return odata_error("$expand 括号内应为 $选项=值", "$option=value is expected in the parentheses", option);
      parameters.emplace_back(std::string(trimmed(option.substr(0, equals))), std::string(option.substr(equals + 1)));
    }
    TRY(nested, query(parameters, depth + 1));
    known->query = std::move(nested);
    return {};
  }

  size_t expanded_ = 0;
};

}  // namespace

Result<ODataQuery> parse_odata_query(const std::vector<std::pair<std::string, std::string>>& parameters) { return QueryParser().query(parameters, 0); }

}  // namespace anlan
