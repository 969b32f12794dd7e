#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/graph/graph_printer.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/drawn_network.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/rounded_reference.h"
#include "tests/testing/reference_interpreter.h"

// A small network through the optimised engine and, node by node, through the plain reference kernels: in each
// precision, by each kernel of a convolution, for any set of layers, the values agree within that precision's
// tolerance; and the optimised engine gives the same bits twice.

namespace {

using onebyone::Calibration;
using onebyone::CompiledModel;
using onebyone::CompileOptions;
using onebyone::ConstTensorView;
using onebyone::ConvVariant;
using onebyone::Executor;
using onebyone::Graph;
using onebyone::LayerInfo;
using onebyone::LayerQuery;
using onebyone::Precision;
using onebyone::Shape;
using onebyone::Tensor;
using onebyone::testing::Choices;
using onebyone::testing::DrawNetwork;
using onebyone::testing::Require;
using onebyone::testing::Rounding;

// How many times what rounding costs a layer may be off, by root mean squares. By one draw of that cost ten thousand
// layers of sound kernels were off 1.4 times at the most, and 5.8 times for bytes, where a layer had one value.
double MostOf(const Rounding& rounding) { return rounding.grid ? 8 : 3; }

Rounding RoundingOf(const CompileOptions& options) {
  if (options.precision == Precision::kBFloat16) return {.bits = 8};
  if (options.precision == Precision::kInt8) return {.bits = 8, .grid = true};
  const bool winograd =
      options.every_conv.has_value() && options.every_conv->algorithm == ConvVariant::Algorithm::kWinograd;
  return {.bits = winograd ? 16 : 19};  // sums in another order, and the transforms, lose some of float32's 24
}

// What each layer of `layers` is in the reference, in their order; rounded where `rounding` says how.
std::vector<Tensor> Wanted(Graph graph, const std::vector<LayerInfo>& layers, const Tensor& input,
                           const std::optional<Rounding>& rounding = std::nullopt) {
  std::vector<Graph::Output> outputs;
  for (const LayerInfo& layer : layers) outputs.push_back({layer.name, graph.FindValue(layer.name)});
  graph.SetOutputs(std::move(outputs));
  auto wanted = rounding.has_value() ? onebyone::testing::RunRounded(graph, input, *rounding)
                                     : onebyone::testing::RunGraph(graph, {input});
  Require(wanted.ok(), "the reference runs every network that can be drawn");
  return *std::move(wanted);
}

bool IsFinite(const Tensor& tensor) {
  return std::all_of(tensor.As<float>(), tensor.As<float>() + tensor.elements(),
                     [](float x) { return std::isfinite(x); });
}

// The root of the mean of the squares of `value(i)`.
template <typename Function>
double RootMeanSquare(int64_t count, const Function& value) {
  double squares = 0;
  for (int64_t i = 0; i < count; ++i) squares += value(i) * value(i);
  return count == 0 ? 0 : std::sqrt(squares / static_cast<double>(count));
}

// What the plain reference says of a layer: exactly, with rounded storage, and with storage of one bit less.
struct Reference {
  const Tensor& exact;
  const Tensor& rounded;
  const Tensor& coarser;
};

// The root mean square of what rounding costs the layer: of two draws the larger, since one alone may be small by
// chance where values are few.
double CostOf(const Reference& reference) {
  const float* exact = reference.exact.As<float>();
  const auto distance = [&](const Tensor& other) {
    const float* values = other.As<float>();
    return RootMeanSquare(other.elements(), [&](int64_t i) { return static_cast<double>(values[i]) - exact[i]; });
  };
  return std::max(distance(reference.rounded), distance(reference.coarser) / 2);
}

void Compare(const Graph& graph, const std::string& layer, const Reference& reference, const ConstTensorView& got,
             const Rounding& rounding) {
  const Tensor& wanted = reference.exact;
  const int64_t count = wanted.elements();
  Require(count == got.shape.Elements(), "a layer has as many values as the reference's");
  if (count == 0) return;
  const float* want = wanted.As<float>();
  const float* have = got.As<float>();
  Require(std::all_of(have, have + count, [](float x) { return std::isfinite(x); }),
          "a layer of finite values is finite");
  const double error = RootMeanSquare(count, [&](int64_t i) { return static_cast<double>(have[i]) - want[i]; });
  const double cost = CostOf(reference);
  // No storage is finer than its last bit.
  const double size =
      std::abs(*std::max_element(want, want + count, [](float a, float b) { return std::abs(a) < std::abs(b); }));
  const double bit = std::ldexp(size, -rounding.bits);
  if (error <= MostOf(rounding) * (cost + bit) + 1e-7) return;
  std::fprintf(stderr, "%s", onebyone::PrintGraph(graph).c_str());
  Require(false, absl::StrCat("layer ", layer, " is near the reference: error ", error, " of ", size,
                              ", rounding costs ", cost));
}

std::shared_ptr<const Calibration> Calibrated(Choices& choices, const std::vector<LayerInfo>& layers,
                                              const std::vector<Tensor>& values, const Tensor& input) {
  auto calibration = std::make_shared<Calibration>();
  const auto add = [&](const std::string& name, const Tensor& tensor) {
    const auto [low, high] = std::minmax_element(tensor.As<float>(), tensor.As<float>() + tensor.elements());
    calibration->ranges[name] = {std::min(0.0F, *low), std::max(0.0F, *high)};
  };
  add("image", input);
  for (size_t i = 0; i < layers.size(); ++i) {
    switch (choices.Below(16)) {
      case 12: continue;  // a value without a range
      case 13: calibration->float_layers.insert(layers[i].name); break;
      case 14: calibration->winograd_layers.insert(layers[i].name); break;
      case 15: calibration->companded_layers.insert(layers[i].name); break;
      default: break;
    }
    add(layers[i].name, values[i]);
  }
  return calibration;
}

CompileOptions DrawOptions(Choices& choices) {
  using Algorithm = ConvVariant::Algorithm;
  CompileOptions options;
  options.convolution = CompileOptions::Convolution::kExact;
  options.precision = static_cast<Precision>(choices.Below(3));
  switch (choices.Below(8)) {
    case 3: options.every_conv = ConvVariant{Algorithm::kDirect, 1}; break;
    case 4: options.every_conv = ConvVariant{Algorithm::kWinograd, 0}; break;
    case 5: options.every_conv = ConvVariant{Algorithm::kWinograd, 1}; break;
    case 6: options.every_conv = ConvVariant{Algorithm::kMerged, 0}; break;
    default: break;
  }
  return options;
}

std::vector<LayerQuery> DrawLayers(Choices& choices, const std::vector<LayerInfo>& layers) {
  std::vector<LayerQuery> asked;
  for (int64_t count = 1 + choices.Below(3); count > 0; --count) {
    asked.push_back({layers[layers.size() - 1 - choices.Below(static_cast<int64_t>(layers.size()))].name});
  }
  return asked;
}

Tensor DrawInput(Choices& choices, const Shape& shape) {
  const float scales[] = {1.0F, 100.0F, 0.01F};
  const float scale = scales[choices.Below(3)];
  std::minstd_rand random(1 + static_cast<unsigned>(choices.Below(4)));
  Tensor input = *Tensor::Create(onebyone::DataType::kFloat32, shape);
  for (int64_t i = 0; i < input.elements(); ++i) {
    input.As<float>()[i] = scale * (static_cast<float>(random() % 2001) / 1000.0F - 1.0F);
  }
  return input;
}

void RunOnce(Executor& executor, const Tensor& input) {
  std::copy_n(input.As<float>(), input.elements(), executor.Input().As<float>());
  Require(executor.Run(nullptr).ok(), "a plan runs");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Choices choices(data, size);
  CompileOptions options = DrawOptions(choices);
  const absl::StatusOr<Graph> graph = DrawNetwork(choices);
  if (!graph.ok()) return 0;
  const Shape shape = graph->value(graph->inputs().front()).shape;
  const auto plain = CompiledModel::Compile(*graph, shape[2], shape[3], {.convolution = options.convolution});
  Require(plain.ok(), absl::StrCat("a network that was drawn compiles: ", plain.status().ToString()));
  const std::vector<LayerInfo> layers = (*plain)->layers();
  if (layers.empty()) return 0;
  const Tensor input = DrawInput(choices, shape);
  const std::vector<Tensor> wanted = Wanted(*graph, layers, input);
  if (!std::all_of(wanted.begin(), wanted.end(), IsFinite)) return 0;
  const Rounding rounding = RoundingOf(options);
  const std::vector<Tensor> rounded = Wanted(*graph, layers, input, rounding);
  const std::vector<Tensor> coarser = Wanted(*graph, layers, input, Rounding{rounding.bits - 1, rounding.grid});
  if (options.precision == Precision::kInt8) options.calibration = Calibrated(choices, layers, wanted, input);

  const auto model = CompiledModel::Compile(*graph, shape[2], shape[3], options);
  if (absl::IsFailedPrecondition(model.status())) return 0;  // a CPU without bfloat16
  Require(model.ok(), "a network compiles in every precision");
  const std::vector<LayerQuery> asked = DrawLayers(choices, layers);
  const auto plan = (*model)->PlanFor(
      {.layers = asked, .batch = shape[0], .height = shape[2], .width = shape[3], .native = choices.Below(4) == 3});
  if (absl::IsInvalidArgument(plan.status())) return 0;  // not at a native size
  Require(plan.ok(), absl::StrCat("a plan is made: ", plan.status().ToString()));
  static auto* const executor = Executor::Create({}).release();
  Require(executor->Use(*plan).ok(), "a plan is taken");
  RunOnce(*executor, input);
  std::vector<std::vector<float>> first;
  for (size_t i = 0; i < asked.size(); ++i) {
    const ConstTensorView got = executor->Output(static_cast<int>(i));
    first.emplace_back(got.As<float>(), got.As<float>() + got.shape.Elements());
    const auto layer =
        std::find_if(layers.begin(), layers.end(), [&](const LayerInfo& info) { return info.name == asked[i].layer; });
    const auto at = layer - layers.begin();
    Compare(*graph, asked[i].layer, {wanted[at], rounded[at], coarser[at]}, got, rounding);
  }
  RunOnce(*executor, input);
  for (size_t i = 0; i < asked.size(); ++i) {
    const ConstTensorView got = executor->Output(static_cast<int>(i));
    Require(std::equal(first[i].begin(), first[i].end(), got.As<float>()), "the same input gives the same bits");
  }
  return 0;
}
