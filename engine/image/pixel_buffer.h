#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/tensor/aligned_buffer.h"

namespace onebyone {

// Memory for pixels that is kept from one picture to the next and only grows.
class PixelBuffer {
 public:
  // At least `bytes` bytes, whose content is left over from earlier pictures; what an earlier call returned is no
  // longer valid. RESOURCE_EXHAUSTED where there is no such memory.
  absl::StatusOr<uint8_t*> Reserve(int64_t bytes);

 private:
  AlignedBuffer buffer_;
};

}  // namespace onebyone
