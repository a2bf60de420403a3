// Errors a user can meet, and the Result that carries them.
//
// An Error names an entry of the one catalogue (error_catalogue.h) and the values for its sentence. Foreseeable
// trouble (bad input, absent record, full disk, peer gone) is a Result; a bug is a CHECK (check.h). Exceptions come
// only from third-party code and stop in the adapter that calls it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"

namespace anlan {

// Stable codes; the text of each is in error_catalogue.cpp. Append only.
enum class ErrorCode {
  kInternal,
  kBadRequest,       // the request itself cannot be read
  kInvalidField,     // {field}, {why}
  kInvalidFile,      // {why}; details list line by line
  kNotFound,         // {what}
  kNotSignedIn,
  kForbidden,        // {why}
  kConflict,         // {why}: the state does not allow it
  kFourEyes,         // approver must differ from drafter
  kTooLarge,         // {what}, {limit}
  kTooMany,          // try again in {seconds} s
  kDiskFull,
  kStoreUnavailable, // {why}
  kCorrupt,          // {what}, {why}
  kUnavailable,      // {what}: a peer or channel does not answer
  kWrongPassword,
  kKeyReused,        // idempotency key used for another request
};

struct ErrorParam {
  std::string name;
  std::string value;
};

// One fault at one place of an imported file or form.
struct ErrorDetail {
  int line = 0;  // 1-based; 0 when the fault has no line
  std::string field;
  std::string zh;
  std::string en;
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::vector<ErrorParam> params;
  std::vector<ErrorDetail> details;

  Error() = default;
  Error(ErrorCode c, std::vector<ErrorParam> p = {}) : code(c), params(std::move(p)) {}

  std::string_view param(std::string_view name) const;
  // One line for logs and tests: code name and parameters.
  std::string describe() const;
};

// Either a T or an Error.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  Result(ErrorCode code, std::vector<ErrorParam> params = {}) : state_(std::in_place_index<1>, code, std::move(params)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { require(); return std::get<0>(state_); }
  const T& value() const& { require(); return std::get<0>(state_); }
  T&& value() && { require(); return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { CHECK(!ok()); return std::get<1>(state_); }
  Error&& error() && { CHECK(!ok()); return std::get<1>(std::move(state_)); }

 private:
  void require() const { CHECK_MSG(ok(), std::get<1>(state_).describe()); }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  Result(ErrorCode code, std::vector<ErrorParam> params = {}) : error_(Error(code, std::move(params))) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  void value() const { CHECK_MSG(ok(), error_->describe()); }
  const Error& error() const& { CHECK(!ok()); return *error_; }

 private:
  std::optional<Error> error_;
};

// TRY(x, expression): declares x from a Result or returns its error.
#define ANLAN_JOIN_(a, b) a##b
#define ANLAN_JOIN(a, b) ANLAN_JOIN_(a, b)
#define TRY(name, ...)                                             \
  auto ANLAN_JOIN(try_, __LINE__) = (__VA_ARGS__);                 \
  if (!ANLAN_JOIN(try_, __LINE__)) return ANLAN_JOIN(try_, __LINE__).error(); \
  auto name = std::move(ANLAN_JOIN(try_, __LINE__)).value()
// TRY_VOID(expression): returns the error of a Result<void>.
#define TRY_VOID(...)                                              \
  do {                                                             \
    auto try_result = (__VA_ARGS__);                               \
    if (!try_result) return try_result.error();                    \
  } while (0)

}  // namespace anlan
