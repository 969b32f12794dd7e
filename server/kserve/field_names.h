#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace onebyone {

// Where a field of v1::ExtractFeaturesRequest is found in a ModelInferRequest: "features[1].pooling.kind" is
// "outputs[1].parameters.pooling", "images[2].content" is "image[2]", for it may be in raw_input_contents or not.
std::string InferFieldOf(absl::string_view field);

}  // namespace onebyone
