#include "engine/workbench/reduction_flags.h"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "engine/workbench/flag_kinds.h"

namespace onebyone {
namespace {

constexpr int64_t kMostChannels = 1 << 20;

// The convolutions that --weights begins, each with the --bias and --relu that follow it.
std::vector<HeadStage> StagesInOrder(const CLI::App& command) {
  std::vector<HeadStage> stages;
  const CLI::Option* const weights = command.get_option("--weights");
  const CLI::Option* const bias = command.get_option("--bias");
  size_t biases = 0;
  for (const CLI::Option* option : command.parse_order()) {
    if (option == weights) {
      stages.push_back({.weights = weights->results().at(stages.size()), .bias = {}});
      continue;
    }
    const bool is_bias = option == bias;
    if (!is_bias && option != command.get_option("--relu")) continue;
    if (stages.empty() || (is_bias ? !stages.back().bias.empty() : stages.back().relu)) {
      throw CLI::ValidationError(option->get_name(), "want it once behind the --weights that it belongs to");
    }
    if (is_bias) stages.back().bias = bias->results().at(biases++);
    if (!is_bias) stages.back().relu = true;
  }
  return stages;
}

}  // namespace

void AddFitReduction(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "fit-reduction",
      "Find the principal components of layers on pictures: what a client then gets that asks for k channels. Ctrl-C "
      "stops it; the same command goes on from there");
  FitReductionOptions& options = line.fit_reduction;
  AddBundle(command, options.bundle);
  AddLayers(command, options.layers, "")->required();
  AddImages(command, options.images);
  command
      ->add_option("--max-channels", options.max_channels,
                   "Store the first K components only. Default: all that have variance")
      ->check(CLI::Range(int64_t{1}, kMostChannels))
      ->type_name("K");
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  AddThreads(command, options.threads,
             "Pictures at a time; the outcome is the same for any. Default: one for each CPU");
  command->add_flag("--json", options.json, "Print JSON");
  command->final_callback([&line] { line.command = WorkbenchCommand::kFitReduction; });
}

void AddAddReduction(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "add-reduction",
      "Store a 1x1 convolution of your own, or a chain of two, as a named head of a layer: fewer, as many or more "
      "channels. A second --weights, with its --bias and --relu behind it, is the second of the chain");
  AddReductionOptions& options = line.add_reduction;
  AddBundle(command, options.bundle);
  command->add_option("--layer", options.layer, "The layer or alias that it takes")->required()->type_name("NAME");
  command->add_option("--name", options.name, "What clients call it")->required()->type_name("NAME");
  const auto add_file = [command](const std::string& flag, const std::string& description) {
    return command->add_option(flag, description)->expected(1)->type_name("FILE.npy")->take_all();
  };
  add_file("--weights", "Weights, float32 [K, channels of the layer]; the second: [L, K]")->required();
  add_file("--bias", "Bias of the weights before it, float32 [K]. Default: none");
  command->add_flag("--relu")->description("The weights before it are followed by a ReLU");
  command->final_callback([&line, &options, command] {
    options.stages = StagesInOrder(*command);
    line.command = WorkbenchCommand::kAddReduction;
  });
}

}  // namespace onebyone
