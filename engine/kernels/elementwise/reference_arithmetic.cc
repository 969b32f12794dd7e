#include "engine/kernels/elementwise/reference_arithmetic.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

// Elements of the output that are summed up at a time: one buffer of doubles that stays in the cache, however large the
// output is.
constexpr int64_t kBlock = 4096;

// Folds all inputs with `combine`, in order, and rounds once at the end.
template <typename T, typename Combine>
void Fold(const ReferenceCall& call, Combine combine) {
  const Shape& shape = call.outputs[0].shape;
  std::vector<StridedWalk> walks;
  for (const ConstTensorView& input : call.inputs) {
    walks.emplace_back(shape.extents(), BroadcastStrides(input.shape, shape));
  }
  const int64_t elements = shape.Elements();
  T* output = call.outputs[0].As<T>();
  std::vector<Wide<T>> folded(static_cast<size_t>(std::min(kBlock, elements)));
  for (int64_t begin = 0; begin < elements; begin += kBlock) {
    const int64_t count = std::min(kBlock, elements - begin);
    for (size_t operand = 0; operand < walks.size(); ++operand) {
      const T* from = call.inputs[operand].As<T>();
      StridedWalk& walk = walks[operand];
      for (int64_t i = 0; i < count; ++i, walk.Next()) {
        const Wide<T> value = Widen(from[walk.offset()]);
        folded[i] = operand == 0 ? value : combine(folded[i], value);
      }
    }
    for (int64_t i = 0; i < count; ++i) output[begin + i] = Narrow<T>(folded[i]);
  }
}

template <typename Combine>
absl::Status Broadcast(const ReferenceCall& call, Combine combine) {
  Shape shape = call.inputs[0].shape;
  for (size_t i = 1; i < call.inputs.size(); ++i) {
    RETURN_IF_ERROR(call.ExpectInputType(i, call.inputs[0].type));
    ASSIGN_OR_RETURN(shape, BroadcastShapes(shape, call.inputs[i].shape));
  }
  RETURN_IF_ERROR(call.ExpectOutput(0, call.inputs[0].type, shape));
  return VisitNumber(call, call.inputs[0].type, [&](auto element) {
    Fold<decltype(element)>(call, combine);
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status ReferenceAdd(const ReferenceCall& call) { return Broadcast(call, std::plus<>()); }

absl::Status ReferenceMul(const ReferenceCall& call) { return Broadcast(call, std::multiplies<>()); }

}  // namespace onebyone
