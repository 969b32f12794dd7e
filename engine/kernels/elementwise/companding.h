#pragma once

#include <cstdint>
#include <memory>

#include "engine/kernels/kernel.h"

namespace onebyone {

// Between float32 and the bytes of a companded Quantization of this scale, element by element, dense.

// Bytes to numbers: scale * byte * byte.
std::shared_ptr<const Kernel> MakeExpand(int64_t elements, float scale);

// Numbers to the nearest root, round(sqrt(number / scale)), within 0 to 255; what is negative or NaN becomes 0.
std::shared_ptr<const Kernel> MakeCompand(int64_t elements, float scale);

}  // namespace onebyone
