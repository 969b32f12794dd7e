#include "engine/model_loader.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/json.h"
#include "engine/base/nearest_name.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_importer.h"

namespace onebyone {
namespace {

constexpr size_t kMaxNameTold = 100;  // of a layer name that somebody sent; the rest is noise in a message

absl::Status Annotated(const absl::Status& status, absl::string_view where) {
  return absl::Status(status.code(), absl::StrCat(where, ": ", status.message()));
}

// The network must take one picture and nothing else.
absl::Status CheckInputs(const Graph& network) {
  if (network.inputs().empty()) return absl::InvalidArgumentError("inputs: want the image, got none");
  for (size_t i = 1; i < network.inputs().size(); ++i) {
    if (network.ConsumersOf(network.inputs()[i]).empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("inputs: want one, the image, got also '", network.value(network.inputs()[i]).name, "'"));
  }
  const Value& image = network.value(network.inputs().front());
  const Shape& shape = image.shape;
  if (image.type != DataType::kFloat32 || shape.rank() != 4 || (shape[1] != 3 && shape[1] != Shape::kUnknown)) {
    return absl::InvalidArgumentError(absl::StrCat("input '", image.name, "': want float32 [N, 3, height, width], got ",
                                                   NameOf(image.type), " ", shape.ToString()));
  }
  return absl::OkStatus();
}

template <typename T>
double NumberOf(T element) {
  if constexpr (std::is_arithmetic_v<T>)
    return static_cast<double>(element);
  else
    return ToFloat(element);
}

template <typename T>
absl::Status CheckElements(const Value& value) {
  const auto* const begin = value.constant->As<T>();
  const auto* const end = begin + value.constant->elements();
  const auto* const wrong = std::find_if_not(begin, end, [](T element) { return std::isfinite(NumberOf(element)); });
  if (wrong == end) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("weights '", value.name, "': want finite numbers, got ",
                                                 NumberOf(*wrong), " (element ", wrong - begin, ")"));
}

absl::Status CheckConstant(const Value& value) {
  switch (value.constant->type()) {
    case DataType::kFloat32: return CheckElements<float>(value);
    case DataType::kFloat64: return CheckElements<double>(value);
    case DataType::kFloat16: return CheckElements<Float16>(value);
    case DataType::kBFloat16: return CheckElements<BFloat16>(value);
    default: return absl::OkStatus();
  }
}

// NaN in weights need not show in what a network computes: an activation or a maximum may lose it, and give numbers
// that look right.
absl::Status CheckWeights(const Graph& network) {
  std::vector<bool> is_checked(network.value_count());
  for (const NodeId id : network.NodeIds()) {
    for (const ValueId input : network.node(id).inputs) {
      if (input == kNoValue || is_checked[input] || network.value(input).constant == nullptr) continue;
      is_checked[input] = true;
      RETURN_IF_ERROR(CheckConstant(network.value(input)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLayer(const Model& model, absl::string_view field, const std::string& layer) {
  if (model.compiled->FindLayer(layer) != nullptr) return absl::OkStatus();
  return Annotated(model.ResolveLayer(layer).ok()
                       ? absl::InvalidArgumentError(absl::StrCat("want a layer, got the alias '", layer, "'"))
                       : model.ResolveLayer(layer).status(),
                   field);
}

absl::Status CheckAliases(const Model& model) {
  for (const auto& [alias, layer] : model.bundle.aliases) {
    RETURN_IF_ERROR(CheckLayer(model, absl::StrCat("aliases: layer of '", alias, "'"), layer));
    if (model.compiled->FindLayer(alias) != nullptr && alias != layer) {
      return absl::InvalidArgumentError(
          absl::StrCat("aliases: want a name that no layer has, got '", alias, "', which is a layer itself"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckReductions(const Model& model) {
  for (const std::shared_ptr<const Reduction>& reduction : model.bundle.reductions) {
    const std::string field = absl::StrCat("reductions: '", reduction->name, "'");
    RETURN_IF_ERROR(CheckLayer(model, field, reduction->layer));
    const int64_t channels = model.compiled->FindLayer(reduction->layer)->channels;
    const Tensor& first = reduction->hidden.has_value() ? reduction->hidden->weights : reduction->weights;
    if (reduction->layer_channels() != channels) {
      return absl::InvalidArgumentError(absl::StrCat(field, ": want weights [K, ", channels, "] for layer '",
                                                     reduction->layer, "', got ", first.shape().ToString()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckText(absl::string_view what, absl::string_view text) {
  if (IsUtf8(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": want UTF-8, got '", absl::CHexEscape(text.substr(0, kMaxNameTold)), "'"));
}

// Answers are protobuf messages: with a text that is no UTF-8 no client can read them, whatever else is in them.
absl::Status CheckTexts(const Model& model) {
  const Bundle& bundle = model.bundle;
  RETURN_IF_ERROR(CheckText("name of the bundle", bundle.name));
  RETURN_IF_ERROR(CheckText("description", bundle.description));
  RETURN_IF_ERROR(CheckText("license", bundle.license));
  RETURN_IF_ERROR(CheckText("source", bundle.source));
  for (const auto& [alias, layer] : bundle.aliases) RETURN_IF_ERROR(CheckText("aliases: alias", alias));
  for (const auto& reduction : bundle.reductions) RETURN_IF_ERROR(CheckText("reductions: name", reduction->name));
  for (const LayerInfo& layer : model.compiled->layers()) RETURN_IF_ERROR(CheckText("name of a layer", layer.name));
  return absl::OkStatus();
}

// Everything that the config names must be there.
absl::Status CheckNames(const Model& model) {
  if (model.compiled->layers().empty()) {
    return absl::InvalidArgumentError("network: want layers that depend on the image, got none");
  }
  for (const std::string& layer : model.bundle.default_layers) {
    const auto found = model.ResolveLayer(layer);
    if (!found.ok()) return Annotated(found.status(), "default_layers");
  }
  RETURN_IF_ERROR(CheckAliases(model));
  RETURN_IF_ERROR(CheckReductions(model));
  for (const Golden& golden : model.bundle.goldens) {
    const auto found = model.ResolveLayer(golden.layer);
    if (!found.ok()) return Annotated(found.status(), "goldens");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<const LayerInfo*> Model::ResolveLayer(const std::string& name_or_alias) const {
  if (const LayerInfo* layer = compiled->FindLayer(name_or_alias)) return layer;
  if (const auto alias = bundle.aliases.find(name_or_alias); alias != bundle.aliases.end()) {
    if (const LayerInfo* layer = compiled->FindLayer(alias->second)) return layer;
  }
  std::vector<std::string> names;
  for (const LayerInfo& layer : compiled->layers()) names.push_back(layer.name);
  for (const auto& [alias, layer] : bundle.aliases) names.push_back(alias);
  std::sort(names.begin() + static_cast<int64_t>(compiled->layers().size()), names.end());
  const std::string got = name_or_alias.substr(0, kMaxNameTold);
  const std::string nearest = NearestName(got, names);
  return absl::InvalidArgumentError(
      absl::StrCat("layer: want a layer of model '", bundle.name, "', got '", absl::CEscape(got), "'",
                   nearest.empty() ? "" : absl::StrCat("; the nearest name is '", nearest, "'")));
}

std::vector<std::string> Model::DefaultLayers() const {
  std::vector<std::string> names;
  for (const std::string& layer : bundle.default_layers) {
    if (const auto found = ResolveLayer(layer); found.ok()) names.push_back((*found)->name);
  }
  if (!names.empty()) return names;
  const std::vector<std::string>& outputs = compiled->output_layers();
  for (auto output = outputs.rbegin(); output != outputs.rend(); ++output) {
    if (compiled->FindLayer(*output) != nullptr) return {*output};
  }
  return {compiled->layers().back().name};  // outputs that are no layers, such as the index of the best class
}

std::shared_ptr<const Reduction> Model::StoredReduction(const std::string& layer) const {
  for (const std::shared_ptr<const Reduction>& reduction : bundle.reductions) {
    if (reduction->layer == layer && reduction->kind == Reduction::Kind::kFitted) return reduction;
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<const Reduction>> Model::NamedReduction(const std::string& layer,
                                                                       const std::string& name) const {
  std::vector<std::string> names;
  for (const std::shared_ptr<const Reduction>& reduction : bundle.reductions) {
    if (reduction->layer != layer) continue;
    if (reduction->name == name) return reduction;
    names.push_back(reduction->name);
  }
  const std::string there = names.empty() ? "there is none" : absl::StrCat("there are: ", absl::StrJoin(names, ", "));
  return absl::InvalidArgumentError(absl::StrCat("want the name of a reduction of layer '", layer, "' (", there,
                                                 "), got '", absl::CEscape(name.substr(0, kMaxNameTold)), "'"));
}

absl::StatusOr<std::shared_ptr<const Model>> MakeModel(Bundle bundle, Graph network, const CompileOptions& options) {
  auto model = std::make_shared<Model>();
  model->bundle = std::move(bundle);
  CompileOptions named = options;
  named.model_hash = model->bundle.sha256;
  const PreprocessOptions& input = model->bundle.preprocess;
  RETURN_IF_ERROR(CheckInputs(network));
  RETURN_IF_ERROR(CheckWeights(network));
  auto compiled = CompiledModel::Compile(std::move(network), input.height, input.width, named);
  if (!compiled.ok()) {
    return Annotated(compiled.status(), absl::StrCat("network with input ", input.width, "x", input.height));
  }
  model->compiled = *std::move(compiled);
  RETURN_IF_ERROR(CheckTexts(*model));
  RETURN_IF_ERROR(CheckNames(*model));
  return model;
}

absl::StatusOr<std::shared_ptr<const Model>> LoadModel(const std::string& bundle_folder, PrecisionChoice precision,
                                                       CompileOptions options) {
  ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(bundle_folder));
  const std::string folder = bundle.folder;
  ASSIGN_OR_RETURN(Graph network, ImportOnnxFile(bundle.model_path));
  options.precision = ChoosePrecision(bundle, network, precision);
  options.calibration = bundle.calibration;
  auto model = MakeModel(bundle, network, options);
  if (precision == PrecisionChoice::kAuto && absl::IsFailedPrecondition(model.status())) {  // quantized in another way
    options.precision = Precision::kFloat32;
    model = MakeModel(std::move(bundle), std::move(network), options);
  }
  if (!model.ok()) return Annotated(model.status(), folder);
  return model;
}

}  // namespace onebyone
