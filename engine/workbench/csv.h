#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

struct CsvRecord {
  int64_t line = 1;  // on which it begins, from 1 on
  std::vector<std::string> fields;
};

// The records of a CSV file as RFC 4180 describes it: fields between commas; a field in double quotes may hold commas,
// line ends and, doubled, quotes. Lines end with CRLF, LF or CR; empty ones are no records, and the last needs no end.
// A byte order mark at the beginning is passed over. INVALID_ARGUMENT, naming the line, for a quote inside a field that
// does not begin with one, for text behind a closing quote, and for a quote that is never closed.
absl::StatusOr<std::vector<CsvRecord>> ParseCsv(absl::string_view text);

}  // namespace onebyone
