#include "engine/kernels/reduce/reference_reduce_mean.h"

#include <limits>
#include <type_traits>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

// The mean of `count` elements with this sum.
template <typename T>
T Mean(Wide<T> sum, int64_t count) {
  if constexpr (kIsFloating<T>) {
    return Narrow<T>(count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count));
  } else if constexpr (std::is_signed_v<T>) {
    return count == 0 ? T{0} : static_cast<T>(static_cast<int64_t>(sum) / count);
  } else {
    return count == 0 ? T{0} : static_cast<T>(sum / static_cast<uint64_t>(count));
  }
}

template <typename T>
void AverageAlong(const ReferenceCall& call, const Strides& output_strides) {
  const Shape& shape = call.inputs[0].shape;
  const int64_t elements = shape.Elements();
  const int64_t means = call.outputs[0].shape.Elements();
  const T* x = call.inputs[0].As<T>();
  T* output = call.outputs[0].As<T>();
  std::vector<Wide<T>> sums(static_cast<size_t>(means));
  StridedWalk walk(shape.extents(), output_strides);
  for (int64_t i = 0; i < elements; ++i, walk.Next()) sums[walk.offset()] += Widen(x[i]);
  for (int64_t i = 0; i < means; ++i) output[i] = Mean<T>(sums[i], elements / means);
}

}  // namespace

absl::Status ReferenceReduceMean(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const ReduceMeanAttributes* attributes, call.AttributesAs<ReduceMeanAttributes>());
  const ConstTensorView& x = call.inputs[0];
  const int rank = x.shape.rank();
  std::vector<bool> reduced(static_cast<size_t>(rank), attributes->axes.empty());
  for (const int64_t wanted : attributes->axes) {
    ASSIGN_OR_RETURN(const int axis, NormalizeAxis(wanted, rank));
    reduced[axis] = true;
  }
  Shape kept;  // with extents of 1 for the reduced axes
  Shape output;
  for (int axis = 0; axis < rank; ++axis) {
    kept.Append(reduced[axis] ? 1 : x.shape[axis]);
    if (!reduced[axis] || attributes->keep_dims) output.Append(kept[axis]);
  }
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, output));
  Strides strides = RowMajorStrides(kept);
  for (int axis = 0; axis < rank; ++axis) {
    if (reduced[axis]) strides[axis] = 0;
  }
  return VisitNumber(call, x.type, [&](auto element) {
    AverageAlong<decltype(element)>(call, strides);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
