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

// A value whose group has a range this many times its own would keep fewer than four of its eight bits: then the whole
// group stays in float. Branches of trained Inception networks lie within 3 of each other.
constexpr float kCoarsest = 16;

float SpanOf(const ValueRange& range) { return std::max(range.high, 0.0F) - std::min(range.low, 0.0F); }

bool IsTooCoarseFor(const ValueRange& range, const ValueRange& of_group) {
  return SpanOf(range) > kSmallestRange && SpanOf(range) * kCoarsest < SpanOf(of_group);
}

bool IsLive(const Graph& graph, ValueId id) {
  return graph.value(id).producer != kNoNode ||
         std::find(graph.inputs().begin(), graph.inputs().end(), id) != graph.inputs().end();
}

std::optional<Quantization> QuantizationOf(const ValueRange& range, bool is_companded) {
  if (std::max(-range.low, range.high) < kSmallestRange) return std::nullopt;
  if (is_companded && range.low >= 0.0F) return CompandedQuantizationFor(range.high);
  return QuantizationFor(range.low, range.high);
}

// For each group, at its first value, the range of all its values; none where the group stays in float.
std::vector<std::optional<ValueRange>> RangesOf(const Graph& graph, const Calibration& calibration,
                                                ByteGroups& groups) {
  std::vector<std::optional<ValueRange>> ranges(static_cast<size_t>(graph.value_count()));
  std::vector<bool> is_float(static_cast<size_t>(graph.value_count()), false);
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    if (!IsLive(graph, id)) continue;
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
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    const ValueId group = groups.Find(id);
    if (!IsLive(graph, id) || is_float[group]) continue;
    is_float[group] = IsTooCoarseFor(*RangeOf(calibration, graph.value(id)), *ranges[group]);
  }
  for (size_t group = 0; group < ranges.size(); ++group) {
    if (is_float[group]) ranges[group].reset();
  }
  return ranges;
}

}  // namespace

absl::StatusOr<int> QuantizeInt8::Run(Graph& graph) const {
  ByteGroups groups(graph);
  const std::vector<std::optional<ValueRange>> ranges = RangesOf(graph, calibration, groups);
  const std::vector<bool> companded = FindCompanded(graph, groups);
  int rewrites = 0;
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    const ValueId group = groups.Find(id);
    if (!ranges[group].has_value() || !IsLive(graph, id)) continue;
    const std::optional<Quantization> quantization = QuantizationOf(*ranges[group], companded[group]);
    if (graph.value(id).quantization == quantization) continue;
    graph.value(id).quantization = quantization;
    ++rewrites;
  }
  return rewrites;
}

}  // namespace onebyone
