#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace onebyone {

// One convolution of a head, by the paths of its .npy files.
struct HeadStage {
  std::string weights;  // float32 [out, in]
  std::string bias;     // float32 [out]; empty: none
  bool relu = false;
};

struct AddReductionOptions {
  std::string bundle;
  std::string layer;              // or alias
  std::string name;               // of the new head
  std::vector<HeadStage> stages;  // in the order in which they run: one, or two for Network in Network
};

// Stores a user's own 1x1 convolution, or a chain of two, in the bundle as a head of the layer, with fewer, as many or
// more channels than the layer has. INVALID_ARGUMENT, saying what, wanted, got, for an unknown layer and for weights
// that do not fit the layer or each other, have another type, or hold a number that is not finite; ALREADY_EXISTS for a
// name that is taken. Nothing is written then.
absl::Status RunAddReduction(const AddReductionOptions& options, std::ostream& out);

}  // namespace onebyone
