// How far a network is from the sum of its fastest kernels, each timed in the running network, and where the rest goes.

#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/runtime/conv_choice.h"
#include "engine/workbench/table.h"
#include "tests/benchmarks/bound_measurement.h"
#include "tests/benchmarks/network.h"
#include "tests/benchmarks/program.h"

namespace onebyone::benchmarks {
namespace {

struct Flags {
  NetworkFlags network;
  BoundRuns runs;
  bool json = false;
};

// Where a whole run's time goes: parts that add up to it.
struct Part {
  std::string name;
  std::string json;
  double ms = 0;
};

std::vector<Part> PartsOf(const Bound& bound) {
  Part convolutions = {"fastest convolutions", "convolutions_ms"};
  Part reorders = {"reorders", "reorders_ms"};
  Part others = {"other steps", "other_steps_ms"};
  for (const StepBound& step : bound.steps) {
    Part& part = step.op == "Reorder" ? reorders : step.multiply_adds > 0 ? convolutions : others;
    part.ms += step.fastest_ms;
  }
  return {
      convolutions,
      reorders,
      others,
      {"slower kernels chosen", "choice_ms", bound.ServedSum() - bound.FastestSum()},
      {"between steps, and least times that never fall together", "between_ms", bound.whole_ms - bound.ServedSum()}};
}

void PrintJson(const Network& network, const Bound& bound) {
  std::vector<std::string> steps;
  for (const StepBound& step : bound.steps) {
    JsonObject json;
    json.String("step", step.name).String("op", step.op).Integer("multiply_adds", step.multiply_adds);
    json.Number("served_ms", step.served_ms)
        .Number("fastest_ms", step.fastest_ms)
        .String("kernel", step.kernel)
        .String("fastest", step.fastest);
    steps.push_back(json.Number("gflops", step.Gflops()).ToString());
  }
  JsonObject json;
  json.String("model", network.model->bundle.name);
  json.String("precision", NameOf(network.model->compiled->precision()));
  json.Number("whole_ms", bound.whole_ms).Number("whole_cpu_ms", bound.whole_cpu_ms);
  json.Number("bound_ms", bound.FastestSum());
  json.Number("ratio", bound.whole_ms / bound.FastestSum());
  for (const Part& part : PartsOf(bound)) json.Number(part.json, part.ms);
  std::cout << json.Json("steps", JsonArray(steps)).ToString() << "\n";
}

void PrintText(const BoundRuns& runs, const Network& network, const Bound& bound) {
  const auto ms = [](double time) { return absl::StrFormat("%.4f", time); };
  const auto share = [&](double time) { return absl::StrFormat("%.1f %%", 100 * time / bound.whole_ms); };
  Table steps({{"step", Table::Align::kLeft},
               {"op", Table::Align::kLeft},
               {"kernel", Table::Align::kLeft},
               {"ms"},
               {"share"},
               {"GFLOP/s"},
               {"fastest ms"},
               {"fastest", Table::Align::kLeft}});
  for (const StepBound& step : bound.steps) {
    steps.AddRow({step.name, step.op, step.kernel, ms(step.served_ms), share(step.served_ms),
                  step.multiply_adds > 0 ? absl::StrFormat("%.0f", step.Gflops()) : "", ms(step.fastest_ms),
                  step.fastest});
  }
  Table parts({{"where the time goes", Table::Align::kLeft}, {"ms"}, {"share"}});
  for (const Part& part : PartsOf(bound)) parts.AddRow({part.name, ms(part.ms), share(part.ms)});
  std::cout << network.Title() << ", up to " << absl::StrJoin(network.layers, ", ") << ", one thread, minima of "
            << runs.rounds << " rounds of " << runs.runs << " runs\n\n"
            << steps.ToString() << "\n"
            << parts.ToString()
            << absl::StrFormat(
                   "\nwhole run %.3f ms (%.3f ms of CPU), sum of the fastest kernels in place %.3f ms, ratio %.3f\n",
                   bound.whole_ms, bound.whole_cpu_ms, bound.FastestSum(), bound.whole_ms / bound.FastestSum());
}

absl::Status Run(const Flags& flags) {
  ASSIGN_OR_RETURN(const Network network, LoadNetwork(flags.network));
  std::vector<Network> variants;
  std::vector<ConvVariant> tried(kConvVariants.begin(), kConvVariants.end());
  tried.push_back(kMergedVariant);
  for (const ConvVariant& variant : tried) {
    ASSIGN_OR_RETURN(Network every, LoadNetwork(flags.network, {.every_conv = variant}));
    variants.push_back(std::move(every));
  }
  ASSIGN_OR_RETURN(const Bound bound, MeasureBound(network, variants, flags.runs));
  if (flags.json) PrintJson(network, bound);
  if (!flags.json) PrintText(flags.runs, network, bound);
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app("A network's time beside the sum of its fastest kernels, timed in place, step by step",
               "bound_benchmark");
  AddNetworkFlags(app, flags.network);
  app.add_option("--rounds", flags.runs.rounds, "Default: 10")->check(CLI::Range(1, 10'000))->type_name("N");
  app.add_option("--runs", flags.runs.runs, "Of each plan in each round. Default: 10")
      ->check(CLI::Range(1, 10'000))
      ->type_name("N");
  app.add_flag("--json", flags.json, "Print JSON");
  return RunProgram(app, argc, argv, [&] { return Run(flags); });
}

}  // namespace
}  // namespace onebyone::benchmarks

int main(int argc, char** argv) { return onebyone::benchmarks::Main(argc, argv); }
