// CHECK: a broken invariant stops the process, in release too; the journal replays on restart.
#pragma once

#include <string_view>

namespace anlan {
[[noreturn]] void check_failed(const char* file, int line, const char* what, std::string_view detail = {});
}

#define CHECK(condition) \
  ((condition) ? (void)0 : ::anlan::check_failed(__FILE__, __LINE__, #condition))
#define CHECK_MSG(condition, detail) \
  ((condition) ? (void)0 : ::anlan::check_failed(__FILE__, __LINE__, #condition, detail))
