#pragma once

#include "client/load/report/load_result.h"

namespace onebyone {

// The names and the order of all that a LoadResult holds, once for writing and reading: visitor(name, field) is called
// for each field of a struct. A struct inside is a field like any other.

template <typename Visitor>
void VisitFields(Visitor& visit, LoadPlan& plan) {
  visit("command_line", plan.command_line);
  visit("target_kind", plan.target_kind);
  visit("addresses", plan.addresses);
  visit("security", plan.security);
  visit("model", plan.model);
  visit("layers", plan.layers);
  visit("channels", plan.channels);
  visit("type", plan.type);
  visit("loop", plan.loop);
  visit("schedule", plan.schedule);
  visit("rate_per_s", plan.rate_per_s);
  visit("concurrency", plan.concurrency);
  visit("think_ms", plan.think_ms);
  visit("max_outstanding", plan.max_outstanding);
  visit("connections", plan.connections);
  visit("deadline_ms", plan.deadline_ms);
  visit("priority", plan.priority);
  visit("seed", plan.seed);
  visit("duration_ms", plan.duration_ms);
  visit("pictures", plan.pictures);
  visit("picture_count", plan.picture_count);
  visit("picture_bytes", plan.picture_bytes);
}

template <typename Visitor>
void VisitFields(Visitor& visit, LoadEnvironment& environment) {
  visit("client_version", environment.client_version);
  visit("client_build", environment.client_build);
  visit("host", environment.host);
  visit("cpu", environment.cpu);
  visit("cpus", environment.cpus);
  visit("system", environment.system);
  visit("server_version", environment.server_version);
  visit("server_build", environment.server_build);
  visit("model_version", environment.model_version);
}

template <typename Visitor>
void VisitFields(Visitor& visit, WarmUp& warm_up) {
  visit("length_ms", warm_up.length_ms);
  visit("windows", warm_up.windows);
  visit("stable", warm_up.stable);
  visit("broken_by", warm_up.broken_by);
}

template <typename Visitor>
void VisitFields(Visitor& visit, Interval& interval) {
  visit("low", interval.low);
  visit("high", interval.high);
}

template <typename Visitor>
void VisitFields(Visitor& visit, Percentile& percentile) {
  visit("percentile", percentile.percentile);
  visit("value_ms", percentile.value_ms);
  visit("needed_samples", percentile.needed_samples);
  visit("interval", percentile.interval);
}

template <typename Visitor>
void VisitFields(Visitor& visit, CurvePoint& point) {
  visit("percentile", point.percentile);
  visit("value_ms", point.value_ms);
  visit("count", point.count);
}

template <typename Visitor>
void VisitFields(Visitor& visit, LatencySummary& summary) {
  visit("count", summary.count);
  visit("min_ms", summary.min_ms);
  visit("mean_ms", summary.mean_ms);
  visit("max_ms", summary.max_ms);
  visit("stddev_ms", summary.stddev_ms);
  visit("percentiles", summary.percentiles);
  visit("curve", summary.curve);
}

template <typename Visitor>
void VisitFields(Visitor& visit, CodeCount& code) {
  visit("code", code.code);
  visit("count", code.count);
  visit("example", code.example);
}

template <typename Visitor>
void VisitFields(Visitor& visit, LoadWindow& window) {
  visit("start_ms", window.start_ms);
  visit("length_ms", window.length_ms);
  visit("ok", window.ok);
  visit("errors", window.errors);
  visit("offered_per_s", window.offered_per_s);
  visit("achieved_per_s", window.achieved_per_s);
  visit("p50_ms", window.p50_ms);
  visit("p90_ms", window.p90_ms);
  visit("p99_ms", window.p99_ms);
  visit("max_ms", window.max_ms);
}

template <typename Visitor>
void VisitFields(Visitor& visit, StageTime& stage) {
  visit("name", stage.name);
  visit("mean_ms", stage.mean_ms);
  visit("p50_ms", stage.p50_ms);
  visit("p99_ms", stage.p99_ms);
}

template <typename Visitor>
void VisitFields(Visitor& visit, LoadStep& step) {
  visit("asked", step.asked);
  visit("achieved_per_s", step.achieved_per_s);
  visit("mean_ms", step.mean_ms);
  visit("p50_ms", step.p50_ms);
  visit("p90_ms", step.p90_ms);
  visit("p95_ms", step.p95_ms);
  visit("p99_ms", step.p99_ms);
  visit("error_share", step.error_share);
  visit("server_stages", step.server_stages);
  visit("kept", step.kept);
  visit("why", step.why);
}

template <typename Visitor>
void VisitFields(Visitor& visit, FoundCapacity& capacity) {
  visit("objective", capacity.objective);
  visit("per_s", capacity.per_s);
  visit("broken_per_s", capacity.broken_per_s);
  visit("concurrency", capacity.concurrency);
  visit("note", capacity.note);
}

template <typename Visitor>
void VisitFields(Visitor& visit, ChangedAnswer& answer) {
  visit("request", answer.request);
  visit("picture", answer.picture);
  visit("recorded", answer.recorded);
  visit("got", answer.got);
}

template <typename Visitor>
void VisitFields(Visitor& visit, ReplayOutcome& replay) {
  visit("record", replay.record);
  visit("compared", replay.compared);
  visit("changed", replay.changed);
  visit("examples", replay.examples);
}

template <typename Visitor>
void VisitFields(Visitor& visit, LoadCheck& check) {
  visit("condition", check.condition);
  visit("got", check.got);
  visit("failed", check.failed);
}

template <typename Visitor>
void VisitFields(Visitor& visit, LoadResult& result) {
  visit("plan", result.plan);
  visit("environment", result.environment);
  visit("start_unix_ms", result.start_unix_ms);
  visit("measured_ms", result.measured_ms);
  visit("ended", result.ended);
  visit("warm_up", result.warm_up);
  visit("due", result.due);
  visit("sent", result.sent);
  visit("never_sent", result.never_sent);
  visit("late", result.late);
  visit("late_after_ms", result.late_after_ms);
  visit("worst_late_ms", result.worst_late_ms);
  visit("offered_per_s", result.offered_per_s);
  visit("achieved_per_s", result.achieved_per_s);
  visit("good_per_s", result.good_per_s);
  visit("codes", result.codes);
  visit("bytes_out", result.bytes_out);
  visit("bytes_in", result.bytes_in);
  visit("from_intention", result.from_intention);
  visit("from_sending", result.from_sending);
  visit("windows", result.windows);
  visit("server_stages", result.server_stages);
  visit("client_stages", result.client_stages);
  visit("client_cpu_share", result.client_cpu_share);
  visit("warnings", result.warnings);
  visit("step_kind", result.step_kind);
  visit("steps", result.steps);
  visit("capacity", result.capacity);
  visit("replay", result.replay);
  visit("checks", result.checks);
}

}  // namespace onebyone
