#include "engine/workbench/loss_share.h"

#include <algorithm>
#include <cmath>

#include "engine/precision_choice.h"

namespace onebyone {
namespace {

double Share(double cosine, double least) { return (1 - cosine) / (1 - least); }

}  // namespace

double LossShare(const Fidelity& fidelity) {
  const Fidelity least = LeastFidelity(fidelity.precision);
  return std::max(Share(fidelity.pooled_cosine, least.pooled_cosine), Share(fidelity.map_cosine, least.map_cosine));
}

std::vector<double> LossShares(const FidelityMeasurement& measurement) {
  const Fidelity least = LeastFidelity(Precision::kInt8);
  std::vector<double> shares;
  for (const LayerFidelity& layer : measurement.layers) {
    shares.push_back(Share(layer.least_pooled_cosine, least.pooled_cosine));
    shares.push_back(Share(layer.least_map_cosine, least.map_cosine));
  }
  return shares;
}

double LargestLossShare(int pictures) {
  constexpr double kOfFewest = 0.5;
  return std::max(kOfFewest, 1 - 1 / std::sqrt(std::max(1, pictures)));
}

}  // namespace onebyone
