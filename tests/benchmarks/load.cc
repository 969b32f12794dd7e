// Load on a gRPC server, of one method with one message: closed loop (so many calls in the air) or open loop (so many a
// second, whatever the server does). Latencies are from the moment when a call was due.

#include <algorithm>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "tests/benchmarks/load_calls.h"
#include "tests/benchmarks/program.h"

namespace onebyone::benchmarks {
namespace {

std::string Percentiles(std::vector<double>& ms) {
  std::sort(ms.begin(), ms.end());
  JsonObject json;
  json.Integer("count", static_cast<int64_t>(ms.size()));
  if (ms.empty()) return json.ToString();
  const auto at = [&](double share) { return ms[static_cast<size_t>(share * static_cast<double>(ms.size() - 1))]; };
  json.Number("p50", at(0.5)).Number("p90", at(0.9)).Number("p99", at(0.99)).Number("max", ms.back());
  return json.ToString();
}

absl::Status Run(const LoadFlags& flags) {
  ASSIGN_OR_RETURN(const std::string request, ReadFile(flags.request));
  if (flags.vary_at > static_cast<int64_t>(request.size()) - 8) {
    return absl::InvalidArgumentError(
        absl::StrCat("--vary-at: wanted eight bytes of the message's ", request.size(), ", got ", flags.vary_at));
  }
  LoadOutcome outcome = LoadCalls(flags, request).Run();
  JsonObject codes;
  for (const auto& [code, count] : outcome.codes) codes.Integer(code, count);
  JsonObject json;
  json.Integer("due", outcome.due).Json("codes", codes.ToString());
  json.Number("ok_per_second", static_cast<double>(outcome.ok_ms.size()) / outcome.seconds);
  json.Json("ok_ms", Percentiles(outcome.ok_ms)).Json("refused_ms", Percentiles(outcome.refused_ms));
  json.Integer("answer_bytes", outcome.answer_bytes).String("first_error", outcome.first_error);
  std::cout << json.ToString() << "\n";
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  LoadFlags flags;
  CLI::App app("Load on a gRPC server; prints what became of it as JSON", "load_benchmark");
  app.add_option("--target", flags.target, "HOST:PORT or another gRPC target")->required()->type_name("TARGET");
  app.add_option("--method", flags.method, "Default: ExtractFeatures")->type_name("/PACKAGE.SERVICE/METHOD");
  app.add_option("--request", flags.request, "The serialized message")->required()->check(CLI::ExistingFile);
  app.add_option("--vary-at", flags.vary_at,
                 "Eight bytes of the message from here on are another number in each call. Default: all are equal")
      ->check(CLI::NonNegativeNumber)
      ->type_name("OFFSET");
  app.add_option("--rate", flags.rate, "Calls a second, Poisson (open loop). Default: closed loop")->type_name("R");
  app.add_option("--concurrency", flags.concurrency, "Calls in the air in closed loop. Default: 4")
      ->check(CLI::Range(1, 10'000))
      ->type_name("N");
  app.add_option("--seconds", flags.seconds, "Measured time. Default: 5")->check(CLI::Range(0.1, 600.0));
  app.add_option("--warmup", flags.warmup, "Seconds before it. Default: 1")->check(CLI::Range(0.0, 60.0));
  app.add_option("--connections", flags.connections, "Default: 1")->check(CLI::Range(1, 1000));
  app.add_option("--deadline-ms", flags.deadline_ms, "Of each call. Default: none");
  app.add_option("--deadline-within-ms", flags.deadline_within_ms, "Of each call, random up to this");
  app.add_option("--cancel-within-ms", flags.cancel_within_ms, "Each call is cancelled at a random time up to this");
  app.add_option("--service-config", flags.service_config, "gRPC service config as JSON; turns retries on");
  return RunProgram(app, argc, argv, [&] { return Run(flags); });
}

}  // namespace
}  // namespace onebyone::benchmarks

int main(int argc, char** argv) { return onebyone::benchmarks::Main(argc, argv); }
