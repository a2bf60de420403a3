// One record type from its declaration.
#pragma once

#include "registry/declaration.h"
#include "registry/pack.h"

namespace anlan {

// Besides the form of each field: ids and Chinese labels are unique and differ from those of the columns that every
// record has (record_columns.h), choices stand where and only where the field is a choice, min <= max.
RecordType read_record_type(MapReader& item);

}  // namespace anlan
