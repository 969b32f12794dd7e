#pragma once

#include <optional>
#include <string>

#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// What is drawn of one layer of an image.
struct LayerView {
  v1::FeatureMap map;  // in CHW, any data type
  // The first three channels of the layer's stored reduction; without them, the components are those of the map itself.
  std::optional<v1::FeatureMap> components;
};

// "256 channels of 28 x 28 cells, stride 8, each sees 59 x 59 pixels" or "vector of 1024 channels".
std::string ShapeText(const v1::FeatureMap& map);

}  // namespace onebyone
