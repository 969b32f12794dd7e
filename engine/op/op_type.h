#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// The operators of the graph: those of the Inception family, named as in ONNX.
enum class OpType : uint8_t {
  kConv,                // inputs: x [N,C,...], weights [K,C/groups,...], optional bias [K]
  kBatchNormalization,  // inputs: x, scale, bias, mean, variance [C]
  kRelu,
  kLeakyRelu,
  kClip,
  kSigmoid,
  kMaxPool,  // a second output, where asked, is the flat index of each maximum
  kAveragePool,
  kGlobalAveragePool,
  kGlobalMaxPool,
  kLrn,
  kConcat,
  kAdd,
  kMul,
  kSum,
  kGemm,  // inputs: A, B, optional C
  kMatMul,
  kFlatten,
  kReshape,
  kSqueeze,
  kUnsqueeze,
  kTranspose,
  kSoftmax,
  kDropout,  // inference: the identity; a second output, where asked, is a mask of true
  kIdentity,
  kPad,  // inputs: x, optional constant value (scalar)
  kCast,
  kReduceMean,
  kDequantizeLinear,  // inputs: x, scale, optional zero point
  kQuantizeLinear,    // the same; the result has the type of the zero point, or is uint8
};

inline constexpr int kOpTypes = static_cast<int>(OpType::kQuantizeLinear) + 1;

// As ONNX spells it: "Conv", "LRN", ...
absl::string_view NameOf(OpType op);

}  // namespace onebyone
