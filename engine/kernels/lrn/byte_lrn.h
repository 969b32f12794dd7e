#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/kernels/kernel.h"
#include "engine/op/attributes.h"

namespace onebyone {

struct ByteLrnSpec {
  LrnAttributes attributes;
  int64_t pixels = 0;
  int64_t channels = 0;
  float src_scale = 1.0F;
  bool src_is_companded = false;
  float dst_scale = 1.0F;
};

// Local response normalization across channels (Krizhevsky et al., "ImageNet Classification with Deep Convolutional
// Neural Networks", 2012, section 3.3) of unsigned bytes [pixels, channels], in float32 in between. A result is at most
// one byte off what exact arithmetic gives. UNIMPLEMENTED where beta is not 0.75, which every published network has, or
// where the base may not be positive.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeByteLrn(const ByteLrnSpec& spec);

}  // namespace onebyone
