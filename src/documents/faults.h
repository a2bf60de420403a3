// How this module words a fault in a file: kInvalidFile, the sentence in {why}, and one detail with line and field.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace anlan {

inline Error file_fault(int line, std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidFile, {{"why", zh}});
  error.details.push_back({line, std::move(field), std::move(zh), std::move(en)});
  return error;
}

}  // namespace anlan
