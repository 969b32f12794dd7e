#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/model_loader.h"
#include "engine/precision_choice.h"
#include "engine/runtime/plan.h"
#include "engine/tensor/tensor.h"

namespace onebyone::benchmarks {

// Which network, as the command line tells.
struct NetworkFlags {
  std::string bundle;
  std::vector<std::string> layers;  // empty: the bundle's default layers
  PrecisionChoice precision = PrecisionChoice::kFloat32;
};

// Declares --bundle, --layer and --precision; `flags` must outlive the parse.
void AddNetworkFlags(CLI::App& app, NetworkFlags& flags);

// A network as the server would run it for one image, and seeded numbers to run it on.
struct Network {
  std::shared_ptr<const Model> model;
  std::vector<std::string> layers;
  std::shared_ptr<const Plan> plan;
  Tensor input;

  // "googlenet, bf16".
  std::string Title() const;
};

absl::StatusOr<Network> LoadNetwork(const NetworkFlags& flags, const CompileOptions& options = {});

}  // namespace onebyone::benchmarks
