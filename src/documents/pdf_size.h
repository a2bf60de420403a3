// Refuses a report that would take too long or too many pages to print, before any of it is laid out.
#pragma once

#include "documents/pdf.h"

namespace anlan {

// kTooLarge beyond the bounds named at print_pdf. A table whose rows do not match its columns, a weight that is not
// positive and a mark without a word are bugs of the caller.
Result<void> check_report_size(const PdfReport& report);

}  // namespace anlan
