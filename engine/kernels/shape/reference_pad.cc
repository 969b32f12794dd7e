#include "engine/kernels/shape/reference_pad.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

constexpr int64_t kFill = -1;

// The input index for each output index along one axis of `extent`, kFill where there is none.
std::vector<int64_t> Sources(PadAttributes::Mode mode, int64_t extent, int64_t begin, int64_t end) {
  const int64_t cut = std::max<int64_t>(0, -begin);
  const int64_t kept = extent - cut - std::max<int64_t>(0, -end);
  std::vector<int64_t> sources(static_cast<size_t>(extent + begin + end), kFill);
  for (size_t i = 0; i < sources.size(); ++i) {
    int64_t place = static_cast<int64_t>(i) - std::max<int64_t>(0, begin);  // in what is kept
    if (mode == PadAttributes::Mode::kConstant && (place < 0 || place >= kept)) continue;
    if (mode == PadAttributes::Mode::kEdge) place = std::clamp<int64_t>(place, 0, kept - 1);
    if (mode == PadAttributes::Mode::kReflect) {
      const int64_t period = std::max<int64_t>(1, 2 * (kept - 1));  // there and back
      place = (place % period + period) % period;
      if (place >= kept) place = period - place;
    }
    sources[i] = cut + place;
  }
  return sources;
}

// The sources of every axis. INVALID_ARGUMENT where the numbers do not fit the input.
absl::StatusOr<std::vector<std::vector<int64_t>>> SourcesOfAxes(const ReferenceCall& call,
                                                                const PadAttributes& attributes) {
  const Shape& shape = call.inputs[0].shape;
  const auto rank = static_cast<size_t>(shape.rank());
  if (attributes.begin.size() != rank || attributes.end.size() != rank) {
    return call.Invalid(absl::StrCat("pads: want ", rank, " numbers before and after, got ", attributes.begin.size(),
                                     " and ", attributes.end.size()));
  }
  Shape padded;
  for (size_t axis = 0; axis < rank; ++axis) {
    const int64_t extent = shape[static_cast<int>(axis)];
    const int64_t begin = attributes.begin[axis];
    const int64_t end = attributes.end[axis];
    const bool in_range = std::min(begin, end) > -Shape::kMaxElements && std::max(begin, end) < Shape::kMaxElements;
    const int64_t kept = in_range ? extent + std::min<int64_t>(0, begin) + std::min<int64_t>(0, end) : -1;
    const bool adds = begin > 0 || end > 0;
    if (kept < 0 || (kept == 0 && adds && attributes.mode != PadAttributes::Mode::kConstant)) {
      return call.Invalid(absl::StrCat("pads: want numbers that leave elements of ", extent, " along axis ", axis,
                                       ", got ", begin, " before and ", end, " after"));
    }
    padded.Append(extent + begin + end);
  }
  RETURN_IF_ERROR(call.ExpectOutput(0, call.inputs[0].type, padded));
  std::vector<std::vector<int64_t>> sources;
  for (size_t axis = 0; axis < rank; ++axis) {
    sources.push_back(
        Sources(attributes.mode, shape[static_cast<int>(axis)], attributes.begin[axis], attributes.end[axis]));
  }
  return sources;
}

using ElementBytes = std::array<uint8_t, 8>;

ElementBytes FillElement(const ReferenceCall& call, const PadAttributes& attributes) {
  ElementBytes bytes{};
  const DataType type = call.inputs[0].type;
  if (call.HasInput(1)) {
    std::memcpy(bytes.data(), call.inputs[1].data, SizeOf(type));
    return bytes;
  }
  VisitDataType(type, [&](auto element) {
    element = Saturate<decltype(element)>(attributes.value);
    std::memcpy(bytes.data(), &element, sizeof(element));
  });
  return bytes;
}

}  // namespace

absl::Status ReferencePad(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const PadAttributes* attributes, call.AttributesAs<PadAttributes>());
  ASSIGN_OR_RETURN(const std::vector<std::vector<int64_t>> sources, SourcesOfAxes(call, *attributes));
  const ConstTensorView& x = call.inputs[0];
  if (call.HasInput(1)) {
    RETURN_IF_ERROR(call.ExpectInputType(1, x.type));
    if (call.inputs[1].shape.Elements() != 1) {
      return call.Invalid(absl::StrCat("constant value: want one element, got ", call.inputs[1].shape.ToString()));
    }
  }
  const ElementBytes fill = FillElement(call, *attributes);
  const Strides strides = RowMajorStrides(x.shape);
  const Shape& shape = call.outputs[0].shape;
  const size_t bytes = SizeOf(x.type);
  const int64_t elements = shape.Elements();
  uint8_t* output = call.outputs[0].As<uint8_t>();
  Strides index(sources.size(), 0);
  for (int64_t i = 0; i < elements; ++i, output += bytes) {
    int64_t offset = 0;
    bool filled = false;
    for (size_t axis = 0; axis < sources.size(); ++axis) {
      const int64_t source = sources[axis][static_cast<size_t>(index[axis])];
      filled = filled || source == kFill;
      offset += source * strides[axis];
    }
    std::memcpy(output, filled ? fill.data() : x.As<uint8_t>() + offset * static_cast<int64_t>(bytes), bytes);
    for (size_t axis = sources.size(); axis-- > 0;) {
      if (++index[axis] < shape[static_cast<int>(axis)]) break;
      index[axis] = 0;
    }
  }
  return absl::OkStatus();
}

}  // namespace onebyone
