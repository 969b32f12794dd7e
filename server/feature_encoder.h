#pragma once

#include <vector>

#include "absl/time/time.h"
#include "engine/tensor/element_conversion.h"
#include "engine/tensor/tensor_view.h"
#include "onebyone/v1/tensor.pb.h"
#include "server/pooling.h"

namespace onebyone {

// The form in which a feature map goes to the client.
struct FeatureForm {
  PoolingSpec pooling{};
  bool l2_normalize = false;
  v1::DataType data_type = v1::FLOAT32;  // never DATA_TYPE_UNSPECIFIED
  v1::Layout layout = v1::CHW;           // never LAYOUT_UNSPECIFIED
  std::vector<Uint8Range> fixed{};       // UINT8: of each channel; empty: from the map
};

// Bytes of one element on the wire.
int64_t WireSize(v1::DataType type);

// Turns a network's output into the bytes of an answer. Keeps its scratch memory; used by one thread at a time.
class FeatureEncoder {
 public:
  struct Times {
    absl::Duration reduce;  // pooling and normalization
    absl::Duration encode;  // data type and layout
  };

  // `map`: float32 [1, C, H, W] or [1, C]. Fills shape, data_type, layout, content, scale and zero_point of `feature`,
  // writing the elements straight into `content`. A map without layout or form to change is copied once. Shape: [C, h,
  // w] or [h, w, C]; [C] for a vector and for a map pooled to one cell.
  Times Encode(const ConstTensorView& map, const FeatureForm& form, v1::FeatureMap& feature);

 private:
  std::vector<float> shaped_;  // pooled and normalized
  std::vector<float> transposed_;
  std::vector<double> squares_;
};

}  // namespace onebyone
