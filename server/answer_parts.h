#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <string>
#include <vector>

namespace onebyone {

// A message in wire form of which the parts are not serialized together yet: bytes, kept as they are, in order. What is
// large becomes a slice of the buffer, without a copy.
class AnswerParts {
 public:
  size_t size() const { return size_; }

  void Append(std::string bytes);
  // A length-delimited field that holds `content`; fields of a message may come in any order (protobuf's encoding).
  void AppendField(int number, AnswerParts content);
  // Takes the parts.
  grpc::ByteBuffer ToBuffer();

 private:
  std::vector<std::string> parts_;
  size_t size_ = 0;
};

}  // namespace onebyone
