#include "engine/workbench/fidelity_command.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_importer.h"
#include "engine/workbench/precision_trial.h"
#include "engine/workbench/table.h"

namespace onebyone {
namespace {

absl::StatusOr<std::vector<std::string>> ResolveLayers(const Model& model, const std::vector<std::string>& names) {
  std::vector<std::string> layers;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const LayerInfo* layer, model.ResolveLayer(name));
    layers.push_back(layer->name);
  }
  return layers;
}

void PrintText(const Bundle& bundle, Precision precision, const FidelityMeasurement& measurement, std::ostream& out) {
  out << bundle.name << ", " << NameOf(precision) << " against exact float32, " << measurement.pictures
      << " pictures\n";
  Table table({{"layer", Table::Align::kLeft},
               {"pooled cosine, least"},
               {"mean"},
               {"map cosine, least"},
               {"mean"},
               {"error, largest"},
               {"mean"}});
  for (const LayerFidelity& layer : measurement.layers) {
    table.AddRow({layer.layer, absl::StrFormat("%.6f", layer.least_pooled_cosine),
                  absl::StrFormat("%.6f", layer.mean_pooled_cosine), absl::StrFormat("%.6f", layer.least_map_cosine),
                  absl::StrFormat("%.6f", layer.mean_map_cosine), absl::StrFormat("%.2e", layer.largest_error),
                  absl::StrFormat("%.2e", layer.mean_error)});
  }
  out << table.ToString() << absl::StrFormat("top-1 agreement %.4f\n", measurement.top1_agreement);
}

void PrintJson(const Bundle& bundle, Precision precision, const FidelityMeasurement& measurement, std::ostream& out) {
  std::vector<std::string> layers;
  for (const LayerFidelity& layer : measurement.layers) {
    JsonObject json;
    json.String("layer", layer.layer);
    json.Number("least_pooled_cosine", layer.least_pooled_cosine);
    json.Number("mean_pooled_cosine", layer.mean_pooled_cosine);
    json.Number("least_map_cosine", layer.least_map_cosine).Number("mean_map_cosine", layer.mean_map_cosine);
    json.Number("largest_error", layer.largest_error).Number("mean_error", layer.mean_error);
    layers.push_back(json.ToString());
  }
  const Fidelity fidelity = Summarize(measurement, precision);
  JsonObject json;
  json.String("model", bundle.name).String("precision", NameOf(precision));
  json.Integer("images", measurement.pictures).Number("pooled_cosine", fidelity.pooled_cosine);
  json.Number("map_cosine", fidelity.map_cosine).Number("top1_agreement", fidelity.top1_agreement);
  json.Json("layers", JsonArray(layers));
  out << json.ToString() << "\n";
}

}  // namespace

absl::Status RunFidelity(const FidelityOptions& options, std::ostream& out, std::ostream& errors) {
  ASSIGN_OR_RETURN(const Bundle bundle, ReadBundle(options.bundle));
  CompileOptions compile;
  ASSIGN_OR_RETURN(const Graph network, ImportOnnxFile(bundle.model_path));
  compile.precision = ChoosePrecision(bundle, network, options.precision);
  compile.calibration = bundle.calibration;
  // The least that the served plan can have, whichever kernels it finds to be the fastest.
  compile.every_conv = ConvVariant{.algorithm = ConvVariant::Algorithm::kWinograd};
  ASSIGN_OR_RETURN(PictureSet pictures, ReadPictures(options.images, bundle.preprocess, options.threads, errors));
  FidelityMeasurement measurement;
  {
    Progress progress(options.show_progress ? &errors : nullptr);
    ASSIGN_OR_RETURN(const PrecisionTrial trial,
                     PrecisionTrial::Create(bundle, network, std::move(pictures), options.threads, progress));
    ASSIGN_OR_RETURN(const std::vector<std::string> layers, ResolveLayers(trial.exact(), options.layers));
    ASSIGN_OR_RETURN(measurement, trial.Measure(std::string(NameOf(compile.precision)), compile, {}, layers));
  }
  (options.json ? PrintJson : PrintText)(bundle, compile.precision, measurement, out);
  return absl::OkStatus();
}

}  // namespace onebyone
