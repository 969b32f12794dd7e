#pragma once

#include <string>

#include "absl/status/status.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// Where to write which report of a run; "": not wanted.
struct ReportFiles {
  std::string json;  // for `onebyone compare` and scripts (result_json.h)
  std::string csv;   // perf_analyzer's columns (perf_csv.h)
  std::string hgrm;  // HdrHistogram's text (hgrm_text.h)
  std::string html;  // one page (load_page.h)
};

// To be asked before a run, not after it. INVALID_ARGUMENT, naming the flag, where two are the same file or the folder
// of one does not exist.
absl::Status CheckReportFiles(const ReportFiles& files);

// Writes those that are wanted, the JSON first; goes on where one fails, and returns all failures in one status.
absl::Status WriteReports(const LoadResult& result, const ReportFiles& files);

}  // namespace onebyone
