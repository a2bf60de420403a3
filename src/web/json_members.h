// Reads the members of a request's JSON object one by one; the first wrong one is kept as kInvalidField.
#pragma once

#include <boost/describe/enum_from_string.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace anlan {

// What a request may call a time, 1900 to 2199: beyond, sums of times overflow and no calendar shows them.
inline bool is_time(UtcTime t) { return t.ms >= -2'208'988'800'000 && t.ms < 7'258'118'400'000; }

class Members {
 public:
  explicit Members(const json::object& object) : object_(object) {}

  bool has(std::string_view name) const { return object_.contains(name); }

  std::optional<std::string> text(std::string_view name) {
    const auto* v = object_.if_contains(name);
    if (!v) return std::nullopt;
    if (const auto* s = v->if_string()) return std::string(*s);
    refuse(name, "应为文字", "must be a text");
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> texts(std::string_view name, size_t most = 1'000) {
    const auto* v = object_.if_contains(name);
    if (!v) return std::nullopt;
    std::vector<std::string> out;
    if (const auto* list = v->if_array(); list && list->size() <= most) {
      for (const auto& item : *list)
        if (const auto* s = item.if_string()) out.emplace_back(*s);
      if (out.size() == list->size()) return out;
    }
    refuse(name, "应为文字列表", "must be a list of texts");
    return std::nullopt;
  }

  // An id; null is none.
  template <class IdType>
  std::optional<IdType> id(std::string_view name) {
    const auto* v = object_.if_contains(name);
    if (!v) return std::nullopt;
    if (v->is_null()) return IdType{};
    if (v->is_int64() && v->get_int64() > 0) return IdType{v->get_int64()};
    refuse(name, "应为编号", "must be an id");
    return std::nullopt;
  }

  std::optional<PlaceCode> place(std::string_view name) {
    const auto typed = text(name);
    if (!typed) return std::nullopt;
    const auto code = PlaceCode::parse(*typed);
    if (!code) refuse(name, "区划代码无效", "not a place code");
    return code;
  }

  // A number; null takes the value away.
  std::optional<std::optional<double>> number(std::string_view name) {
    const auto* v = object_.if_contains(name);
    if (!v) return std::nullopt;
    if (v->is_null()) return std::optional<double>();
    if (v->is_number()) return std::optional<double>(v->to_number<double>());
    refuse(name, "应为数字", "must be a number");
    return std::nullopt;
  }

  // A whole number from 0; 0 when absent.
  int64_t count(std::string_view name, int64_t most) {
    const auto v = number(name).value_or(std::nullopt);
    if (!v) return 0;
    const bool fits = *v >= 0 && *v <= static_cast<double>(most) && *v == std::floor(*v);
    if (!fits) refuse(name, "应为不小于零的整数", "must be a whole number from 0");
    return fits ? static_cast<int64_t>(*v) : 0;
  }

  bool flag(std::string_view name) {
    const auto* v = object_.if_contains(name);
    if (!v || v->is_null()) return false;
    if (v->is_bool()) return v->get_bool();
    refuse(name, "应为 true 或 false", "must be true or false");
    return false;
  }

  // One of the names of a described enumeration.
  template <class E>
  std::optional<E> choice(std::string_view name) {
    const auto typed = text(name);
    if (!typed) return std::nullopt;
    E value{};
    if (boost::describe::enum_from_string(typed->c_str(), value)) return value;
    refuse(name, "不可用的选项", "not one of the choices");
    return std::nullopt;
  }

  std::optional<std::optional<UtcTime>> time(std::string_view name) {
    const auto* v = object_.if_contains(name);
    if (!v) return std::nullopt;
    if (v->is_null()) return std::optional<UtcTime>();
    if (v->is_int64() && is_time(UtcTime{v->get_int64()})) return std::optional<UtcTime>(UtcTime{v->get_int64()});
    refuse(name, "应为毫秒时间，1900 至 2199 年", "must be a time in milliseconds, of the years 1900 to 2199");
    return std::nullopt;
  }

  void refuse(std::string_view name, std::string zh, std::string en) {
    if (fault_) return;
    fault_ = Error(ErrorCode::kInvalidField, {{"field", std::string(name)}, {"why", zh}});
    fault_->details.push_back({0, std::string(name), std::move(zh), std::move(en)});
  }

  Result<void> result() const { return fault_ ? Result<void>(*fault_) : Result<void>(); }

 private:
  const json::object& object_;
  std::optional<Error> fault_;
};

}  // namespace anlan
