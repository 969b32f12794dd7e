#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/kernels/kernel.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/op/attributes.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// Kernels of oneDNN (https://github.com/oneapi-src/oneDNN, v2 or v3), float32, and bfloat16 or bytes where the layouts
// say so. Each is judged by the plain reference of the same operator in engine/kernels/. The factories return
// UNIMPLEMENTED where oneDNN has no kernel for what is asked: the caller then takes the reference. Windows have
// explicit pads and two spatial axes.

// How a convolution is computed: by one of the kernels that oneDNN has for it, or together with others.
struct ConvVariant {
  enum class Algorithm : uint8_t {
    kDirect,
    // F(4x4, 3x3) or F(2x2, 3x3) (Lavin, Gray, "Fast Algorithms for Convolutional Neural Networks", 2016): fewer
    // multiplications, a larger rounding error. Of unsigned bytes F(2x2, 3x3), whose transformed pixels keep six bits.
    // Where oneDNN has none, in one dimension (see line_winograd.h).
    kWinograd,
    // Several 1x1 convolutions over one input as one, directly (see ConvSpec::siblings).
    kMerged,
  };
  Algorithm algorithm = Algorithm::kDirect;
  // Which of oneDNN's implementations of the algorithm, in its order; those for other instruction sets than the first
  // one's do not count.
  int implementation = 0;

  friend bool operator==(const ConvVariant&, const ConvVariant&) = default;
};

// What a convolution multiplies by and adds.
struct ConvWeights {
  std::shared_ptr<const Tensor> weights;  // [K, C / groups, h, w]
  std::shared_ptr<const Tensor> bias;     // [K], or null
};

struct ConvSpec {
  Shape src;  // [N, C, H, W]
  Shape dst;
  // In bfloat16 the weights are too, sums are float32. Bytes: weights are bytes with a scale per output channel, sums
  // are whole numbers, and the result is bytes or kChannelsLast.
  Layout src_layout = Layout::kBlocked;
  Layout dst_layout = Layout::kBlocked;
  float src_scale = 1.0F;  // of bytes
  float dst_scale = 1.0F;
  ConvAttributes attributes;
  std::shared_ptr<const Tensor> weights;  // [K, C / groups, h, w]
  std::shared_ptr<const Tensor> bias;     // [K], or null
  // Further convolutions of the same form over the same input, all with a bias or none. Their channels follow in `dst`,
  // those of each from a whole block on; what fills a block up has no weights and no bias. Floats and one group only.
  std::vector<ConvWeights> siblings;
  ConvVariant variant;
};
// Inputs: src (further inputs of the node are ignored: weights are packed in). Outputs: dst. UNIMPLEMENTED too where
// oneDNN has only its slow reference for these layouts, or no such variant; another layout or variant may have a fast
// kernel.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeConv(const ConvSpec& spec, WeightCache& weights);

struct PoolSpec {
  enum class Kind : uint8_t { kMax, kAverageWithPadding, kAverageWithoutPadding };
  Kind kind = Kind::kMax;
  Shape src;
  Shape dst;
  Window window;  // pads_end may be short of what `dst` needs (ceil_mode); they are made to fit
  Layout layout = Layout::kBlocked;
};
absl::StatusOr<std::shared_ptr<const Kernel>> MakePool(const PoolSpec& spec);

absl::StatusOr<std::shared_ptr<const Kernel>> MakeLrn(const LrnAttributes& attributes, const Shape& shape,
                                                      Layout layout);

absl::StatusOr<std::shared_ptr<const Kernel>> MakeActivation(const Activation& activation, const Shape& shape,
                                                             Layout layout);

// dst = a (op) b; `b` may have extents of 1 where `a` has more. Both in `layout`.
enum class BinaryOp : uint8_t { kAdd, kMul };
absl::StatusOr<std::shared_ptr<const Kernel>> MakeBinary(BinaryOp op, const Shape& a, const Shape& b, Layout layout);

// Over axis 1.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeConcat(const std::vector<Shape>& parts, const Shape& dst,
                                                         Layout layout);

// y = x * scale + shift per channel, from batch statistics that are known. Inputs: x.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeBatchNormalization(float epsilon, const Shape& shape, Layout layout,
                                                                     const Tensor& scale, const Tensor& bias,
                                                                     const Tensor& mean, const Tensor& variance);

// dst [M, K] = src [M, C] * weights + bias. `weights`: [K, C], or [C, K] with `transposed`. Inputs: src, in kPlain or
// kPlainBFloat16 (then the weights are too); dst is kPlain.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeDense(int64_t rows, const std::shared_ptr<const Tensor>& weights,
                                                        bool transposed, const std::shared_ptr<const Tensor>& bias,
                                                        Layout src_layout, WeightCache& cache);

// Between layouts; `scale` is that of the bytes, where one of the two has them.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeReorder(const Shape& shape, Layout from, Layout to,
                                                          float scale = 1.0F);

}  // namespace onebyone
