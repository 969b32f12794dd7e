#include "tests/benchmarks/network.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/workbench/flag_kinds.h"
#include "engine/workbench/latency.h"

namespace onebyone::benchmarks {

void AddNetworkFlags(CLI::App& app, NetworkFlags& flags) {
  static const std::map<std::string, PrecisionChoice> kPrecisions = {
      {"f32", PrecisionChoice::kFloat32}, {"bf16", PrecisionChoice::kBFloat16}, {"int8", PrecisionChoice::kInt8}};
  app.add_option("--bundle", flags.bundle, "Folder of the bundle")->required()->type_name("DIR");
  app.add_option("--layer", flags.layers, "A layer or alias; may be given several times. Default: the bundle's")
      ->type_name("NAME")
      ->allow_extra_args(false);
  AddChoice(&app, "--precision", flags.precision, kPrecisions, "f32 (default), bf16 or int8 (a calibrated bundle)");
}

std::string Network::Title() const {
  return absl::StrCat(model->bundle.name, ", ", NameOf(model->compiled->precision()));
}

absl::StatusOr<Network> LoadNetwork(const NetworkFlags& flags, const CompileOptions& options) {
  Network network;
  ASSIGN_OR_RETURN(network.model, LoadModel(flags.bundle, flags.precision, options));
  const PreprocessOptions& size = network.model->bundle.preprocess;
  PlanQuery query = {.height = size.height, .width = size.width};
  for (const std::string& name : flags.layers.empty() ? network.model->DefaultLayers() : flags.layers) {
    ASSIGN_OR_RETURN(const LayerInfo* layer, network.model->ResolveLayer(name));
    network.layers.push_back(layer->name);
    query.layers.push_back({.layer = layer->name});
  }
  ASSIGN_OR_RETURN(network.plan, network.model->compiled->PlanFor(query));
  ASSIGN_OR_RETURN(network.input, SeededTensor(network.plan->inputs.front().shape, /*seed=*/1));
  return network;
}

}  // namespace onebyone::benchmarks
