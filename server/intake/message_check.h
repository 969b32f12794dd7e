#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "absl/status/status.h"
#include "server/intake/message_rules.h"

namespace onebyone {

// Reads `buffer` into `message`, once it is known to hold no more than `rule` says. Until then it reads tags and
// lengths only: it takes no memory, and ends at the first field that occurs too often. INVALID_ARGUMENT names that
// field, its limit and how many there are; without a BadRequest it says that this is no such message at all.
absl::Status ReadMessage(grpc::ByteBuffer& buffer, const MessageRule& rule, google::protobuf::Message& message);

// The first half of it.
absl::Status CheckMessage(grpc::ByteBuffer& buffer, const MessageRule& rule);

// The text of field `number` of a message that need not be right as a whole; empty where it cannot be found.
std::string FindText(grpc::ByteBuffer& buffer, int number);

}  // namespace onebyone
