#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"
#include "engine/op/attributes.h"
#include "engine/workbench/precision_trial.h"

namespace onebyone {

struct Convolution {
  std::string name;  // of what it produces once batch norms are folded
  int64_t weights = 0;
};

// The convolutions of a network as imported that `wanted` takes (empty: all), in its order.
absl::StatusOr<std::vector<Convolution>> FindConvolutions(
    const Graph& network, const std::function<bool(const ConvAttributes&)>& wanted = nullptr);

// A few pictures, enough to tell the worst layers; each costs a run for each layer that is tried.
std::vector<size_t> SomePictures(const PictureSet& pictures);

// One number for the error of a network in int8 by `calibration`, measured on a few pictures: how far the cosines of
// its layers are from 1, on the average.
absl::StatusOr<double> MeasureError(const PrecisionTrial& trial, const std::string& stage,
                                    const Calibration& calibration);

// The error of the network for each of `convolutions`, in their order, by the calibration that `with` makes for it.
// `what` tells in the progress what is done to them: "in float".
absl::StatusOr<std::vector<double>> MeasureErrors(
    const PrecisionTrial& trial, const std::string& what, const std::vector<Convolution>& convolutions,
    const std::function<Calibration(const std::string& convolution)>& with);

// `convolutions`, those with the smallest of `numbers` first.
std::vector<Convolution> SortedBy(const std::vector<double>& numbers, const std::vector<Convolution>& convolutions);

}  // namespace onebyone
