#include "engine/workbench/textbook_case.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "engine/workbench/latency.h"
#include "engine/workbench/layer_choice.h"

namespace onebyone {
namespace {

constexpr int64_t kSide = 28;
constexpr int64_t kChannels = 256;
constexpr int64_t kReducedChannels = 64;
constexpr int64_t kKernel = 4;
constexpr int kWarmUpRuns = 5;

// Adds a convolution that keeps the map's size and returns its output.
absl::StatusOr<ValueId> AddConv(Graph& graph, const std::string& name, ValueId input, int64_t in, int64_t out,
                                int64_t kernel) {
  ASSIGN_OR_RETURN(Tensor weights, SeededTensor({out, in, kernel, kernel}, static_cast<uint64_t>(out + kernel)));
  ASSIGN_OR_RETURN(const ValueId constant, graph.AddConstant(name + "/weights", std::move(weights)));
  ConvAttributes attributes;
  attributes.window.kernel = {kernel, kernel};
  attributes.window.strides = {1, 1};
  attributes.window.dilations = {1, 1};
  const int64_t before = (kernel - 1) / 2;
  attributes.window.pads_begin = {before, before};
  attributes.window.pads_end = {kernel - 1 - before, kernel - 1 - before};
  ASSIGN_OR_RETURN(const NodeId node, graph.AddNode(OpType::kConv, name, attributes, {input, constant}, {name}));
  return graph.node(node).outputs.front();
}

// With `reduced_channels` 0 the large convolution stands alone.
absl::StatusOr<Graph> BuildCase(int64_t reduced_channels) {
  Graph graph;
  ASSIGN_OR_RETURN(ValueId value, graph.AddInput("x", DataType::kFloat32, {1, kChannels, kSide, kSide}));
  int64_t channels = kChannels;
  if (reduced_channels > 0) {
    ASSIGN_OR_RETURN(value, AddConv(graph, "1x1_reduce", value, channels, reduced_channels, 1));
    channels = reduced_channels;
  }
  ASSIGN_OR_RETURN(value, AddConv(graph, "4x4", value, channels, kChannels, kKernel));
  graph.AddOutput("4x4", value);
  return graph;
}

absl::StatusOr<std::unique_ptr<Executor>> MakeReady(Graph graph) {
  ASSIGN_OR_RETURN(const std::shared_ptr<CompiledModel> compiled,
                   CompiledModel::Compile(std::move(graph), kSide, kSide, {}));
  ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                   compiled->PlanFor({.layers = {WholeLayer("4x4")}, .height = kSide, .width = kSide}));
  std::unique_ptr<Executor> executor = Executor::Create({});
  RETURN_IF_ERROR(executor->Use(std::move(plan)));
  return executor;
}

}  // namespace

absl::StatusOr<TextbookCase> StudyTextbookCase(int runs) {
  ASSIGN_OR_RETURN(Graph reduced, BuildCase(kReducedChannels));
  RETURN_IF_ERROR(InferShapes(reduced));
  const std::vector<ReductionCost> found = FindReductions(reduced);
  if (found.size() != 1) return absl::InternalError("textbook case: the network holds no reduction");
  TextbookCase study = {.counted = found.front()};
  if (runs == 0) return study;

  ASSIGN_OR_RETURN(Graph direct, BuildCase(0));
  ASSIGN_OR_RETURN(const std::unique_ptr<Executor> reduced_executor, MakeReady(std::move(reduced)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Executor> direct_executor, MakeReady(std::move(direct)));
  ASSIGN_OR_RETURN(const Tensor input, SeededTensor({1, kChannels, kSide, kSide}, /*seed=*/1));
  std::vector<double> reduced_times;
  std::vector<double> direct_times;
  for (int run = -kWarmUpRuns; run < runs; ++run) {
    ASSIGN_OR_RETURN(const double reduced_time, TimeRun(*reduced_executor, input));
    ASSIGN_OR_RETURN(const double direct_time, TimeRun(*direct_executor, input));
    if (run < 0) continue;
    reduced_times.push_back(reduced_time);
    direct_times.push_back(direct_time);
  }
  study.with_reduction_ms = Summarize(std::move(reduced_times)).min_ms;
  study.direct_ms = Summarize(std::move(direct_times)).min_ms;
  return study;
}

}  // namespace onebyone
