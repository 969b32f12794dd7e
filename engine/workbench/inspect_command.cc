#include "engine/workbench/inspect_command.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/model_loader.h"
#include "engine/workbench/table.h"

namespace onebyone {
namespace {

struct Totals {
  int64_t multiply_adds = 0;
  int64_t parameters = 0;
  double ShareOf(const LayerInfo& layer) const {
    return multiply_adds > 0 ? static_cast<double>(layer.own_multiply_adds) / static_cast<double>(multiply_adds) : 0;
  }
};

Totals Sum(const std::vector<LayerInfo>& layers) {
  Totals totals;
  for (const LayerInfo& layer : layers) {
    totals.multiply_adds += layer.own_multiply_adds;
    totals.parameters += layer.own_parameters;
  }
  return totals;
}

std::string ShapeText(const LayerInfo& layer) {
  return layer.is_vector ? absl::StrCat(layer.channels)
                         : absl::StrCat(layer.channels, "x", layer.height, "x", layer.width);
}

// Both axes as one number where they agree.
std::string AxesText(double height, double width) {
  return height == width ? absl::StrCat(height) : absl::StrCat(height, "x", width);
}

std::string StrideText(const LayerInfo& layer) {
  const ReceptiveFields& field = layer.field;
  return field.height.stride > 0 || field.width.stride > 0 ? AxesText(field.height.stride, field.width.stride) : "-";
}

absl::string_view NameOf(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kBilinear: return "bilinear";
    case ResizeFilter::kArea: return "area";
    case ResizeFilter::kAntialias: break;
  }
  return "antialias";
}

// Empty without a calibration.
std::string CalibrationText(const Calibration* calibration) {
  if (calibration == nullptr) return "";
  std::string text = absl::StrCat("by ", calibration->method, " on ", calibration->images, " pictures");
  for (const Fidelity& fidelity : calibration->fidelities) {
    absl::StrAppend(&text, ", ", NameOf(fidelity.precision), " ",
                    absl::StrFormat("%.4f pooled, %.4f maps", fidelity.pooled_cosine, fidelity.map_cosine));
  }
  return text;
}

// "pca(x): x, 832 channels to at most 64, fitted on 100 pictures, variance kept: 50.0 % at 8, 90.0 % at 64".
std::string ReductionText(const Reduction& reduction) {
  const bool is_head = reduction.kind == Reduction::Kind::kHead;
  const std::vector<double>& shares = reduction.explained_variance;
  std::string text = absl::StrCat(reduction.name, ": ", is_head ? "head of " : "", reduction.layer, ", ",
                                  reduction.layer_channels(), " channels");
  if (reduction.hidden.has_value()) absl::StrAppend(&text, " to ", reduction.hidden->out_channels());
  absl::StrAppend(&text, is_head ? " to " : " to at most ", reduction.max_channels());
  if (reduction.images > 0) absl::StrAppend(&text, ", fitted on ", reduction.images, " pictures");
  std::vector<std::string> kept;
  for (size_t k = 8; k < shares.size(); k *= 2)
    kept.push_back(absl::StrFormat("%.1f %% at %d", 100 * shares[k - 1], k));
  if (!shares.empty()) kept.push_back(absl::StrFormat("%.1f %% at %d", 100 * shares.back(), shares.size()));
  if (!kept.empty()) absl::StrAppend(&text, ", variance kept: ", absl::StrJoin(kept, ", "));
  return text;
}

std::string ReductionJson(const Reduction& reduction) {
  std::vector<std::string> shares;
  for (const double share : reduction.explained_variance) shares.push_back(absl::StrCat(share));
  JsonObject json;
  json.String("name", reduction.name).String("layer", reduction.layer);
  json.String("kind", reduction.kind == Reduction::Kind::kHead ? "head" : "fitted");
  json.Integer("layer_channels", reduction.layer_channels()).Integer("max_channels", reduction.max_channels());
  json.Boolean("relu", reduction.relu).Integer("images", reduction.images);
  json.Integer("hidden_channels", reduction.hidden.has_value() ? reduction.hidden->out_channels() : 0);
  json.Json("explained_variance", JsonArray(shares));
  return json.ToString();
}

std::vector<std::pair<std::string, std::string>> Facts(const Model& model) {
  const Bundle& bundle = model.bundle;
  const PreprocessOptions& input = bundle.preprocess;
  const std::map<std::string, std::string> aliases(bundle.aliases.begin(), bundle.aliases.end());
  std::vector<std::pair<std::string, std::string>> facts = {
      {"model", absl::StrCat(bundle.name, ", version ", bundle.version)},
      {"description", bundle.description},
      {"license", bundle.license},
      {"source", bundle.source},
      {"sha256", bundle.sha256},
      {"input",
       absl::StrCat(input.width, "x", input.height, " from the centre of the picture with its shorter side at ",
                    input.resize_shorter_side, " (", NameOf(input.filter), ")")},
      {"pixels", absl::StrCat(input.color == ColorOrder::kRgb ? "rgb" : "bgr", ", (pixel * ", input.scale, " - (",
                              absl::StrJoin(input.mean, ", "), ")) / (", absl::StrJoin(input.std, ", "), ")")},
      {"default layers", absl::StrJoin(model.DefaultLayers(), ", ")},
      {"aliases", absl::StrJoin(aliases, ", ", absl::PairFormatter(" = "))},
      {"calibration", CalibrationText(bundle.calibration.get())},
  };
  for (const auto& reduction : bundle.reductions) facts.emplace_back("reduction", ReductionText(*reduction));
  facts.erase(std::remove_if(facts.begin(), facts.end(), [](const auto& fact) { return fact.second.empty(); }),
              facts.end());
  return facts;
}

void PrintText(const Model& model, std::ostream& out) {
  const std::vector<LayerInfo>& layers = model.compiled->layers();
  const Totals totals = Sum(layers);
  for (const auto& [name, value] : Facts(model)) out << absl::StrFormat("%-14s  %s\n", name, value);
  Table table({{"layer", Table::Align::kLeft},
               {"op", Table::Align::kLeft},
               {"shape"},
               {"stride"},
               {"field"},
               {"parameters"},
               {"multiply-adds"},
               {"share"},
               {"cumulative"}});
  for (const LayerInfo& layer : layers) {
    table.AddRow({layer.name, layer.op, ShapeText(layer), StrideText(layer),
                  AxesText(layer.field.height.size, layer.field.width.size), WithThousands(layer.own_parameters),
                  WithThousands(layer.own_multiply_adds), absl::StrFormat("%.2f %%", 100 * totals.ShareOf(layer)),
                  WithThousands(layer.multiply_adds)});
  }
  out << "\n"
      << table.ToString() << "\n"
      << layers.size() << " layers, " << WithThousands(totals.parameters) << " parameters, "
      << WithThousands(totals.multiply_adds) << " multiply-adds\n";
}

std::string LayerJson(const LayerInfo& layer, const Totals& totals) {
  JsonObject json;
  json.String("name", layer.name).String("op", layer.op).Integer("channels", layer.channels);
  json.Integer("height", layer.height).Integer("width", layer.width).Boolean("is_vector", layer.is_vector);
  json.Number("stride_height", layer.field.height.stride).Number("stride_width", layer.field.width.stride);
  json.Number("offset_height", layer.field.height.offset).Number("offset_width", layer.field.width.offset);
  json.Number("field_height", layer.field.height.size).Number("field_width", layer.field.width.size);
  json.Integer("parameters", layer.own_parameters).Integer("multiply_adds", layer.own_multiply_adds);
  json.Number("share", totals.ShareOf(layer));
  json.Integer("cumulative_parameters", layer.parameters).Integer("cumulative_multiply_adds", layer.multiply_adds);
  return json.ToString();
}

void PrintJson(const Model& model, std::ostream& out) {
  const Bundle& bundle = model.bundle;
  const Totals totals = Sum(model.compiled->layers());
  std::vector<std::string> layers;
  std::vector<std::string> defaults;
  std::vector<std::string> reductions;
  JsonObject aliases;
  for (const LayerInfo& layer : model.compiled->layers()) layers.push_back(LayerJson(layer, totals));
  for (const std::string& layer : model.DefaultLayers()) defaults.push_back(JsonString(layer));
  for (const auto& reduction : bundle.reductions) reductions.push_back(ReductionJson(*reduction));
  const std::map<std::string, std::string> sorted_aliases(bundle.aliases.begin(), bundle.aliases.end());
  for (const auto& [alias, layer] : sorted_aliases) aliases.String(alias, layer);
  JsonObject json;
  json.String("model", bundle.name).Integer("version", bundle.version).String("description", bundle.description);
  json.String("license", bundle.license).String("source", bundle.source).String("sha256", bundle.sha256);
  json.Integer("width", bundle.preprocess.width).Integer("height", bundle.preprocess.height);
  json.Json("default_layers", JsonArray(defaults)).Json("aliases", aliases.ToString());
  json.Integer("parameters", totals.parameters).Integer("multiply_adds", totals.multiply_adds);
  json.Json("reductions", JsonArray(reductions)).Json("layers", JsonArray(layers));
  out << json.ToString() << "\n";
}

}  // namespace

absl::Status RunInspect(const InspectOptions& options, std::ostream& out) {
  // Nothing runs here, so nothing need be measured.
  ASSIGN_OR_RETURN(
      const std::shared_ptr<const Model> model,
      LoadModel(options.bundle, PrecisionChoice::kFloat32, {.convolution = CompileOptions::Convolution::kExact}));
  (options.json ? PrintJson : PrintText)(*model, out);
  return absl::OkStatus();
}

}  // namespace onebyone
