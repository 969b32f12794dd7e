#include "tests/testing/reference_interpreter.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/reference_kernels.h"

namespace onebyone::testing {
namespace {

absl::Status Wrong(const Value& value, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("value '", value.name, "': ", what));
}

class Interpreter {
 public:
  Interpreter(const Graph& graph, const BehindEach& behind_each)
      : graph_(graph), behind_each_(behind_each), memory_(graph.value_count()) {}

  absl::StatusOr<std::vector<Tensor>> Run(absl::Span<const Tensor> inputs) {
    RETURN_IF_ERROR(TakeInputs(inputs));
    for (const NodeId id : graph_.NodeIds()) RETURN_IF_ERROR(RunNode(graph_.node(id)));
    std::vector<Tensor> results;
    for (const Graph::Output& output : graph_.outputs()) {
      ASSIGN_OR_RETURN(const ConstTensorView view, Computed(output.value));
      ASSIGN_OR_RETURN(Tensor result, Tensor::Create(view.type, view.shape));
      std::memcpy(result.data(), view.data, result.bytes());
      results.push_back(std::move(result));
    }
    return results;
  }

 private:
  absl::Status TakeInputs(absl::Span<const Tensor> inputs) {
    if (inputs.size() != graph_.inputs().size()) {
      return absl::InvalidArgumentError(absl::StrCat("inputs: want ", graph_.inputs().size(), ", got ", inputs.size()));
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      const Value& value = graph_.value(graph_.inputs()[i]);
      if (inputs[i].type() != value.type || inputs[i].shape() != value.shape) {
        return Wrong(value, absl::StrCat("want ", value.shape.ToString(), ", got ", inputs[i].shape().ToString()));
      }
      owned_.push_back(inputs[i]);
      memory_[graph_.inputs()[i]] = owned_.back().view();
    }
    return absl::OkStatus();
  }

  absl::Status RunNode(const Node& node) {
    std::vector<ConstTensorView> inputs;
    for (const ValueId input : node.inputs) {
      ConstTensorView view;
      if (input != kNoValue) {
        ASSIGN_OR_RETURN(view, Computed(input));
      }
      inputs.push_back(view);
    }
    std::vector<TensorView> outputs;
    for (const ValueId output : node.outputs) {
      ASSIGN_OR_RETURN(const TensorView view, MemoryOf(output));
      outputs.push_back(view);
    }
    const absl::Status status = RunReference(node.op, node.attributes, inputs, outputs);
    if (!status.ok()) return absl::Status(status.code(), absl::StrCat("node '", node.name, "': ", status.message()));
    for (size_t i = 0; behind_each_ && i < outputs.size(); ++i) behind_each_(node.outputs[i], outputs[i]);
    computed_.insert(computed_.end(), node.outputs.begin(), node.outputs.end());
    return absl::OkStatus();
  }

  bool IsComputed(ValueId id) const {
    const Value& value = graph_.value(id);
    if (value.parts.empty()) return std::find(computed_.begin(), computed_.end(), id) != computed_.end();
    return std::all_of(value.parts.begin(), value.parts.end(), [&](ValueId part) { return IsComputed(part); });
  }

  absl::StatusOr<ConstTensorView> Computed(ValueId id) {
    const Value& value = graph_.value(id);
    if (value.constant != nullptr) return value.constant->view();
    const bool is_input = std::find(graph_.inputs().begin(), graph_.inputs().end(), id) != graph_.inputs().end();
    if (!is_input && !IsComputed(id)) return Wrong(value, "is read before it is computed");
    return ConstTensorView(*memory_[id]);
  }

  absl::StatusOr<TensorView> MemoryOf(ValueId id) {
    if (memory_[id].has_value()) return *memory_[id];
    const Value& value = graph_.value(id);
    if (!value.has_shape || !value.shape.IsKnown()) return Wrong(value, "want a known shape");
    if (value.slice.has_value()) {
      ASSIGN_OR_RETURN(memory_[id], SliceMemory(value));
      return *memory_[id];
    }
    ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(value.type, value.shape));
    std::memset(tensor.data(), 0xFF, tensor.bytes());
    memory_[id] = tensor.view();
    owned_.push_back(std::move(tensor));
    return *memory_[id];
  }

  absl::StatusOr<TensorView> SliceMemory(const Value& value) {
    ASSIGN_OR_RETURN(const TensorView parent, MemoryOf(value.slice->parent));
    const Shape& whole = parent.shape;
    const int64_t offset = value.slice->channel_offset;
    const bool fits = whole.rank() == 4 && value.shape.rank() == 4 && whole[0] == 1 && value.shape[0] == 1 &&
                      whole[2] == value.shape[2] && whole[3] == value.shape[3] && offset >= 0 &&
                      offset + value.shape[1] <= whole[1] && parent.type == value.type;
    if (!fits) {
      return Wrong(value, absl::StrCat("a slice ", value.shape.ToString(), " at channel ", offset, " does not fit ",
                                       whole.ToString()));
    }
    const size_t bytes = static_cast<size_t>(offset * whole[2] * whole[3]) * SizeOf(value.type);
    return TensorView{value.type, value.shape, static_cast<uint8_t*>(parent.data) + bytes};
  }

  const Graph& graph_;
  const BehindEach& behind_each_;
  std::vector<std::optional<TensorView>> memory_;
  std::vector<ValueId> computed_;
  std::vector<Tensor> owned_;
};

// In [0, 1), the same with every standard library.
double Unit(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

template <typename T>
T FromUnit(double unit) {
  if constexpr (std::is_same_v<T, Float16>) {
    return ToFloat16(static_cast<float>(2.0 * unit - 1.0));
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return ToBFloat16(static_cast<float>(2.0 * unit - 1.0));
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(2.0 * unit - 1.0);
  } else {
    return static_cast<T>(10.0 * unit);
  }
}

}  // namespace

absl::StatusOr<std::vector<Tensor>> RunGraph(const Graph& graph, absl::Span<const Tensor> inputs,
                                             const BehindEach& behind_each) {
  return Interpreter(graph, behind_each).Run(inputs);
}

absl::StatusOr<std::vector<Tensor>> RandomInputs(const Graph& graph, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs()) {
    ASSIGN_OR_RETURN(Tensor input, Tensor::Create(graph.value(id).type, graph.value(id).shape));
    VisitDataType(input.type(), [&](auto element) {
      using T = decltype(element);
      std::generate_n(input.As<T>(), input.elements(), [&] { return FromUnit<T>(Unit(random)); });
    });
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace onebyone::testing
