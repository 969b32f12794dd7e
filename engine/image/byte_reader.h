#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// Numbers at a position of encoded bytes. REQUIRES: all their bytes lie inside `bytes`.

inline uint32_t ByteAt(absl::string_view bytes, size_t position) { return static_cast<uint8_t>(bytes[position]); }

inline uint32_t BigEndian16(absl::string_view bytes, size_t position) {
  return ByteAt(bytes, position) << 8 | ByteAt(bytes, position + 1);
}

inline uint32_t BigEndian32(absl::string_view bytes, size_t position) {
  return BigEndian16(bytes, position) << 16 | BigEndian16(bytes, position + 2);
}

inline uint32_t LittleEndian16(absl::string_view bytes, size_t position) {
  return ByteAt(bytes, position) | ByteAt(bytes, position + 1) << 8;
}

inline uint32_t LittleEndian24(absl::string_view bytes, size_t position) {
  return LittleEndian16(bytes, position) | ByteAt(bytes, position + 2) << 16;
}

inline uint32_t LittleEndian32(absl::string_view bytes, size_t position) {
  return LittleEndian16(bytes, position) | LittleEndian16(bytes, position + 2) << 16;
}

}  // namespace onebyone
