// One column of an index: numbers that are its own, or lie in a mapped file that outlives it.
#pragma once

#include <span>
#include <utility>
#include <vector>

namespace anlan::roads {

template <class T>
class Column {
 public:
  Column() = default;
  Column(std::vector<T> own) : own_(std::move(own)), view_(own_) {}
  explicit Column(std::span<const T> borrowed) : view_(borrowed) {}
  Column(Column&& other) noexcept : own_(std::move(other.own_)), view_(std::exchange(other.view_, {})) {}
  Column& operator=(Column&& other) noexcept {
    own_ = std::move(other.own_);
    view_ = std::exchange(other.view_, {});
    return *this;
  }

  const T& operator[](size_t i) const { return view_[i]; }
  size_t size() const { return view_.size(); }
  const T* data() const { return view_.data(); }
  auto begin() const { return view_.begin(); }
  auto end() const { return view_.end(); }
  std::span<const T> all() const { return view_; }

 private:
  std::vector<T> own_;
  std::span<const T> view_;
};

}  // namespace anlan::roads
