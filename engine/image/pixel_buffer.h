#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/tensor/aligned_buffer.h"

namespace onebyone {

// Memory for pixels that is kept from one picture to the next and only grows.
class PixelBuffer {
 public:
  // At least `bytes` bytes, whose content is left over from earlier pictures; what an earlier call returned is no
  // longer valid. RESOURCE_EXHAUSTED where there is no such memory.
  absl::StatusOr<uint8_t*> Reserve(int64_t bytes);
  int64_t bytes() const { return buffer_.data() == nullptr ? 0 : static_cast<int64_t>(buffer_.size()); }
  void Free() { const AlignedBuffer freed = std::move(buffer_); }

 private:
  AlignedBuffer buffer_;
};

}  // namespace onebyone
