#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/import/onnx_importer.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"

// A file that claims to be an ONNX model is refused, or gives a graph; the graph is refused, or compiles; and what
// compiles, and is small, runs.

namespace {

using onebyone::CompiledModel;
using onebyone::Graph;
using onebyone::Shape;
using onebyone::testing::Require;

constexpr int64_t kMostArenaBytes = 8 << 20;
constexpr int64_t kMostMultiplyAdds = 20'000'000;

bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsUnimplemented(status) || absl::IsResourceExhausted(status);
}

// A picture: one float input [N, C, H, W].
bool TakesAPicture(const Graph& graph) {
  if (graph.inputs().size() != 1) return false;
  const onebyone::Value& input = graph.value(graph.inputs().front());
  return input.type == onebyone::DataType::kFloat32 && input.has_shape && input.shape.rank() == 4;
}

int64_t Side(int64_t extent) { return extent >= 1 && extent <= 64 ? extent : 16; }

void RunLast(CompiledModel& model) {
  if (model.layers().empty()) return;
  const auto plan = model.PlanFor(
      {.layers = {{model.layers().back().name}}, .height = model.input_height(), .width = model.input_width()});
  if (!plan.ok()) {
    Require(IsRefusal(plan.status()), absl::StrCat("a plan that is refused says why: ", plan.status().ToString()));
    return;
  }
  if ((*plan)->arena_bytes > kMostArenaBytes || (*plan)->multiply_adds > kMostMultiplyAdds) return;
  const auto executor = onebyone::Executor::Create({});
  Require(executor->Use(*plan).ok(), "a small plan is taken");
  const onebyone::TensorView input = executor->Input();
  std::fill_n(input.As<float>(), input.shape.Elements(), 0.5F);
  Require(executor->Run(nullptr).ok(), "a plan runs");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  onebyone::OnnxImportOptions options;
  options.max_constant_bytes = 4 << 20;
  options.max_nodes = 200;
  const absl::StatusOr<Graph> graph = ImportOnnx({reinterpret_cast<const char*>(data), size}, options);
  if (!graph.ok()) {
    Require(IsRefusal(graph.status()), absl::StrCat("a file that is refused says why: ", graph.status().ToString()));
    return 0;
  }
  if (!TakesAPicture(*graph)) return 0;
  const Shape& shape = graph->value(graph->inputs().front()).shape;
  const auto model = CompiledModel::Compile(*graph, Side(shape[2]), Side(shape[3]),
                                            {.convolution = onebyone::CompileOptions::Convolution::kExact});
  if (!model.ok()) {
    Require(IsRefusal(model.status()), absl::StrCat("a graph that is refused says why: ", model.status().ToString()));
    return 0;
  }
  RunLast(**model);
  return 0;
}
