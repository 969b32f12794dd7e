#pragma once

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "tests/fuzz/choices.h"

namespace onebyone::testing {

// A small network of the kinds of nodes that vision networks have, with shapes, windows, groups and strides as
// `choices` say; the input is "image". INVALID_ARGUMENT where what was chosen does not fit together (a window larger
// than its input) or is too large to be run slowly: no network, and no finding.
absl::StatusOr<Graph> DrawNetwork(Choices& choices);

}  // namespace onebyone::testing
