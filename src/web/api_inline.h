// Templates of api.h.
#pragma once

#include "web/workers.h"

namespace anlan {

// f must not keep the reader. When no connection can be had or the store fails, the call is answered with the error
// and f's result is a default value.
template <class F>
auto Call::read(F&& f) -> decltype(f(std::declval<Reader&>())) {
  using T = decltype(f(std::declval<Reader&>()));
  auto taken = api_.readers().take();
  if (!taken) {
    fail(taken.error());
    return T();
  }
  auto connection = std::move(*taken);
  connection->begin_read();
  T value = f(*connection);
  const auto failure = connection->failure();
  connection->rollback();
  api_.readers().give(std::move(connection));
  if (failure) {
    fail(*failure);
    return T();
  }
  return value;
}

}  // namespace anlan
