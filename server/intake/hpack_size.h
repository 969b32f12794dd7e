#pragma once

#include <cstdint>

#include "absl/types/span.h"

namespace onebyone {

// How large a header list is at least, told from its block on the wire (HPACK, RFC 7541), which comes in parts: the
// bytes as they are, and 32 for each field, as HTTP/2 counts (RFC 9113, 6.5.2). A field of one byte costs a server as
// much memory as any. Nothing is decoded: what indices and Huffman codes stand for is not counted. Not thread-safe.
class HpackSize {
 public:
  void Take(absl::Span<const uint8_t> bytes);
  int64_t bytes() const { return bytes_; }

 private:
  enum class State : uint8_t { kField, kIndex, kString, kStringLength, kStringBytes };

  void TakeByte(uint8_t byte);
  void BeginField(uint8_t byte);
  void BeginString(uint8_t byte);
  void GoOn();  // behind an index or a string

  int64_t bytes_ = 0;
  State state_ = State::kField;
  uint8_t strings_ = 0;  // of the field, that are still to come
  uint8_t shift_ = 0;    // of the next bits of a length
  uint64_t length_ = 0;  // what is left of a string
};

}  // namespace onebyone
