#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "engine/graph/graph.h"
#include "engine/graph/layer_table.h"

namespace onebyone {

// One layer at one input size.
struct NativeMap {
  int64_t channels = 0;
  int64_t height = 1;
  int64_t width = 1;
  bool is_vector = false;        // [C]: it sees the whole picture, whatever its size
  int64_t activation_bytes = 0;  // an estimate of what it takes to compute it, see PeakActivationBytes
};

// The layers that fit an input size, by name.
// Not Abseil's: a table of theirs that gets no memory to grow is broken, and a request may ask for any size.
using NativeMaps = std::unordered_map<std::string, NativeMap>;

// What a network gives at sizes of its input other than its own, told without compiling anything. Its dense layers are
// convolutions, so that a classifier gives a map of classifications. Immutable; thread-safe.
class NativeSizes {
 public:
  // The least input that a layer can be computed from: multiples of the strides.
  struct Least {
    int64_t height = 0;
    int64_t width = 0;
  };

  // `network`: fully convolutional as far as it can be (DenseToConv with keep_map); `layers`: those of the network as
  // it is, at its own size of height x width.
  NativeSizes(Graph network, const std::vector<LayerInfo>& layers, int64_t height, int64_t width);

  // Inputs are multiples of these: the coarsest strides of all layers, in input pixels.
  int64_t stride_height() const { return stride_height_; }
  int64_t stride_width() const { return stride_width_; }
  // How much of a picture's side becomes the input: rounded down, 0 where it is smaller than the stride.
  int64_t RoundedHeight(int64_t height) const { return height / stride_height_ * stride_height_; }
  int64_t RoundedWidth(int64_t width) const { return width / stride_width_ * stride_width_; }

  // Null for a layer that can be computed at the network's own size only.
  const Least* FindLeast(const std::string& layer) const;
  // INVALID_ARGUMENT, naming the layer, what was wanted and what was got, where it cannot be computed from an input of
  // height x width.
  absl::Status Check(const std::string& layer, int64_t height, int64_t width) const;

  // All layers that can be asked for at an input of height x width. Takes some microseconds a node.
  NativeMaps At(int64_t height, int64_t width) const;

 private:
  // What is asked of: of each layer of `layers`, its value in the network.
  struct NamedValue {
    std::string name;
    ValueId value = kNoValue;
    int64_t channels = 0;
  };

  void FindStrides(const std::vector<LayerInfo>& layers);
  // Drops the layers that do not grow with the input.
  void KeepConvolutional();
  void FindLeastSizes();

  const Graph network_;
  const int64_t own_height_, own_width_;
  int64_t stride_height_ = 1, stride_width_ = 1;
  std::vector<NamedValue> values_;
  std::unordered_map<std::string, Least> least_;
};

}  // namespace onebyone
