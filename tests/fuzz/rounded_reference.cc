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

void SnapToGrid(absl::Span<float> numbers, int bits) {
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  const double range = static_cast<double>(std::max(0.0F, *high)) - std::min(0.0F, *low);
  const double step = range / ((1 << bits) - 1);
  if (step == 0 || !std::isfinite(step)) return;
  for (float& number : numbers) number = static_cast<float>(std::nearbyint(number / step) * step);
}

void Round(absl::Span<float> numbers, const Rounding& rounding) {
  if (numbers.empty()) return;
  rounding.grid ? SnapToGrid(numbers, rounding.bits) : KeepBits(numbers, rounding.bits);
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
      Round(absl::MakeSpan(rounded.As<float>() + i * each, each), rounding);
    }
    value.constant = std::make_shared<const Tensor>(std::move(rounded));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Tensor>> RunRounded(Graph graph, const Tensor& input, const Rounding& rounding) {
  RETURN_IF_ERROR(RoundWeights(graph, rounding));
  ASSIGN_OR_RETURN(Tensor rounded, CopyOf(input));
  Round(absl::MakeSpan(rounded.As<float>(), rounded.elements()), rounding);
  return RunGraph(graph, {rounded}, [&](const TensorView& value) {
    if (value.type != DataType::kFloat32) return;
    Round(absl::MakeSpan(static_cast<float*>(value.data), value.shape.Elements()), rounding);
  });
}

}  // namespace onebyone::testing
