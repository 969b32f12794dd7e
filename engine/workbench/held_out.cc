#include "engine/workbench/held_out.h"

#include <algorithm>

#include "engine/base/status_macros.h"
#include "engine/calibration/range_method.h"
#include "engine/workbench/value_observation.h"

namespace onebyone {

absl::StatusOr<std::vector<HeldOut>> HoldOutInTurn(const Model& exact, const PictureSet& pictures, int threads,
                                                   Progress& progress) {
  constexpr size_t kParts = 5;
  const size_t parts = std::min(kParts, pictures.inputs.size());
  std::vector<HeldOut> all;
  for (size_t part = 0; part < parts && parts > 1; ++part) {
    HeldOut& held_out = all.emplace_back();
    std::vector<size_t> others;
    for (const size_t picture : pictures.All()) {
      (picture % parts == part ? held_out.pictures : others).push_back(picture);
    }
    ASSIGN_OR_RETURN(const Observations observations, ObserveValues(exact, pictures, threads, progress, others));
    for (const RangeMethod method : kRangeMethods) {
      held_out.calibrations[std::string(NameOf(method))] =
          CalibrationBy(method, observations, static_cast<int>(others.size()));
    }
  }
  return all;
}

}  // namespace onebyone
