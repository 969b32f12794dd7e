#pragma once

#include <string>
#include <utility>
#include <vector>

namespace onebyone::testing {

// Small ONNX files by name: together they use every operator that the importer knows, in its forms.
std::vector<std::pair<std::string, std::string>> SeedNetworks();

}  // namespace onebyone::testing
