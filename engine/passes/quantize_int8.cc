#include "engine/passes/quantize_int8.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "engine/passes/byte_groups.h"

namespace onebyone {
namespace {

std::optional<ValueRange> RangeOf(const Calibration& calibration, const Value& value) {
  if (value.type != DataType::kFloat32 || value.constant != nullptr || value.shape.rank() != 4) return std::nullopt;
  const auto found = calibration.ranges.find(value.name);
  if (found == calibration.ranges.end()) return std::nullopt;
  const ValueRange range = found->second;
  if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high) return std::nullopt;
  return range;
}

// Whether the bytes of a group may be companded: a marked convolution computes them, and for the rest max pools; max
// pools and local response normalizations read them.
std::vector<bool> FindCompanded(const Graph& graph, ByteGroups& groups) {
  const auto count = static_cast<size_t>(graph.value_count());
  std::vector<bool> companded(count, false);
  std::vector<bool> barred(count, false);
  for (const ValueId input : graph.inputs()) barred[groups.Find(input)] = true;
  for (const NodeId id : graph.NodeIds()) {
    const Node& node = graph.node(id);
    const auto* conv = std::get_if<ConvAttributes>(&node.attributes);
    const bool is_marked = conv != nullptr && conv->is_companded;
    const bool is_pool = node.op == OpType::kMaxPool;
    for (const ValueId output : node.outputs) {
      if (is_marked) companded[groups.Find(output)] = true;
      if (!is_marked && !is_pool) barred[groups.Find(output)] = true;
    }
    if (is_pool || node.op == OpType::kLrn) continue;
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) barred[groups.Find(input)] = true;
    }
  }
  for (size_t group = 0; group < count; ++group) companded[group] = companded[group] && !barred[group];
  return companded;
}

// Whether a convolution that stays in float computes `value`, with its activation where that is a node of its own.
bool IsOfFloatConvolution(const Graph& graph, ValueId value) {
  while (graph.value(value).producer != kNoNode) {
    const Node& node = graph.node(graph.value(value).producer);
    if (const auto* conv = std::get_if<ConvAttributes>(&node.attributes)) return conv->stays_float;
    if (!std::holds_alternative<ActivationAttributes>(node.attributes)) return false;
    value = node.inputs.front();
  }
  return false;
}

// Values below this lose their meaning as denormal scales.
constexpr float kSmallestRange = 1e-30F;

std::optional<Quantization> QuantizationOf(const std::optional<ValueRange>& range, bool is_companded) {
  if (!range.has_value() || std::max(-range->low, range->high) < kSmallestRange) return std::nullopt;
  if (is_companded && range->low >= 0.0F) return CompandedQuantizationFor(range->high);
  return QuantizationFor(range->low, range->high);
}

}  // namespace

absl::StatusOr<int> QuantizeInt8::Run(Graph& graph) const {
  ByteGroups groups(graph);
  std::vector<std::optional<ValueRange>> ranges(static_cast<size_t>(graph.value_count()));  // of groups
  std::vector<bool> is_float(static_cast<size_t>(graph.value_count()), false);
  const auto is_live = [&](const Value& value) {
    return value.producer != kNoNode ||
           std::find(graph.inputs().begin(), graph.inputs().end(), graph.FindValue(value.name)) != graph.inputs().end();
  };
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    if (!is_live(graph.value(id))) continue;
    const std::optional<ValueRange> range = RangeOf(calibration, graph.value(id));
    const ValueId group = groups.Find(id);
    // Float weights alone gain little: it is mostly the bytes of the result that lose what the convolution found.
    if (!range.has_value() || IsOfFloatConvolution(graph, id)) {
      is_float[group] = true;
    } else if (ranges[group].has_value()) {
      ranges[group] = ValueRange{std::min(ranges[group]->low, range->low), std::max(ranges[group]->high, range->high)};
    } else {
      ranges[group] = range;
    }
  }
  const std::vector<bool> companded = FindCompanded(graph, groups);
  int rewrites = 0;
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    const ValueId group = groups.Find(id);
    if (is_float[group] || !is_live(graph.value(id))) continue;
    const std::optional<Quantization> quantization = QuantizationOf(ranges[group], companded[group]);
    if (graph.value(id).quantization == quantization) continue;
    graph.value(id).quantization = quantization;
    ++rewrites;
  }
  return rewrites;
}

}  // namespace onebyone
