#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace onebyone {

// A 1x1 convolution that maps the C channels of a layer to K: y = weights * x + bias, ReLU where asked. The first k
// rows are the reduction to k channels, so one fit serves every k.
struct Reduction {
  std::string name;  // unique within a model; part of a plan's identity
  std::string layer;
  Tensor weights;              // float32 [K, C]
  std::optional<Tensor> bias;  // float32 [K]
  bool relu = false;
  std::vector<double> explained_variance;  // [k-1]: share that the first k rows keep; may be empty

  int64_t max_channels() const { return weights.shape()[0]; }
  int64_t layer_channels() const { return weights.shape()[1]; }
};

}  // namespace onebyone
