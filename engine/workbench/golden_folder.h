#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/bundle/bundle.h"
#include "engine/model_loader.h"

namespace onebyone {

// Reference outputs that lie in a folder of their own: pictures `inputs/<name>.png` of the network's input size, and
// for each any number of `<name>.<layer>.npy`, '/' of the layer's name written as '_'. Sorted by file name. NOT_FOUND
// where there is no such file; INVALID_ARGUMENT, naming the file, where one belongs to no picture or no layer.
absl::StatusOr<std::vector<Golden>> FindGoldens(const std::string& folder, const Model& model, double tolerance);

}  // namespace onebyone
