// What pictures of many sizes cost a network that has seen none of them: the compilation of a plan for each, and the
// memory that the plans hold.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/runtime/executor.h"
#include "engine/base/json.h"
#include "engine/workbench/latency.h"
#include "tests/benchmarks/network.h"
#include "tests/benchmarks/program.h"

namespace onebyone::benchmarks {
namespace {

struct Flags {
  NetworkFlags network;
  int sizes = 300;
  int64_t least = 224;
  int64_t most = 640;
  int max_plans = CompileOptions().max_native_plans;
  bool json = false;
};

struct Outcome {
  std::vector<double> compile_ms;
  double estimate_ratio = 0;  // the largest and the smallest of what was told before to what the arena is
  double least_estimate_ratio = 0;
  int64_t largest_arena = 0;
  int64_t resident_third = 0;  // bytes, after a third of the sizes
  int64_t resident_end = 0;
  int plans = 0;
};

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// Sizes from the least to the most, the largest first so that no arena grows later; all of them differ.
std::vector<std::pair<int64_t, int64_t>> Sizes(const Flags& flags, const NativeSizes& native) {
  std::vector<std::pair<int64_t, int64_t>> sizes;
  for (int64_t height = native.RoundedHeight(flags.most); height >= flags.least; height -= native.stride_height()) {
    for (int64_t width = native.RoundedWidth(flags.most); width >= flags.least; width -= native.stride_width()) {
      sizes.emplace_back(height, width);
    }
  }
  sizes.resize(std::min(sizes.size(), static_cast<size_t>(flags.sizes)));
  return sizes;
}

absl::Status TakeSize(const Network& network, PlanQuery query, Executor& executor, Outcome& outcome) {
  int64_t estimate = 0;
  const NativeMaps maps = network.model->compiled->native_sizes().At(query.height, query.width);
  for (const LayerQuery& layer : query.layers) {
    if (const auto found = maps.find(layer.layer); found != maps.end()) {
      estimate = std::max(estimate, found->second.activation_bytes);
    }
  }
  const auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, network.model->compiled->PlanFor(query));
  outcome.compile_ms.push_back(
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  RETURN_IF_ERROR(executor.Use(plan));
  const double ratio = static_cast<double>(estimate) / static_cast<double>(plan->arena_bytes);
  outcome.estimate_ratio = std::max(outcome.estimate_ratio, ratio);
  outcome.least_estimate_ratio =
      outcome.least_estimate_ratio == 0 ? ratio : std::min(outcome.least_estimate_ratio, ratio);
  outcome.largest_arena = std::max(outcome.largest_arena, plan->arena_bytes);
  return executor.Run(nullptr);
}

absl::StatusOr<Outcome> Measure(const Network& network, const Flags& flags) {
  PlanQuery query = {.native = true};
  for (const std::string& layer : network.layers) query.layers.push_back({.layer = layer});
  const auto sizes = Sizes(flags, network.model->compiled->native_sizes());
  if (sizes.size() < 3) return absl::InvalidArgumentError("--least, --most: want room for three sizes");
  const std::unique_ptr<Executor> executor = Executor::Create({});
  Outcome outcome;
  for (size_t i = 0; i < sizes.size(); ++i) {
    query.height = sizes[i].first;
    query.width = sizes[i].second;
    RETURN_IF_ERROR(TakeSize(network, query, *executor, outcome));
    if (i == sizes.size() / 3) outcome.resident_third = ResidentBytes();
  }
  outcome.resident_end = ResidentBytes();
  outcome.plans = network.model->compiled->native_plans();
  return outcome;
}

void Print(const Flags& flags, const Network& network, const Outcome& outcome) {
  const double first = outcome.compile_ms.front();
  const Latency others = Summarize({outcome.compile_ms.begin() + 1, outcome.compile_ms.end()});
  if (flags.json) {
    JsonObject json;
    json.String("model", network.model->bundle.name);
    json.String("precision", NameOf(network.model->compiled->precision()));
    json.Integer("sizes", static_cast<int64_t>(outcome.compile_ms.size())).Integer("plans", outcome.plans);
    json.Number("first_compile_ms", first).Number("min_ms", others.min_ms);
    json.Number("p50_ms", others.p50_ms).Number("p95_ms", others.p95_ms);
    json.Integer("resident_bytes_third", outcome.resident_third).Integer("resident_bytes", outcome.resident_end);
    json.Integer("arena_bytes", outcome.largest_arena).Number("most_estimate_ratio", outcome.estimate_ratio);
    json.Number("least_estimate_ratio", outcome.least_estimate_ratio);
    std::cout << json.ToString() << "\n";
    return;
  }
  std::cout << network.Title() << ", " << outcome.compile_ms.size() << " sizes, " << outcome.plans << " plans kept\n"
            << absl::StrFormat("first plan %.1f ms (packs the weights), others: min %.1f, p50 %.1f, p95 %.1f ms\n",
                               first, others.min_ms, others.p50_ms, others.p95_ms)
            << absl::StrFormat("resident: %.1f MB after a third of the sizes, %.1f MB after all\n",
                               1e-6 * static_cast<double>(outcome.resident_third),
                               1e-6 * static_cast<double>(outcome.resident_end))
            << absl::StrFormat("working memory at the largest: %.1f MB; told before: %.2f to %.2f times what it is\n",
                               1e-6 * static_cast<double>(outcome.largest_arena), outcome.least_estimate_ratio,
                               outcome.estimate_ratio);
}

absl::Status Run(const Flags& flags) {
  CompileOptions options;
  options.convolution = CompileOptions::Convolution::kExact;
  options.max_native_plans = flags.max_plans;
  ASSIGN_OR_RETURN(const Network network, LoadNetwork(flags.network, options));
  ASSIGN_OR_RETURN(const Outcome outcome, Measure(network, flags));
  Print(flags, network, outcome);
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app("What plans of many native sizes cost: milliseconds to compile, memory", "native_sizes_benchmark");
  AddNetworkFlags(app, flags.network);
  app.add_option("--sizes", flags.sizes, "The most sizes. Default: 300")->check(CLI::Range(3, 100000))->type_name("N");
  app.add_option("--least", flags.least, "The least side, in pixels. Default: 224")
      ->check(CLI::Range(1, 16384))
      ->type_name("N");
  app.add_option("--most", flags.most, "The largest side. Default: 640")->check(CLI::Range(1, 16384))->type_name("N");
  app.add_option("--max-native-plans", flags.max_plans, "Plans kept. Default: the server's")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  app.add_flag("--json", flags.json, "Print JSON");
  return RunProgram(app, argc, argv, [&] { return Run(flags); });
}

}  // namespace
}  // namespace onebyone::benchmarks

int main(int argc, char** argv) { return onebyone::benchmarks::Main(argc, argv); }
