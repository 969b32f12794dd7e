#include "tests/fuzz/rounded_reference.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "tests/testing/reference_interpreter.h"

namespace onebyone::testing {
namespace {

void KeepBits(absl::Span<float> numbers, int bits) {
  for (float& number : numbers) {
    int exponent = 0;
    const float fraction = std::frexp(number, &exponent);
    number = std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits);
  }
}

// Of numbers, 0 among them.
struct Range {
  double low = 0, high = 0;

  double span() const { return high - low; }
  void Include(const Range& other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
  }
};

Range RangeOf(absl::Span<const float> numbers) {
  if (numbers.empty()) return {};
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  return {std::min(0.0F, *low), std::max(0.0F, *high)};
}

void SnapToGrid(absl::Span<float> numbers, int bits, const Range& range) {
  const double step = range.span() / ((1 << bits) - 1);
  if (step == 0 || !std::isfinite(step)) return;
  for (float& number : numbers) number = static_cast<float>(std::nearbyint(number / step) * step);
}

void Round(absl::Span<float> numbers, const Rounding& rounding, const Range& range) {
  rounding.grid ? SnapToGrid(numbers, rounding.bits, range) : KeepBits(numbers, rounding.bits);
}

absl::Span<float> NumbersOf(const TensorView& value) {
  return {static_cast<float*>(value.data), static_cast<size_t>(value.shape.Elements())};
}

bool SharesAGrid(const Node& node) {
  if (node.op == OpType::kMaxPool) return true;
  if (node.op != OpType::kConcat) return false;
  const int64_t axis = std::get<AxisAttributes>(node.attributes).axis;
  return axis == 1 || axis == -3;
}

// The range whose grid each value has. Sets of values that share one grow until nothing changes: networks are small.
std::vector<Range> GridsOf(const Graph& graph, std::vector<Range> own) {
  std::vector<Range> grids = own;
  for (bool changed = true; changed;) {
    changed = false;
    for (const NodeId id : graph.NodeIds()) {
      const Node& node = graph.node(id);
      if (!SharesAGrid(node)) continue;
      Range& of_all = grids[node.outputs.front()];
      for (const ValueId input : node.inputs) of_all.Include(grids[input]);
      for (const ValueId input : node.inputs) {
        changed = changed || grids[input].span() < of_all.span();
        grids[input] = of_all;
      }
    }
  }
  constexpr double kCoarsest = 16;
  for (size_t i = 0; i < grids.size(); ++i) {
    if (grids[i].span() > kCoarsest * own[i].span()) grids[i] = own[i];
  }
  return grids;
}

absl::StatusOr<Tensor> CopyOf(const Tensor& tensor) {
  ASSIGN_OR_RETURN(Tensor copy, Tensor::Create(tensor.type(), tensor.shape()));
  std::memcpy(copy.data(), tensor.data(), copy.bytes());
  return copy;
}

absl::Status RoundWeights(Graph& graph, const Rounding& rounding) {
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    Value& value = graph.value(id);
    if (value.constant == nullptr || value.constant->type() != DataType::kFloat32) continue;
    if (value.constant->shape().rank() < 2 || value.constant->elements() == 0) continue;
    ASSIGN_OR_RETURN(Tensor rounded, CopyOf(*value.constant));
    const int64_t channels = rounded.shape()[0];
    const int64_t each = rounded.elements() / channels;
    for (int64_t i = 0; i < channels; ++i) {
      const absl::Span<float> numbers(rounded.As<float>() + i * each, each);
      Round(numbers, rounding, RangeOf(numbers));
    }
    value.constant = std::make_shared<const Tensor>(std::move(rounded));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Tensor>> RunRounded(Graph graph, const Tensor& input, const Rounding& rounding) {
  ASSIGN_OR_RETURN(Tensor rounded, CopyOf(input));
  const absl::Span<float> pixels(rounded.As<float>(), rounded.elements());
  std::vector<Range> ranges(static_cast<size_t>(graph.value_count()));
  ranges[graph.inputs().front()] = RangeOf(pixels);
  RETURN_IF_ERROR(RunGraph(graph, {rounded}, [&](ValueId id, const TensorView& value) {
                    if (value.type == DataType::kFloat32) ranges[id] = RangeOf(NumbersOf(value));
                  }).status());
  const std::vector<Range> grids = GridsOf(graph, std::move(ranges));
  RETURN_IF_ERROR(RoundWeights(graph, rounding));
  Round(pixels, rounding, grids[graph.inputs().front()]);
  return RunGraph(graph, {rounded}, [&](ValueId id, const TensorView& value) {
    if (value.type == DataType::kFloat32) Round(NumbersOf(value), rounding, grids[id]);
  });
}

}  // namespace onebyone::testing
