#include "engine/workbench/evaluate_flags.h"

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/workbench/flag_kinds.h"

namespace onebyone {
namespace {

constexpr char kAll[] = "all";
constexpr int64_t kMostChannels = 1 << 20;

const std::map<std::string, MapPooling> kPoolings = {
    {"average", MapPooling::kAverage}, {"max", MapPooling::kMax}, {"none", MapPooling::kNone}};

// "all" is 0.
bool ParseChannelCount(const std::string& text, int64_t& channels) {
  channels = 0;
  return text == kAll || (absl::SimpleAtoi(text, &channels) && channels >= 1 && channels <= kMostChannels);
}

template <typename T>
void AddOnce(std::vector<T>& values, const T& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

// A flag of one or more of the names in `values`, with commas between; each counts once.
template <typename T>
void AddChoices(CLI::App* app, const std::string& flag, std::vector<T>& target, const std::map<std::string, T>& values,
                const std::string& type_name, const std::string& description) {
  std::vector<std::string> names;
  for (const auto& entry : values) names.push_back(entry.first);
  const auto set = [&target, &values](const std::vector<std::string>& given) {
    target.clear();
    for (const std::string& name : given) AddOnce(target, values.at(name));
  };
  app->add_option_function<std::vector<std::string>>(flag, set, description)
      ->delimiter(',')
      ->check(CLI::IsMember(names))
      ->type_name(type_name)
      ->allow_extra_args(false);
}

void AddFeatures(CLI::App* command, FeatureChoice& features) {
  AddLayers(command, features.layers, ". all: every layer that is no convolution's own. Default: the bundle's");
  AddChoices(
      command, "--pooling", features.poolings, kPoolings, "KIND[,KIND...]",
      "How a map becomes a vector: average (default) or max of each channel's pixels, none: all elements. A layer "
      "of one pixel is the same under any");
  const auto check = [](const std::string& text) -> std::string {
    int64_t channels = 0;
    if (ParseChannelCount(text, channels)) return "";
    return absl::StrCat("want a number from 1 to ", kMostChannels, ", or all, got ", text);
  };
  const auto set = [&features](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      int64_t channels = 0;
      ParseChannelCount(text, channels);
      AddOnce(features.channels, channels);
    }
  };
  command
      ->add_option_function<std::vector<std::string>>(
          "--channels", set,
          "Reduce each layer to so many channels before pooling, as a server does: by the components fitted for it, or "
          "by a random projection of seed 0 where there is no fit. Default: all channels")
      ->delimiter(',')
      ->check(CLI::Validator(check, ""))
      ->type_name("K|all[,K...]")
      ->allow_extra_args(false);
  command
      ->add_option("--reduction-name", features.reduction_name,
                   "By the bundle's reduction of that name instead, all of its rows unless --channels says how many")
      ->type_name("NAME");
}

}  // namespace

void AddEvaluate(CLI::App& app, CommandLine& line) {
  static const std::map<std::string, PrecisionChoice> kPrecisions = {{"f32", PrecisionChoice::kFloat32},
                                                                     {"bf16", PrecisionChoice::kBFloat16},
                                                                     {"int8", PrecisionChoice::kInt8},
                                                                     {"auto", PrecisionChoice::kAuto}};
  CLI::App* command = app.add_subcommand(
      "evaluate",
      "How good the features are for finding similar pictures: 1-NN and 5-NN accuracy and mean average precision by "
      "cosine, each labelled picture left out in turn");
  EvaluateOptions& options = line.evaluate;
  AddBundle(command, options.bundle);
  command
      ->add_option("--dataset", options.dataset,
                   "Folder with labels.csv: a header file,class, then a line for each picture, its path in the folder "
                   "and what it shows")
      ->required()
      ->type_name("DIR");
  AddFeatures(command, options.features);
  AddChoices(
      command, "--precision", options.precisions, kPrecisions, "P[,P...]",
      "f32, bf16 (where the CPU has it), int8 (where the bundle is calibrated) or auto: the fastest whose features "
      "the calibration found as good as float32's. Default: auto,f32");
  CLI::Option* const random_weights = command->add_flag(
      "--random-weights", options.baselines.random_weights,
      "Also evaluate the network with random weights (He-normal, seed 0, float32), whole layers: what learning gave");
  command
      ->add_flag_callback(
          "--no-baselines", [&options] { options.baselines.raw_pixels = false; },
          "Leave out the row for raw pixels: what the network sees, averaged to 32x32 RGB")
      ->excludes(random_weights);
  command->add_flag(
      "--skip-bad", options.skip_bad,
      "Leave out pictures that cannot be read, and list them. Default: they are an error, since the figures "
      "would be of other pictures");
  command
      ->add_option(
          "--features-output", options.features_output,
          "Write the features, float32 [pictures, dimension] in the order of labels.csv; wants one combination "
          "of layer, pooling, precision and channels")
      ->type_name("FILE.npy");
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  AddThreads(command, options.threads,
             "Pictures at a time; the figures are the same for any. Default: one for each CPU");
  command->add_flag("--json", options.json, "Print JSON");
  command->final_callback([&line] { line.command = WorkbenchCommand::kEvaluate; });
}

}  // namespace onebyone
