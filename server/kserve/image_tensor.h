#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "inference/grpc_service.pb.h"
#include "server/image_source.h"
#include "server/options.h"

namespace onebyone {

// The pictures of a ModelInfer request.
struct ImageTensor {
  RequestImages images;         // borrow from the request, or from:
  std::vector<uint8_t> pixels;  // of UINT8 `contents`, which have four bytes for each
};

// Reads the one input, `image`:
//   BYTES [N] or [N, 1]   encoded pictures; raw: of each a length in four little-endian bytes, then its bytes
//   UINT8 [N, H, W, 3]    RGB pixels
//   FP32  [N, 3, H, W]    the network's input
// from raw_input_contents or from the `contents` of its type. Only UINT8 `contents` are copied. INVALID_ARGUMENT,
// naming the field, where form, shape and bytes do not fit or are over `limits`; what needs the model or the picture
// itself is checked later.
absl::StatusOr<ImageTensor> ReadImageTensor(const inference::ModelInferRequest& request, const RequestLimits& limits);

}  // namespace onebyone
