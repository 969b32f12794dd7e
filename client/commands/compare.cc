#include "client/commands/compare.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/load/report/comparison.h"
#include "client/load/report/comparison_table.h"
#include "client/load/report/load_page.h"
#include "client/load/report/result_json.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int64_t kMostBytes = int64_t{256} << 20;

absl::StatusOr<LoadResult> ReadResult(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMostBytes));
  absl::StatusOr<LoadResult> result = ParseResultJson(text);
  if (result.ok()) return result;
  return absl::Status(result.status().code(), absl::StrCat(path, ": ", result.status().message()));
}

absl::Status Compare(const CompareRunsOptions& options, Terminal& terminal) {
  ASSIGN_OR_RETURN(const LoadResult before, ReadResult(options.before));
  ASSIGN_OR_RETURN(const LoadResult after, ReadResult(options.after));
  const Comparison comparison = CompareRuns(before, after, {.tolerance = options.tolerance});
  if (!comparison.refusals.empty() && !options.anyway) {
    std::string why =
        "the runs differ in kind, their figures do not mean the same (--anyway compares them nevertheless)";
    for (const std::string& refusal : comparison.refusals) absl::StrAppend(&why, "; ", refusal);
    return absl::FailedPreconditionError(why);
  }
  terminal.out << ComparisonTable(comparison, options.before, options.after) << std::flush;
  if (!options.html.empty()) {
    RETURN_IF_ERROR(WriteFile(options.html, ComparePage(before, after, comparison, options.before, options.after)));
  }
  if (options.fail_if_worse && comparison.verdict == Verdict::kWorse) {
    return absl::AbortedError(absl::StrCat("--fail-if-worse: ", comparison.sentence));
  }
  return absl::OkStatus();
}

}  // namespace

int ShowComparison(const CompareRunsOptions& options, Terminal& terminal) {
  const absl::Status status = Compare(options, terminal);
  if (status.ok()) return kDone;
  terminal.err << "onebyone: " << status.message() << "\n";
  return status.code() == absl::StatusCode::kAborted ? kMissed : kFailed;
}

}  // namespace onebyone
