#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace onebyone {

struct InspectOptions {
  std::string bundle;
  bool json = false;
};

// Prints what the bundle is and a row for each layer in graph order: name, op, shape, stride and receptive field in
// input pixels, parameters, multiply-adds of its own, their share of the whole network's, and those of all that it
// needs.
absl::Status RunInspect(const InspectOptions& options, std::ostream& out);

}  // namespace onebyone
