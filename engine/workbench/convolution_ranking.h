#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"
#include "engine/op/attributes.h"
#include "engine/workbench/precision_trial.h"

namespace onebyone {

// The convolutions of a network as imported that `wanted` takes (empty: all), in its order, by what they produce once
// batch norms are folded.
absl::StatusOr<std::vector<std::string>> FindConvolutions(
    const Graph& network, const std::function<bool(const ConvAttributes&)>& wanted = nullptr);

// `convolutions` by the error of the network in int8 by the calibration that `with` makes for each one, the smallest
// first; measured on a few pictures. `what` tells in the progress what is done to them: "in float".
absl::StatusOr<std::vector<std::string>> RankByError(
    const PrecisionTrial& trial, const std::string& what, const std::vector<std::string>& convolutions,
    const std::function<Calibration(const std::string& convolution)>& with);

}  // namespace onebyone
