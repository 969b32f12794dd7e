#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Early return on an error, for functions that return absl::Status or absl::StatusOr (Abseil 20220623 has no such
// macros).

#define ONEBYONE_CONCAT_INNER(a, b) a##b
#define ONEBYONE_CONCAT(a, b) ONEBYONE_CONCAT_INNER(a, b)

// Evaluates `expression`, an absl::Status; returns it from the enclosing function unless it is OK.
#define RETURN_IF_ERROR(expression)                    \
  do {                                                 \
    absl::Status onebyone_status = (expression);       \
    if (!onebyone_status.ok()) return onebyone_status; \
  } while (false)

#define ONEBYONE_ASSIGN_OR_RETURN(result, target, expression) \
  auto result = (expression);                                 \
  if (!result.ok()) return result.status();                   \
  target = *std::move(result)

// Evaluates `expression`, an absl::StatusOr<T>; assigns its value to `target` (may declare it) or returns its status.
#define ASSIGN_OR_RETURN(target, expression) \
  ONEBYONE_ASSIGN_OR_RETURN(ONEBYONE_CONCAT(onebyone_result_, __LINE__), target, expression)
