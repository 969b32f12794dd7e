#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/graph/receptive_field.h"

namespace onebyone {

// One layer that can be asked for: a named float value that depends on the image.
struct LayerInfo {
  std::string name;
  std::string op;        // what produces it
  int64_t channels = 0;  // at the input size that shapes were inferred for
  int64_t height = 1;
  int64_t width = 1;
  bool is_vector = false;  // no spatial axes: [N, C]
  ReceptiveFields field;
  int64_t own_multiply_adds = 0;  // of the node that produces it, one image
  int64_t own_parameters = 0;
  int64_t multiply_adds = 0;  // of everything that it needs, itself included, one image
  int64_t parameters = 0;
};

// The layers of `graph` in graph order, after InferShapes with batch 1: every value of rank 4 [1, C, H, W] or rank 2
// [1, C] that depends on the first input and has float32 elements.
std::vector<LayerInfo> DescribeLayers(const Graph& graph);

}  // namespace onebyone
