#include "engine/workbench/float_layers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/precision_choice.h"
#include "engine/workbench/convolution_ranking.h"

namespace onebyone {
namespace {

absl::StatusOr<std::vector<Convolution>> Rank(const PrecisionTrial& trial, const Calibration& calibration) {
  ASSIGN_OR_RETURN(const std::vector<Convolution> convolutions, FindConvolutions(trial.network()));
  ASSIGN_OR_RETURN(const std::vector<double> errors,
                   MeasureErrors(trial, "in float", convolutions, [&](const std::string& convolution) {
                     Calibration with = calibration;
                     with.float_layers.insert(convolution);
                     return with;
                   }));
  return SortedBy(errors, convolutions);
}

}  // namespace

absl::StatusOr<FidelityMeasurement> KeepInFloat(const PrecisionTrial& trial, std::optional<int> count,
                                                Calibration& calibration) {
  ASSIGN_OR_RETURN(const std::vector<Convolution> ranked, Rank(trial, calibration));
  const size_t most = count.has_value() ? static_cast<size_t>(*count) : ranked.size() / 4;
  const size_t kept = std::min(most, ranked.size());
  for (size_t i = 0; i < kept; ++i) {
    calibration.float_layers.insert(ranked[i].name);
    if (count.has_value()) continue;
    ASSIGN_OR_RETURN(FidelityMeasurement measurement,
                     trial.MeasureHeldOut(absl::StrCat("int8 with ", i + 1, " convolutions in float"), calibration));
    if (IsFaithful(Summarize(measurement, Precision::kInt8))) return measurement;
  }
  return trial.MeasureHeldOut(absl::StrCat("int8 with ", kept, " convolutions in float"), calibration);
}

}  // namespace onebyone
