#include "client/load/report/plan_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

// Those of `parts` that are not empty, with ", " between them.
std::string Joined(const std::vector<std::string>& parts) {
  std::vector<std::string> there;
  for (const std::string& part : parts) {
    if (!part.empty()) there.push_back(part);
  }
  return absl::StrJoin(there, ", ");
}

std::string Named(absl::string_view name, const std::string& value) {
  return value.empty() ? "" : absl::StrCat(name, " ", value);
}

std::string TargetText(const LoadPlan& plan) {
  return Joined({absl::StrJoin(plan.addresses, " "), plan.target_kind, plan.security,
                 plan.connections == 1 ? "" : absl::StrCat(plan.connections, " connections"),
                 plan.deadline_ms > 0 ? absl::StrCat("deadline ", LengthText(plan.deadline_ms)) : "",
                 Named("priority", plan.priority)});
}

std::string PicturesText(const LoadPlan& plan) {
  return Joined({plan.pictures, plan.picture_bytes > 0 ? BytesText(static_cast<double>(plan.picture_bytes)) : ""});
}

std::string WarmUpText(const WarmUp& warm_up) {
  if (warm_up.length_ms <= 0) return "none";
  if (warm_up.windows == 0) return absl::StrCat(LengthText(warm_up.length_ms), ", not judged");
  return absl::StrCat(LengthText(warm_up.length_ms), ", ",
                      warm_up.stable ? absl::StrCat("stable after ", warm_up.windows, " windows")
                                     : absl::StrCat("NOT stable after ", warm_up.windows, " windows"),
                      warm_up.broken_by.empty() ? "" : absl::StrCat("; last broken by ", warm_up.broken_by));
}

}  // namespace

std::string LoopText(const LoadPlan& plan) {
  return Joined({plan.loop == LoopKind::kOpen ? "open loop" : "closed loop", plan.schedule,
                 plan.duration_ms > 0 ? LengthText(plan.duration_ms) : "", absl::StrCat("seed ", plan.seed)});
}

std::string WorkText(const LoadPlan& plan) {
  return Joined({absl::StrJoin(plan.layers, " "),
                 plan.channels > 0 ? absl::StrCat(plan.channels, plan.channels == 1 ? " channel" : " channels") : "",
                 plan.type});
}

std::string LateText(const LoadResult& result) {
  if (result.late == 0) return "none late";
  return absl::StrFormat("%s late by more than %g ms, worst %s ms", CountText(result.late), result.late_after_ms,
                         MsText(result.worst_late_ms));
}

std::string CapacityText(const FoundCapacity& capacity) {
  std::string text = absl::StrCat("no rate kept ", capacity.objective);
  if (capacity.per_s) {
    text = absl::StrCat(RateText(*capacity.per_s),
                        capacity.concurrency > 0 ? absl::StrFormat(" with %g in the air", capacity.concurrency) : "",
                        capacity.objective.empty() ? "" : absl::StrCat(" keeps ", capacity.objective));
  }
  if (capacity.broken_per_s) {
    absl::StrAppend(&text, "; ", RateText(*capacity.broken_per_s), capacity.per_s ? " does not" : " did not either");
  }
  return capacity.note.empty() ? text : absl::StrCat(text, " (", capacity.note, ")");
}

std::vector<std::pair<std::string, std::string>> PlanRows(const LoadResult& result) {
  const LoadPlan& plan = result.plan;
  const LoadEnvironment& environment = result.environment;
  const std::string server = Joined({environment.server_version, environment.server_build});
  const std::string model = Joined({plan.model, Named("version", environment.model_version)});
  return {{"target", TargetText(plan)},
          {"server", server.empty() ? "does not tell its version" : server},
          {"model", model.empty() ? "the server's default" : model},
          {"work", Joined({WorkText(plan), PicturesText(plan)})},
          {"machine",
           Joined({environment.host, environment.cpu, absl::StrCat(environment.cpus, " CPUs"), environment.system})},
          {"by", Joined({environment.client_version, environment.client_build})},
          {"measured", absl::StrCat(LengthText(result.measured_ms), " from ", TimeText(result.start_unix_ms))},
          {"warm-up", WarmUpText(result.warm_up)}};
}

}  // namespace onebyone
