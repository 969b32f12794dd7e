#include "engine/workbench/precision_trial.h"

#include <algorithm>
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
                                                            size_t most_pictures,
                                                            const std::vector<std::string>& layers) const {
  progress_->Begin(stage, static_cast<int64_t>(std::min(pictures_.inputs.size(), most_pictures)));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Model> other, MakeModel(exact_->bundle, network_, options));
  return MeasureFidelity(*exact_, *other,
                         {.layers = layers.empty() ? ComparedLayers(*exact_->compiled) : layers,
                          .most_pictures = most_pictures,
                          .threads = threads_},
                         pictures_, *progress_);
}

absl::StatusOr<FidelityMeasurement> PrecisionTrial::MeasureInt8(const std::string& stage,
                                                                const Calibration& calibration,
                                                                size_t most_pictures) const {
  CompileOptions options;
  options.precision = Precision::kInt8;
  options.every_conv = ConvVariant{.algorithm = ConvVariant::Algorithm::kWinograd};
  options.calibration = std::make_shared<const Calibration>(calibration);
  return Measure(stage, options, most_pictures);
}

}  // namespace onebyone
