#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace onebyone {

// A serialized message as a list of pieces: protobuf takes the fields of a message in any order and number, so pieces
// that were serialized apart can be put together.
class MessageSlices {
 public:
  // `bytes` have to outlive the call.
  void Borrow(absl::string_view bytes) { slices_.emplace_back(bytes.data(), bytes.size(), grpc::Slice::STATIC_SLICE); }
  void Copy(absl::string_view bytes) { slices_.emplace_back(bytes.data(), bytes.size()); }

  grpc::ByteBuffer ToBuffer() const { return grpc::ByteBuffer(slices_.data(), slices_.size()); }

 private:
  std::vector<grpc::Slice> slices_;
};

// What stands before a field of bytes or of a message: its number and length.
inline std::string FieldHead(int field, uint64_t length) {
  std::string head;
  for (uint64_t value : {static_cast<uint64_t>(field) << 3 | 2, length}) {
    for (; value >= 0x80; value >>= 7) head.push_back(static_cast<char>(value | 0x80));
    head.push_back(static_cast<char>(value));
  }
  return head;
}

}  // namespace onebyone
