#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include "absl/strings/string_view.h"
#include "server/intake/message_rules.h"

namespace onebyone::testing {

// `bytes` as they come from the network, in slices, so that fields lie across their borders.
grpc::ByteBuffer InSlices(absl::string_view bytes, size_t slice_bytes);

// Ends the process where `message`, which was let in by `rule`, holds a field more often than the rule says.
void RequireWithin(const MessageRule& rule, const google::protobuf::Message& message);

}  // namespace onebyone::testing
