#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// Answers in wire form. What protobuf's own serialization would copy once more, the contents of feature maps, becomes
// slices of the buffer: a map goes from the arena, where the network wrote it, to the socket with one copy.
grpc::ByteBuffer MakeAnswerBuffer(v1::ExtractFeaturesResponse response);
grpc::ByteBuffer MakeAnswerBuffer(v1::StreamFeaturesResponse response);

}  // namespace onebyone
