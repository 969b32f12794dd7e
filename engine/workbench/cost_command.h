#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace onebyone {

struct CostOptions {
  std::string bundle;
  int runs = 50;  // of the textbook case, timed; 0 only counts
  bool json = false;
};

// Prints what the 1x1 reductions of the bundle's network save in multiply-adds: a row for each convolution behind one,
// with and without it, and the sum; then the textbook case, counted and measured.
absl::Status RunCost(const CostOptions& options, std::ostream& out);

}  // namespace onebyone
