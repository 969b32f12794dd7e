#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// A LoadResult as a JSON object: "kind": "onebyone load", "schema": kLoadSchema, then the fields under the names and in
// the order of load_result.h. Absent values are null, enumerations are words ("open", "closed"; "rate", "concurrency").
// The schema's number rises when a field goes or changes its meaning.
inline constexpr int kLoadSchema = 1;

// Indented, with a newline at the end.
std::string ResultJson(const LoadResult& result);

// The same in one line, that can stand in a <script> of HTML: no "<" in it.
std::string ResultJsonForHtml(const LoadResult& result);

// What ResultJson wrote. INVALID_ARGUMENT where `text` is not JSON, of another kind or schema, or where a field is
// missing or of the wrong type: it is named ("windows[3].ok: wanted a whole number, got \"x\""). Fields that this
// program does not know are passed over.
absl::StatusOr<LoadResult> ParseResultJson(absl::string_view text);

}  // namespace onebyone
