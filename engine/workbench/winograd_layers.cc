#include "engine/workbench/winograd_layers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/precision_choice.h"
#include "engine/workbench/convolution_ranking.h"
#include "engine/workbench/loss_share.h"

namespace onebyone {
namespace {

// The share of what int8 leaves above the limit of faithfulness that Winograd must leave too.
constexpr double kReserve = 0.25;
// As much again as int8 itself loses, at most: pictures unlike those of the calibration lose more to both.
constexpr double kLoss = 2;

bool TakesWinograd(const ConvAttributes& attributes) {
  const Window& window = attributes.window;
  const auto all = [](const SpatialVector& vector, int64_t wanted) {
    return std::all_of(vector.begin(), vector.end(), [&](int64_t number) { return number == wanted; });
  };
  return attributes.groups == 1 && window.kernel.size() == 2 && all(window.kernel, 3) && all(window.strides, 1) &&
         all(window.dilations, 1);
}

bool LeavesReserve(const Fidelity& winograd, const Fidelity& direct, int pictures) {
  const Fidelity least = LeastFidelity(Precision::kInt8);
  const auto with_reserve = [](double limit, double reached) {
    return std::max(limit + kReserve * (reached - limit), 1 - kLoss * (1 - reached));
  };
  return IsFaithful(winograd) && LossShare(winograd) <= std::max(LargestLossShare(pictures), LossShare(direct)) &&
         winograd.pooled_cosine >= with_reserve(least.pooled_cosine, direct.pooled_cosine) &&
         winograd.map_cosine >= with_reserve(least.map_cosine, direct.map_cosine);
}

// Those first that cost the least fidelity for the work that they spare.
absl::StatusOr<std::vector<Convolution>> RankByPrice(const PrecisionTrial& trial,
                                                     const std::vector<Convolution>& layers,
                                                     const Calibration& calibration) {
  ASSIGN_OR_RETURN(const double without, MeasureError(trial, "int8, no convolution as Winograd", calibration));
  ASSIGN_OR_RETURN(std::vector<double> prices,
                   MeasureErrors(trial, "as Winograd", layers, [&](const std::string& convolution) {
                     Calibration with = calibration;
                     with.winograd_layers = {convolution};
                     return with;
                   }));
  for (size_t i = 0; i < layers.size(); ++i) {
    prices[i] -= without;
    const LayerInfo* map = trial.exact().compiled->FindLayer(layers[i].name);
    if (map == nullptr || prices[i] <= 0) continue;
    prices[i] /= static_cast<double>(layers[i].weights * map->height * map->width);
  }
  return SortedBy(prices, layers);
}

absl::StatusOr<Fidelity> MeasureWith(const PrecisionTrial& trial, const std::vector<Convolution>& layers,
                                     Calibration& calibration) {
  calibration.winograd_layers.clear();
  for (const Convolution& layer : layers) calibration.winograd_layers.insert(layer.name);
  const std::string stage = absl::StrCat("int8, ", layers.size(), " convolutions as Winograd");
  ASSIGN_OR_RETURN(const FidelityMeasurement measurement, trial.MeasureHeldOut(stage, calibration));
  return Summarize(measurement, Precision::kInt8);
}

}  // namespace

absl::StatusOr<std::optional<Fidelity>> AllowWinograd(const PrecisionTrial& trial, const Fidelity& direct,
                                                      Calibration& calibration) {
  if (!IsFaithful(direct) || !HasByteWinograd()) return std::nullopt;
  Calibration allowed = calibration;
  ASSIGN_OR_RETURN(std::vector<Convolution> layers, FindConvolutions(trial.network(), TakesWinograd));
  std::optional<Fidelity> found;
  size_t fine = 0;              // so many may be Winograd
  size_t most = layers.size();  // more may not be
  for (size_t next = most; most > fine; next = (fine + most + 1) / 2) {
    const std::vector<Convolution> some(layers.begin(), layers.begin() + static_cast<int64_t>(next));
    ASSIGN_OR_RETURN(const Fidelity fidelity, MeasureWith(trial, some, allowed));
    if (LeavesReserve(fidelity, direct, calibration.images)) {
      fine = next;
      found = fidelity;
      calibration.winograd_layers = allowed.winograd_layers;
      continue;
    }
    if (most == layers.size() && next == most) {  // not all: which cost least?
      ASSIGN_OR_RETURN(layers, RankByPrice(trial, layers, calibration));
    }
    most = next - 1;
  }
  return found;
}

}  // namespace onebyone
