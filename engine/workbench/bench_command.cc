#include "engine/workbench/bench_command.h"

#include <cstring>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/model_loader.h"
#include "engine/runtime/executor.h"
#include "engine/workbench/encoding_cost.h"
#include "engine/workbench/latency.h"
#include "engine/workbench/layer_choice.h"
#include "engine/workbench/table.h"

namespace onebyone {
namespace {

// A plan on an executor, with its input.
struct Bench {
  std::string model;
  std::vector<std::string> names;  // of the layers
  std::shared_ptr<const Plan> plan;
  double compile_ms = 0;  // with whatever had to be timed
  std::unique_ptr<Executor> executor;
  Tensor input;
  Precision precision = Precision::kFloat32;
};

// What it costs to send one of the plan's maps.
struct MapEncodings {
  std::string map;
  std::vector<EncodingCost> costs;
};

// Of the maps that the last run computed.
std::vector<MapEncodings> MeasureAnswers(Bench& bench, int runs) {
  std::vector<MapEncodings> encodings;
  for (size_t i = 0; i < bench.plan->outputs.size(); ++i) {
    const ConstTensorView map = bench.executor->Output(static_cast<int>(i));
    const absl::Span<const float> elements(map.As<float>(), static_cast<size_t>(map.shape.Elements()));
    encodings.push_back({bench.names[i], MeasureEncodings(elements, map.shape[1], runs)});
  }
  return encodings;
}

struct StepTime {
  std::string name;
  std::string op;
  double p50_ms = 0;
};

absl::StatusOr<Bench> Prepare(const BenchOptions& options) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model,
                   LoadModel(options.bundle, options.precision,
                             {.convolution = options.convolution, .kernel_cache = options.kernel_cache}));
  ASSIGN_OR_RETURN(const std::vector<ChosenLayer> layers, ChooseLayers(*model, options.layers, options.reduce));
  const PreprocessOptions& size = model->bundle.preprocess;
  PlanQuery query;
  for (const ChosenLayer& layer : layers) query.layers.push_back(layer.query);
  query.native = options.native_size.has_value();
  query.height = query.native ? options.native_size->height : size.height;
  query.width = query.native ? options.native_size->width : size.width;
  query.threads = options.threads;
  Bench bench;
  bench.precision = model->compiled->precision();
  bench.model = model->bundle.name;
  for (const ChosenLayer& layer : layers) bench.names.push_back(layer.name);
  const absl::Time start = absl::Now();
  ASSIGN_OR_RETURN(bench.plan, model->compiled->PlanFor(query));
  bench.compile_ms = absl::ToDoubleMilliseconds(absl::Now() - start);
  bench.executor = Executor::Create({.threads = options.threads});
  RETURN_IF_ERROR(bench.executor->Use(bench.plan));
  ASSIGN_OR_RETURN(bench.input, SeededTensor(bench.plan->inputs.front().shape, /*seed=*/1));
  for (int i = 0; i < options.warm_up; ++i) RETURN_IF_ERROR(TimeRun(*bench.executor, bench.input).status());
  return bench;
}

absl::StatusOr<std::vector<StepTime>> Profile(Bench& bench, int runs) {
  std::vector<std::vector<double>> times(bench.plan->steps.size());
  std::vector<absl::Duration> durations;
  for (int run = 0; run < runs; ++run) {
    std::memcpy(bench.executor->Input().data, bench.input.data(), bench.input.bytes());
    RETURN_IF_ERROR(bench.executor->RunProfiled(durations));
    for (size_t i = 0; i < times.size(); ++i) times[i].push_back(absl::ToDoubleMilliseconds(durations[i]));
  }
  std::vector<StepTime> steps;
  for (size_t i = 0; i < times.size(); ++i) {
    steps.push_back({bench.plan->steps[i].name, bench.plan->steps[i].op, Summarize(times[i]).p50_ms});
  }
  return steps;
}

struct Result {
  Latency latency;
  std::vector<MapEncodings> encodings;
  std::vector<StepTime> steps;
};

double Gflops(const Bench& bench, const Latency& latency) {
  return 2e-6 * static_cast<double>(bench.plan->multiply_adds) / latency.min_ms;
}

void PrintJson(const Bench& bench, const BenchOptions& options, const Result& result, std::ostream& out) {
  JsonObject json;
  json.String("model", bench.model)
      .String("layer", absl::StrJoin(bench.names, ", "))
      .String("precision", NameOf(bench.precision));
  json.Integer("channels", options.reduce.channels)
      .String("reduction_name", options.reduce.reduction_name)
      .Integer("threads", options.threads)
      .Integer("runs", options.runs);
  json.Number("min_ms", result.latency.min_ms).Number("p50_ms", result.latency.p50_ms);
  json.Number("p95_ms", result.latency.p95_ms);
  json.Integer("multiply_adds", bench.plan->multiply_adds).Number("gflops", Gflops(bench, result.latency));
  json.Integer("steps", static_cast<int64_t>(bench.plan->steps.size()));
  json.Integer("arena_bytes", bench.plan->arena_bytes).Number("compile_ms", bench.compile_ms);
  json.Integer("input_height", bench.plan->inputs.front().shape[2]);
  json.Integer("input_width", bench.plan->inputs.front().shape[3]);
  std::vector<std::string> encodings;
  for (const MapEncodings& map : result.encodings) {
    for (const EncodingCost& cost : map.costs) {
      JsonObject encoding;
      encoding.String("map", map.map).String("data_type", cost.data_type).String("layout", cost.layout);
      encodings.push_back(encoding.Integer("bytes", cost.bytes).Number("min_ms", cost.min_ms).ToString());
    }
  }
  json.Json("encodings", JsonArray(encodings));
  std::vector<std::string> profile;
  for (const StepTime& step : result.steps) {
    profile.push_back(
        JsonObject().String("step", step.name).String("op", step.op).Number("p50_ms", step.p50_ms).ToString());
  }
  if (options.profile) json.Json("profile", JsonArray(profile));
  out << json.ToString() << "\n";
}

void PrintText(const Bench& bench, const BenchOptions& options, const Result& result, std::ostream& out) {
  out << bench.model << " up to " << absl::StrJoin(bench.names, ", ") << ", " << NameOf(bench.precision) << ", "
      << options.threads << " thread(s), " << options.runs << " runs\n";
  out << absl::StrFormat("min %.3f ms   p50 %.3f ms   p95 %.3f ms\n", result.latency.min_ms, result.latency.p50_ms,
                         result.latency.p95_ms);
  out << WithThousands(bench.plan->multiply_adds) << " multiply-adds in " << bench.plan->steps.size() << " steps, "
      << absl::StrFormat("%.1f GFLOP/s at the minimum\n", Gflops(bench, result.latency));
  const Shape& input = bench.plan->inputs.front().shape;
  out << absl::StrFormat("input %dx%d, plan compiled in %.1f ms, %s bytes of working memory\n", input[3], input[2],
                         bench.compile_ms, WithThousands(bench.plan->arena_bytes));
  Table encodings(
      {{"map", Table::Align::kLeft}, {"as", Table::Align::kLeft}, {"", Table::Align::kLeft}, {"bytes"}, {"min ms"}});
  for (const MapEncodings& map : result.encodings) {
    for (const EncodingCost& cost : map.costs) {
      encodings.AddRow(
          {map.map, cost.data_type, cost.layout, WithThousands(cost.bytes), absl::StrFormat("%.4f", cost.min_ms)});
    }
  }
  out << "\nto encode an answer:\n" << encodings.ToString();
  if (!options.profile) return;
  double total = 0;
  for (const StepTime& step : result.steps) total += step.p50_ms;
  Table table({{"step", Table::Align::kLeft}, {"op", Table::Align::kLeft}, {"p50 ms"}, {"share"}});
  for (const StepTime& step : result.steps) {
    table.AddRow({step.name, step.op, absl::StrFormat("%.4f", step.p50_ms),
                  absl::StrFormat("%.1f %%", total > 0 ? 100 * step.p50_ms / total : 0.0)});
  }
  out << "\n" << table.ToString();
}

}  // namespace

absl::Status RunBench(const BenchOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(Bench bench, Prepare(options));
  std::vector<double> times;
  for (int i = 0; i < options.runs; ++i) {
    ASSIGN_OR_RETURN(const double time, TimeRun(*bench.executor, bench.input));
    times.push_back(time);
  }
  Result result = {
      .latency = Summarize(std::move(times)), .encodings = MeasureAnswers(bench, options.runs), .steps = {}};
  if (options.profile) {
    ASSIGN_OR_RETURN(result.steps, Profile(bench, options.runs));
  }
  (options.json ? PrintJson : PrintText)(bench, options, result, out);
  return absl::OkStatus();
}

}  // namespace onebyone
