#include "client/load/report/run_differences.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/load/report/plan_text.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

constexpr double kSameRate = 0.01;

std::string LoopName(LoopKind loop) { return loop == LoopKind::kOpen ? "open" : "closed"; }

std::string StepsName(const LoadResult& run) {
  if (run.steps.empty()) return "one run";
  return run.step_kind == StepKind::kRate ? "search or sweep over rates" : "sweep over concurrency";
}

class Differences {
 public:
  explicit Differences(std::vector<std::string>& into) : into_(into) {}

  void Add(absl::string_view name, const std::string& a, const std::string& b) {
    if (a == b) return;
    into_.push_back(absl::StrCat(name, ": ", a.empty() ? "none" : a, " against ", b.empty() ? "none" : b));
  }

 private:
  std::vector<std::string>& into_;
};

bool NearlySame(double a, double b) { return std::abs(a - b) <= kSameRate * std::max(std::abs(a), std::abs(b)); }

void CompareWork(const LoadResult& a, const LoadResult& b, Differences& differences) {
  const LoadPlan& before = a.plan;
  const LoadPlan& after = b.plan;
  differences.Add("kind of target", before.target_kind, after.target_kind);
  differences.Add("model", before.model, after.model);
  differences.Add("work", WorkText(before), WorkText(after));
  differences.Add("pictures",
                  absl::StrCat(before.picture_count, ", ", BytesText(static_cast<double>(before.picture_bytes))),
                  absl::StrCat(after.picture_count, ", ", BytesText(static_cast<double>(after.picture_bytes))));
}

void CompareLoad(const LoadResult& a, const LoadResult& b, Differences& differences) {
  const LoadPlan& before = a.plan;
  const LoadPlan& after = b.plan;
  if (before.schedule != after.schedule && a.steps.empty()) {
    differences.Add("schedule", before.schedule, after.schedule);
  } else if (!NearlySame(before.rate_per_s, after.rate_per_s) && a.steps.empty()) {
    differences.Add("rate", RateText(before.rate_per_s), RateText(after.rate_per_s));
  }
  differences.Add("requests in the air", CountText(before.concurrency), CountText(after.concurrency));
  differences.Add("think time", absl::StrCat(MsText(before.think_ms), " ms"),
                  absl::StrCat(MsText(after.think_ms), " ms"));
  differences.Add("cap on requests in the air", CountText(before.max_outstanding), CountText(after.max_outstanding));
  differences.Add("connections", CountText(before.connections), CountText(after.connections));
  differences.Add("deadline", LengthText(before.deadline_ms), LengthText(after.deadline_ms));
  differences.Add("priority", before.priority, after.priority);
  differences.Add("security", before.security, after.security);
  const auto objective = [](const LoadResult& run) { return run.capacity ? run.capacity->objective : ""; };
  differences.Add("objective", objective(a), objective(b));
}

void CompareMachine(const LoadEnvironment& a, const LoadEnvironment& b, Differences& differences) {
  differences.Add("host of the client", a.host, b.host);
  differences.Add("CPU of the client", absl::StrCat(a.cpu, ", ", a.cpus), absl::StrCat(b.cpu, ", ", b.cpus));
}

void AddCautions(absl::string_view name, const LoadResult& run, std::vector<std::string>& cautions) {
  for (const std::string& warning : AllWarnings(run)) cautions.push_back(absl::StrCat(name, ": ", warning));
}

}  // namespace

void FindDifferences(const LoadResult& a, const LoadResult& b, Comparison& comparison) {
  Differences kinds(comparison.refusals);
  kinds.Add("loop", LoopName(a.plan.loop), LoopName(b.plan.loop));
  kinds.Add("kind of run", StepsName(a), StepsName(b));
  Differences differences(comparison.differences);
  CompareWork(a, b, differences);
  if (comparison.refusals.empty()) CompareLoad(a, b, differences);
  CompareMachine(a.environment, b.environment, differences);
  AddCautions("A", a, comparison.cautions);
  AddCautions("B", b, comparison.cautions);
  Differences versions(comparison.versions);
  versions.Add("server", a.environment.server_version, b.environment.server_version);
  versions.Add("server's build", a.environment.server_build, b.environment.server_build);
  versions.Add("model's version", a.environment.model_version, b.environment.model_version);
  versions.Add("client", a.environment.client_version, b.environment.client_version);
  versions.Add("address", absl::StrJoin(a.plan.addresses, " "), absl::StrJoin(b.plan.addresses, " "));
}

}  // namespace onebyone
