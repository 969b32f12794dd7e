#include "engine/workbench/precision_trial.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<PrecisionTrial> PrecisionTrial::Create(const Bundle& bundle, const Graph& network, PictureSet pictures,
                                                      int threads, Progress& progress) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Model> exact,
                   MakeModel(bundle, network, {.convolution = CompileOptions::Convolution::kExact}));
  return PrecisionTrial(network, std::move(exact), std::move(pictures), threads, progress);
}

absl::StatusOr<FidelityMeasurement> PrecisionTrial::Measure(const std::string& stage, const CompileOptions& options,
                                                            const std::vector<size_t>& which,
                                                            const std::vector<std::string>& layers) const {
  progress_->Begin(stage, static_cast<int64_t>(which.empty() ? pictures_.inputs.size() : which.size()));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Model> other, MakeModel(exact_->bundle, network_, options));
  return MeasureFidelity(
      *exact_, *other,
      {.layers = layers.empty() ? ComparedLayers(*exact_->compiled) : layers, .pictures = which, .threads = threads_},
      pictures_, *progress_);
}

absl::StatusOr<FidelityMeasurement> PrecisionTrial::MeasureInt8(const std::string& stage,
                                                                const Calibration& calibration,
                                                                const std::vector<size_t>& which) const {
  CompileOptions options;
  options.precision = Precision::kInt8;
  options.every_conv = ConvVariant{.algorithm = ConvVariant::Algorithm::kWinograd};
  options.calibration = std::make_shared<const Calibration>(calibration);
  return Measure(stage, options, which);
}

absl::Status PrecisionTrial::HoldOut() {
  ASSIGN_OR_RETURN(held_out_, HoldOutInTurn(*exact_, pictures_, threads_, *progress_));
  return absl::OkStatus();
}

PrecisionTrial PrecisionTrial::Fainter(float factor) const {
  PrecisionTrial fainter = *this;
  for (Tensor& input : fainter.pictures_.inputs) {
    std::transform(input.As<float>(), input.As<float>() + input.elements(), input.As<float>(),
                   [factor](float number) { return factor * number; });
  }
  return fainter;
}

absl::StatusOr<FidelityMeasurement> PrecisionTrial::MeasureHeldOut(const std::string& stage,
                                                                   const Calibration& calibration) const {
  std::optional<FidelityMeasurement> all;
  for (const HeldOut& part : held_out_) {
    const auto others = part.calibrations.find(calibration.method);
    if (others == part.calibrations.end()) continue;
    Calibration held_out = calibration;
    for (auto& [value, range] : held_out.ranges) {
      if (const auto found = others->second.ranges.find(value); found != others->second.ranges.end()) {
        range = found->second;
      }
    }
    ASSIGN_OR_RETURN(const FidelityMeasurement measurement, MeasureInt8(stage, held_out, part.pictures));
    all = all.has_value() ? Merge(*all, measurement) : measurement;
  }
  if (all.has_value()) return *all;
  return MeasureInt8(stage, calibration);
}

}  // namespace onebyone
