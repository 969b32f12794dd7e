#include "engine/image/pixel_buffer.h"

#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<uint8_t*> PixelBuffer::Reserve(int64_t bytes) {
  const auto want = static_cast<size_t>(bytes);
  if (buffer_.data() == nullptr || buffer_.size() < want) {
    { const AlignedBuffer freed_first = std::move(buffer_); }
    ASSIGN_OR_RETURN(buffer_, AlignedBuffer::Create(want));
  }
  return buffer_.data();
}

}  // namespace onebyone
