#pragma once

#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

namespace onebyone::testing {

// Ends the process where what a fuzzer claims does not hold: that is how libFuzzer learns of a finding, and how a
// replay fails.
inline void Require(bool holds, absl::string_view claim) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %.*s\n", static_cast<int>(claim.size()), claim.data());
  std::abort();
}

}  // namespace onebyone::testing
