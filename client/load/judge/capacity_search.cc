#include "client/load/judge/capacity_search.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

namespace onebyone {
namespace {

constexpr double kStride = 1.5;     // while only one side of the capacity is known
constexpr double kLeastPerS = 0.1;  // below, a trial takes hours
constexpr int kConfirmations = 2;

struct Tally {
  int kept = 0;
  int broken = 0;
  // Trials that disagree go on until one side leads by two, or by one of five.
  bool disputed() const { return kept > 0 && broken > 0 && kept + broken < 5 && std::abs(kept - broken) < 2; }
};

// Three digits that count, which is finer than what a trial tells: 28.6, not 28.5713.
double Rounded(double per_s) {
  const double unit = std::pow(10, std::floor(std::log10(per_s)) - 2);
  return std::round(per_s / unit) * unit;
}

class Search {
 public:
  explicit Search(const CapacitySearchOptions& options) : options_(options) {}

  void Add(double per_s, bool kept) { ++(kept ? tallies_[per_s].kept : tallies_[per_s].broken); }

  // The lowest rate that broke the objective, and the highest below it that kept it.
  std::optional<double> Broken() const {
    for (const auto& [per_s, tally] : tallies_) {
      if (tally.broken > tally.kept) return per_s;
    }
    return std::nullopt;
  }
  std::optional<double> Kept() const {
    const std::optional<double> broken = Broken();
    std::optional<double> kept;
    for (const auto& [per_s, tally] : tallies_) {
      if (broken.has_value() && per_s >= *broken) break;
      if (tally.kept > tally.broken) kept = per_s;
    }
    return kept;
  }

  // The rate to try next; nothing where all that can be known is.
  std::optional<double> Next() const {
    if (tallies_.empty()) return std::clamp(Rounded(options_.start_per_s), kLeastPerS, options_.most_per_s);
    for (const auto& [per_s, tally] : tallies_) {
      if (tally.disputed()) return per_s;
    }
    const std::optional<double> kept = Kept();
    const std::optional<double> broken = Broken();
    if (!kept.has_value()) {
      if (*broken / kStride >= kLeastPerS) return Rounded(*broken / kStride);
      return std::nullopt;
    }
    if (!broken.has_value()) {
      if (*kept < options_.most_per_s) return std::min(Rounded(*kept * kStride), options_.most_per_s);
    } else if (*broken / *kept > 1 + options_.precision) {
      const double middle = std::sqrt(*kept * *broken);
      return Rounded(middle) > *kept && Rounded(middle) < *broken ? Rounded(middle) : middle;
    }
    if (tallies_.at(*kept).kept < kConfirmations) return kept;
    if (broken.has_value() && tallies_.at(*broken).broken < kConfirmations) return broken;
    return std::nullopt;
  }

 private:
  const CapacitySearchOptions options_;
  std::map<double, Tally> tallies_;
};

}  // namespace

CapacitySearchOutcome FindCapacity(const CapacitySearchOptions& options,
                                   absl::FunctionRef<absl::StatusOr<LoadStep>(double)> trial) {
  CapacitySearchOutcome outcome;
  Search search(options);
  while (static_cast<int>(outcome.steps.size()) < options.most_trials) {
    const std::optional<double> per_s = search.Next();
    outcome.settled = !per_s.has_value();
    if (outcome.settled) break;
    absl::StatusOr<LoadStep> step = trial(*per_s);
    if (!step.ok()) {
      outcome.status = step.status();
      break;
    }
    search.Add(*per_s, step->kept);
    outcome.steps.push_back(*std::move(step));
  }
  outcome.per_s = search.Kept();
  outcome.broken_per_s = search.Broken();
  return outcome;
}

const LoadStep* FindKnee(const std::vector<LoadStep>& steps) {
  const auto power = [](const LoadStep& step) {
    return step.mean_ms.has_value() && *step.mean_ms > 0 ? step.achieved_per_s / *step.mean_ms : 0;
  };
  const LoadStep* knee = nullptr;
  for (const LoadStep& step : steps) {
    if (power(step) > (knee == nullptr ? 0 : power(*knee))) knee = &step;
  }
  return knee;
}

}  // namespace onebyone
