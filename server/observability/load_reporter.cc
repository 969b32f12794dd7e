#include "server/observability/load_reporter.h"

#include <algorithm>
#include <utility>

#include "xds/data/orca/v3/orca_load_report.pb.h"

namespace onebyone {
namespace {

// What a balancer should hold against the server; wrong requests and clients that go away are not.
bool IsServersFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss: return true;
    default: return false;
  }
}

}  // namespace

LoadReporter::LoadReporter(Scheduler& scheduler, Clock clock) : scheduler_(scheduler), clock_(std::move(clock)) {
  const absl::MutexLock lock(&mutex_);
  before_.start = current_.start = clock_();
}

std::string LoadReporter::Report(absl::StatusCode code) {
  const absl::Time now = clock_();
  const absl::MutexLock lock(&mutex_);
  if (now - current_.start >= kWindow) {
    before_ = current_;
    current_ = {.start = now};
  }
  ++current_.calls;
  if (IsServersFault(code)) ++current_.errors;
  if (now - made_ >= kFreshness) {
    report_ = Make(now);
    made_ = now;
  }
  return report_;
}

std::string LoadReporter::Make(absl::Time now) {
  const Admission& admission = scheduler_.admission();
  const auto waiting = static_cast<double>(admission.waiting_images());
  const int lanes = std::max(scheduler_.lanes(), 1);
  // Of half a second at least, so that the first calls make no huge rate.
  const double seconds = absl::ToDoubleSeconds(std::max(now - before_.start, absl::Milliseconds(500)));
  xds::data::orca::v3::OrcaLoadReport report;
  report.set_application_utilization((scheduler_.busy_lanes() + waiting) / lanes);
  (*report.mutable_utilization())["queue"] =
      std::min(waiting / static_cast<double>(admission.limits().waiting_images), 1.0);
  (*report.mutable_named_metrics())["queue_length"] = waiting;
  report.set_rps_fractional(static_cast<double>(before_.calls + current_.calls) / seconds);
  report.set_eps(static_cast<double>(before_.errors + current_.errors) / seconds);
  return report.SerializeAsString();
}

}  // namespace onebyone
