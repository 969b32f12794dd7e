#include "tests/benchmarks/network.h"

#include <map>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/workbench/flag_kinds.h"
#include "engine/workbench/latency.h"

namespace onebyone::benchmarks {

void AddNetworkFlags(CLI::App& app, NetworkFlags& flags) {
  static const std::map<std::string, Precision> kPrecisions = {
      {"f32", Precision::kFloat32}, {"bf16", Precision::kBFloat16}, {"int8", Precision::kInt8}};
  app.add_option("--bundle", flags.bundle, "Folder of the bundle")->required()->type_name("DIR");
  app.add_option("--layer", flags.layers, "A layer or alias; may be given several times. Default: the bundle's")
      ->type_name("NAME")
      ->allow_extra_args(false);
  AddChoice(&app, "--precision", flags.precision, kPrecisions, "f32 (default), bf16 or int8 (a calibrated bundle)");
}

absl::StatusOr<Network> LoadNetwork(const NetworkFlags& flags) {
  Network network;
  ASSIGN_OR_RETURN(network.model, LoadModel(flags.bundle, {.precision = flags.precision}));
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
