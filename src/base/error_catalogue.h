// The one list of errors: stable name, HTTP status, and the sentences a duty officer reads.
#pragma once

#include <string>

#include "base/error.h"

namespace anlan {

enum class Language { kZh, kEn };

struct ErrorEntry {
  ErrorCode code;
  const char* name;  // stable, in the API
  int http_status;
  const char* zh;    // what happened; {param} is replaced
  const char* en;
  const char* next_zh;  // what is safe and what to do
  const char* next_en;
};

const ErrorEntry& catalogue_entry(ErrorCode code);
std::string sentence(const Error& error, Language language);
std::string next_step(const Error& error, Language language);

}  // namespace anlan
