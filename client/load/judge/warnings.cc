#include "client/load/judge/warnings.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

constexpr double kMostLate = 0.01;       // of the calls
constexpr double kMostClientCpu = 0.75;  // of all CPUs that it may use

double Share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace

std::vector<std::string> WarningsOf(const LoadResult& result) {
  std::vector<std::string> warnings;
  const double late = Share(result.late, result.sent);
  if (late > kMostLate) {
    warnings.push_back(absl::StrFormat(
        "the client was the bottleneck, or the machine that it shares with others: %s of the requests were "
        "sent more than %g ms after their moment, the worst %s ms; latencies from intention contain "
        "that, those from sending do not",
        ShareText(late), result.late_after_ms, MsText(result.worst_late_ms)));
  }
  if (result.client_cpu_share > kMostClientCpu) {
    warnings.push_back(
        absl::StrFormat("the client was the bottleneck: it used %s of the CPUs that it may use; lower the rate, or "
                        "measure from more machines",
                        ShareText(result.client_cpu_share)));
  }
  if (result.never_sent > 0) {
    warnings.push_back(absl::StrFormat(
        "%s requests (%s) were due but never sent, because --max-outstanding were in the air; they have no latency, so "
        "percentiles look better than the service was",
        CountText(result.never_sent), ShareText(Share(result.never_sent, result.due))));
  }
  if (result.warm_up.windows > 0 && !result.warm_up.stable) {
    warnings.push_back(absl::StrCat("the warm-up did not come to rest: ", result.warm_up.broken_by));
  }
  if (result.ended != "complete") warnings.push_back(absl::StrCat("the run ended early: ", result.ended));
  return warnings;
}

}  // namespace onebyone
