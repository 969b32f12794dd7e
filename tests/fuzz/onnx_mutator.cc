#include <onnx/onnx_pb.h>

#include "tests/fuzz/libfuzzer.h"
#include "tests/fuzz/message_mutator.h"

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  onnx::ModelProto message;
  return onebyone::testing::MutateSerialized(message, data, size, max_size, seed);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1, const uint8_t* data2, size_t size2,
                                            uint8_t* out, size_t max_size, unsigned seed) {
  onnx::ModelProto first;
  onnx::ModelProto second;
  return onebyone::testing::CrossOverSerialized(first, second, data1, size1, data2, size2, out, max_size, seed);
}
