#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/load/schedule/seeded_random.h"
#include "client/load/work/load_pictures.h"
#include "inference/grpc_service.pb.h"

namespace onebyone {

// An input of a KServe model, for calls of some pictures each.
struct InputTensor {
  std::string name;
  std::string datatype;                  // "FP32", "BYTES", ...
  std::vector<int64_t> call_shape = {};  // as it is sent
  std::vector<int64_t> shape = {};       // of one picture's part
};

// The input as the metadata tells of it: a first dimension of -1, or a fourth one before the three of a picture, is
// that of the pictures of a call. `known`: the dimensions of one picture, in place of those that the metadata leaves
// open; empty: none told. INVALID_ARGUMENT where a dimension stays unknown or the call has another number of pictures.
absl::StatusOr<InputTensor> ResolveInput(const inference::ModelMetadataResponse::TensorMetadata& metadata,
                                         int pictures_per_call, const std::vector<int64_t>& known);

// One picture's part, as raw content. BYTES: its length in four little-endian bytes and its encoded bytes. UINT8 and
// FP32 with three channels, first or last: its pixels, decoded here, squashed to the size, RGB; FP32 from 0 to 1.
// INVALID_ARGUMENT for other types and shapes.
absl::StatusOr<std::string> PictureContent(const Picture& picture, const InputTensor& input);

// Random values of any type, one picture's part: floating point from 0 to 1, small integers, words of 16 letters.
// INVALID_ARGUMENT for a type that the protocol does not have.
absl::StatusOr<std::string> RandomContent(const InputTensor& input, SeededRandom& random);

}  // namespace onebyone
