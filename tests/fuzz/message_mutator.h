#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>

namespace onebyone::testing {

// Mutations of serialized protobuf messages that stay such messages, as libprotobuf-mutator makes them (Debian 12 lacks
// it): fields set, cleared, added, repeated and swapped, values taken from elsewhere in the message. One in sixteen
// changes bytes instead, for the code that reads the wire. `message`: an empty one of the type.
size_t MutateSerialized(google::protobuf::Message& message, uint8_t* data, size_t size, size_t max_size, unsigned seed);

// The first message with a part of the second one in it.
size_t CrossOverSerialized(google::protobuf::Message& first, google::protobuf::Message& second, const uint8_t* data1,
                           size_t size1, const uint8_t* data2, size_t size2, uint8_t* out, size_t max_size,
                           unsigned seed);

}  // namespace onebyone::testing
