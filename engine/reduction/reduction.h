#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace onebyone {

// y = weights * x + bias in each pixel, ReLU where asked.
struct PointwiseConvolution {
  Tensor weights;              // float32 [out, in]
  std::optional<Tensor> bias;  // float32 [out]
  bool relu = false;

  int64_t out_channels() const { return weights.shape()[0]; }
  int64_t in_channels() const { return weights.shape()[1]; }
};

struct ChannelRange {
  float low = 0;
  float high = 0;
};

// A 1x1 convolution that maps the C channels of a layer to K: y = weights * x + bias, ReLU where asked. The first k
// rows are the reduction to k channels, so one fit serves every k.
struct Reduction {
  // kFitted: principal components, or whatever else has its rows in the order of their worth: what a client gets that
  // asks for k channels of the layer, so a layer has at most one. kHead: supplied by a user, with fewer, as many or
  // more rows than the layer has channels; asked for by its name.
  enum class Kind : uint8_t { kFitted, kHead };

  std::string name;  // unique within a model; part of a plan's identity
  std::string layer;
  Tensor weights;              // float32 [K, C]
  std::optional<Tensor> bias;  // float32 [K]
  bool relu = false;
  std::vector<double> explained_variance;  // [k-1]: share that the first k rows keep; may be empty
  Kind kind = Kind::kFitted;
  // Network in Network: a convolution between the layer and the one above, whose C are then this one's rows.
  std::optional<PointwiseConvolution> hidden = std::nullopt;
  int64_t images = 0;  // pictures that it was fitted on; 0: not known
  // What each row's results are likely to span; empty: not known.
  std::vector<ChannelRange> ranges = {};

  int64_t max_channels() const { return weights.shape()[0]; }
  // Of the layer that it takes.
  int64_t layer_channels() const { return hidden.has_value() ? hidden->in_channels() : weights.shape()[1]; }
};

}  // namespace onebyone
