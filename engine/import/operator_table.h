#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "engine/import/operator_parsers.h"

namespace onebyone {

// The operator sets of the default domain that the importer knows. Its contract begins at 6; an older one will do for
// operators that have not changed since.
inline constexpr int64_t kOldestOpset = 1;
inline constexpr int64_t kNewestOpset = 17;

struct OperatorRow {
  absl::string_view name;    // as in the file
  int64_t oldest_opset = 0;  // from which on the parser knows its forms
  OperatorParser parse = nullptr;
};

// Null for an operator that onebyone lacks.
const OperatorRow* FindOperator(absl::string_view name);

}  // namespace onebyone
