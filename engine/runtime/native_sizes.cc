#include "engine/runtime/native_sizes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/graph/activation_memory.h"
#include "engine/graph/fitting_shapes.h"

namespace onebyone {
namespace {

using ValueShapes = std::vector<std::optional<ValueInfo>>;

ValueShapes ShapesAt(const Graph& network, int64_t height, int64_t width) {
  return FittingShapes(network, {1, network.value(network.inputs().front()).shape[1], height, width});
}

// The least multiple of `stride` that is not below `size`.
int64_t RoundedUp(int64_t size, int64_t stride) { return (size + stride - 1) / stride * stride; }

// A map or vector of one image with these channels.
bool IsLayer(const std::optional<ValueInfo>& known, int64_t channels) {
  if (!known.has_value() || known->type != DataType::kFloat32) return false;
  const Shape& shape = known->shape;
  return (shape.rank() == 4 || shape.rank() == 2) && shape[0] == 1 && shape[1] == channels;
}

}  // namespace

NativeSizes::NativeSizes(Graph network, const std::vector<LayerInfo>& layers, int64_t height, int64_t width)
    : network_(std::move(network)), own_height_(height), own_width_(width) {
  if (network_.value(network_.inputs().front()).shape.rank() != 4) return;  // takes no picture
  for (const LayerInfo& layer : layers) {
    const ValueId value = network_.FindValue(layer.name);
    if (value != kNoValue) values_.push_back({layer.name, value, layer.channels});
  }
  FindStrides(layers);
  KeepConvolutional();
  FindLeastSizes();
}

void NativeSizes::FindStrides(const std::vector<LayerInfo>& layers) {
  for (const LayerInfo& layer : layers) {
    stride_height_ = std::max(stride_height_, static_cast<int64_t>(std::ceil(layer.field.height.stride)));
    stride_width_ = std::max(stride_width_, static_cast<int64_t>(std::ceil(layer.field.width.stride)));
  }
}

void NativeSizes::KeepConvolutional() {
  const int64_t height = RoundedUp(own_height_, stride_height_);
  const int64_t width = RoundedUp(own_width_, stride_width_);
  // Two sizes, so that what happens to fit one of them does not pass.
  const ValueShapes own = ShapesAt(network_, height, width);
  const ValueShapes larger = ShapesAt(network_, height + stride_height_, width + 2 * stride_width_);
  std::erase_if(values_, [&](const NamedValue& layer) {
    return !IsLayer(own[layer.value], layer.channels) || !IsLayer(larger[layer.value], layer.channels);
  });
}

void NativeSizes::FindLeastSizes() {
  const int64_t height = RoundedUp(own_height_, stride_height_);
  const int64_t width = RoundedUp(own_width_, stride_width_);
  for (const NamedValue& layer : values_) least_[layer.name] = {height, width};
  // From the own size down, an axis at a time, as long as anything fits.
  for (int64_t least = height; least > 0; least -= stride_height_) {
    const ValueShapes shapes = ShapesAt(network_, least, width);
    for (const NamedValue& layer : values_) {
      if (IsLayer(shapes[layer.value], layer.channels)) least_[layer.name].height = least;
    }
  }
  for (int64_t least = width; least > 0; least -= stride_width_) {
    const ValueShapes shapes = ShapesAt(network_, height, least);
    for (const NamedValue& layer : values_) {
      if (IsLayer(shapes[layer.value], layer.channels)) least_[layer.name].width = least;
    }
  }
}

const NativeSizes::Least* NativeSizes::FindLeast(const std::string& layer) const {
  const auto found = least_.find(layer);
  return found == least_.end() ? nullptr : &found->second;
}

absl::Status NativeSizes::Check(const std::string& layer, int64_t height, int64_t width) const {
  const Least* least = FindLeast(layer);
  if (least == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer '", layer, "': wanted one that is fully convolutional, got one that needs the network's own ",
        "input size, ", own_width_, "x", own_height_));
  }
  if (height >= least->height && width >= least->width) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("layer '", layer, "': wanted an input of at least ", least->width, "x",
                                                 least->height, " pixels, got ", width, "x", height));
}

NativeMaps NativeSizes::At(int64_t height, int64_t width) const {
  const ValueShapes shapes = ShapesAt(network_, height, width);
  const std::vector<int64_t> bytes = PeakActivationBytes(network_, shapes);
  NativeMaps maps;
  for (const NamedValue& layer : values_) {
    if (!IsLayer(shapes[layer.value], layer.channels)) continue;
    const Shape& shape = shapes[layer.value]->shape;
    NativeMap map = {
        .channels = layer.channels, .is_vector = shape.rank() == 2, .activation_bytes = bytes[layer.value]};
    if (!map.is_vector) {
      map.height = shape[2];
      map.width = shape[3];
    }
    maps[layer.name] = map;
  }
  return maps;
}

}  // namespace onebyone
