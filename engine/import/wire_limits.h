#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Descriptor;
}

namespace onebyone {

// What a serialized message may unfold to. An empty submessage is 2 bytes in a file and some hundred in memory, an
// integer of a list 1 byte and 8: a small file could otherwise ask for all memory there is.
struct WireLimits {
  int64_t max_parts = 2'000'000;              // submessages, strings, byte fields and unknown fields
  int64_t max_list_bytes = int64_t{4} << 30;  // of lists of integers, once unfolded
  int max_depth = 64;                         // submessages within submessages
};

// Walks `serialized`, a message of type `descriptor`, without taking memory for it. INVALID_ARGUMENT where it is cut,
// is no such message, or passes a limit.
absl::Status CheckWire(absl::string_view serialized, const google::protobuf::Descriptor& descriptor,
                       const WireLimits& limits);

}  // namespace onebyone
