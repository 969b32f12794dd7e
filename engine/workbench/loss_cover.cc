#include "engine/workbench/loss_cover.h"

#include <algorithm>
#include <optional>

namespace onebyone {
namespace {

bool Contains(const std::vector<size_t>& taken, size_t source) {
  return std::find(taken.begin(), taken.end(), source) != taken.end();
}

// By what to multiply each feature's losses so that those of the sources that are not taken sum up to what was
// measured.
std::vector<double> ScalesOf(const CoverQuery& query, const std::vector<size_t>& taken) {
  std::vector<double> scales(query.measured.size(), 0.0);
  for (size_t feature = 0; feature < scales.size(); ++feature) {
    double sum = 0;
    for (size_t i = 0; i < query.sources.size(); ++i) {
      if (!Contains(taken, i)) sum += std::max(0.0, query.sources[i].losses[feature]);
    }
    if (sum > 0) scales[feature] = query.measured[feature] / sum;
  }
  return scales;
}

// How much of what is too much goes away with `source`.
double GainOf(const LossSource& source, const std::vector<double>& scales, const std::vector<double>& left,
              double most_loss) {
  double gain = 0;
  for (size_t feature = 0; feature < left.size(); ++feature) {
    const double loss = scales[feature] * std::max(0.0, source.losses[feature]);
    gain += std::clamp(left[feature] - most_loss, 0.0, loss);
  }
  return gain;
}

}  // namespace

void TakeUntilCovered(const CoverQuery& query, std::vector<size_t>& taken) {
  const std::vector<double> scales = ScalesOf(query, taken);
  std::vector<double> left = query.measured;
  double work = 0;
  for (const size_t i : taken) work += query.sources[i].work;
  while (taken.size() < query.most_taken) {
    std::optional<size_t> best;
    double best_worth = 0;
    for (size_t i = 0; i < query.sources.size(); ++i) {
      const LossSource& source = query.sources[i];
      if (Contains(taken, i) || work + source.work > query.most_work) continue;
      const double worth = GainOf(source, scales, left, query.most_loss) / std::max(1.0, source.price);
      if (worth <= best_worth) continue;
      best = i;
      best_worth = worth;
    }
    if (!best.has_value()) return;  // covered, or nothing helps
    taken.push_back(*best);
    work += query.sources[*best].work;
    for (size_t feature = 0; feature < left.size(); ++feature) {
      left[feature] -= scales[feature] * std::max(0.0, query.sources[*best].losses[feature]);
    }
  }
}

}  // namespace onebyone
