#include "client/commands/feature_flags.h"

#include <functional>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace onebyone {
namespace {

// An option whose words stand for the values of an enumeration. `words` in the order in which the help lists them.
template <typename Enum>
CLI::Option* AddWords(CLI::App& command, const std::string& name, std::vector<std::pair<std::string, Enum>> words,
                      std::function<void(Enum)> set, const std::string& description) {
  std::vector<std::string> allowed;
  allowed.reserve(words.size());
  for (const auto& [word, value] : words) allowed.push_back(word);
  const auto apply = [words = std::move(words), set = std::move(set)](const std::string& text) {
    for (const auto& [word, value] : words) {
      if (word == text) set(value);
    }
  };
  return command.add_option_function<std::string>(name, apply, description)
      ->check(CLI::IsMember(allowed))
      ->type_name("WORD");
}

// "7x5" to 7 rows and 5 columns.
bool ParseGrid(absl::string_view text, v1::Pooling& pooling) {
  const std::pair<absl::string_view, absl::string_view> sides = absl::StrSplit(text, absl::MaxSplits('x', 1));
  int32_t height = 0;
  int32_t width = 0;
  if (!absl::SimpleAtoi(sides.first, &height) || !absl::SimpleAtoi(sides.second, &width)) return false;
  if (height < 1 || width < 1) return false;
  pooling.set_grid_height(height);
  pooling.set_grid_width(width);
  return true;
}

bool ParsePoolingDetail(absl::string_view text, v1::Pooling& pooling) {
  if (ParseGrid(text, pooling)) return true;
  double exponent = 0;
  if (pooling.kind() != v1::Pooling::GENERALIZED_MEAN || !absl::SimpleAtod(text, &exponent) || !(exponent > 0))
    return false;
  pooling.set_exponent(exponent);
  return true;
}

}  // namespace

absl::StatusOr<v1::Pooling> ParsePooling(absl::string_view text) {
  static const auto& kinds =
      *new std::map<absl::string_view, v1::Pooling::Kind>{{"none", v1::Pooling::NONE},
                                                          {"average", v1::Pooling::AVERAGE},
                                                          {"max", v1::Pooling::MAX},
                                                          {"gem", v1::Pooling::GENERALIZED_MEAN}};
  const absl::Status wrong = absl::InvalidArgumentError(absl::StrCat(
      "pooling: want none, average, max, gem, gem:EXPONENT, HxW or average|max|gem:HxW, got '", text, "'"));
  v1::Pooling pooling;
  pooling.set_kind(v1::Pooling::AVERAGE);
  if (ParseGrid(text, pooling)) return pooling;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  const auto kind = kinds.find(parts[0]);
  if (kind == kinds.end()) return wrong;
  pooling.set_kind(kind->second);
  if (kind->second == v1::Pooling::NONE && parts.size() > 1) return wrong;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (!ParsePoolingDetail(parts[i], pooling)) return wrong;
  }
  return pooling;
}

void AddFeatureFlags(CLI::App& command, FeatureFlags& flags, LayerCount count) {
  CLI::Option* layer =
      command.add_option("--layer", flags.layers, "Layer to extract, as 'onebyone models NAME' lists them");
  layer->required(count != LayerCount::kOptional)->type_name("NAME");
  if (count == LayerCount::kOne) {
    layer->expected(1);
  } else {
    // One value per --layer: the images that follow are not layers.
    layer->allow_extra_args(false)->description(layer->get_description() + "; may be repeated");
  }
  command
      .add_option_function<int32_t>(
          "--channels", [&flags](int32_t channels) { flags.feature.set_channels(channels); },
          "Reduce the map to this many channels by a 1x1 convolution; 0, as unless told: the whole layer")
      ->type_name("K")
      ->check(CLI::NonNegativeNumber);
  AddWords<v1::Reduction>(
      command, "--reduction",
      {{"auto", v1::REDUCTION_UNSPECIFIED}, {"stored", v1::STORED}, {"random", v1::RANDOM_PROJECTION}},
      [&flags](v1::Reduction reduction) { flags.feature.set_reduction(reduction); },
      "Which 1x1 convolution: the components fitted on pictures, a seeded random projection, or auto: the first that "
      "there is");
  command
      .add_option_function<std::string>(
          "--reduction-name", [&flags](const std::string& name) { flags.feature.set_reduction_name(name); },
          "A 1x1 convolution of the layer by its name, as 'onebyone models NAME' lists them: the way to a head that "
          "was "
          "added to the bundle; --channels then takes its first K rows, all unless told")
      ->type_name("NAME");
  command
      .add_option_function<uint64_t>(
          count == LayerCount::kOptional ? "--projection-seed" : "--seed",
          [&flags](uint64_t seed) { flags.feature.set_seed(seed); }, "Seed of the random projection; 0 unless told")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  AddWords<v1::InputSize>(
      command, "--input-size",
      {{"model", v1::MODEL}, {"squash", v1::SQUASH}, {"letterbox", v1::LETTERBOX}, {"native", v1::NATIVE}},
      [&flags](v1::InputSize size) { flags.input_size = size; },
      "How the image becomes the network's input. model (unless told): resized and cropped as its config says; squash: "
      "resized to its size; letterbox: resized to fit whole; native: not resized, maps of the image's own size");
}

void AddMapFlags(CLI::App& command, FeatureFlags& flags) {
  AddWords<v1::DataType>(
      command, "--type",
      {{"float32", v1::FLOAT32}, {"float16", v1::FLOAT16}, {"bfloat16", v1::BFLOAT16}, {"uint8", v1::UINT8}},
      [&flags](v1::DataType type) { flags.feature.set_data_type(type); },
      "Type on the wire, float32 unless told; bfloat16 and uint8 are written as float32, NumPy lacks them");
  AddWords<v1::Uint8Range>(
      command, "--uint8-range", {{"map", v1::FROM_MAP}, {"fixed", v1::FIXED}},
      [&flags](v1::Uint8Range range) { flags.feature.set_uint8_range(range); },
      "Scales of uint8: chosen from each map (unless told), or fixed by the bundle, so that bytes of images compare");
  AddPoolingFlag(command, flags);
  command.add_flag_callback(
      "--normalize", [&flags] { flags.feature.set_l2_normalize(true); }, "Scale each vector of channels to length 1");
  AddWords<v1::Layout>(
      command, "--layout", {{"chw", v1::CHW}, {"hwc", v1::HWC}},
      [&flags](v1::Layout layout) { flags.feature.set_layout(layout); }, "Order of the elements; chw unless told");
}

void AddPoolingFlag(CLI::App& command, FeatureFlags& flags) {
  const auto set_pooling = [&flags](const std::string& text) {
    *flags.feature.mutable_pooling() = *ParsePooling(text);
  };
  const auto check_pooling = [](const std::string& text) { return std::string(ParsePooling(text).status().message()); };
  command
      .add_option_function<std::string>("--pooling", set_pooling,
                                        "Draw cells together: into one (average, max, gem[:EXPONENT]) or into a grid "
                                        "(HxW, or average:HxW, max:HxW, gem:HxW)")
      ->check(check_pooling)
      ->type_name("POOLING");
}

void FillRequest(const FeatureFlags& flags, v1::ExtractFeaturesRequest& request) {
  request.set_input_size(flags.input_size);
  for (const std::string& layer : flags.layers) {
    v1::FeatureRequest& feature = *request.add_features();
    feature = flags.feature;
    feature.set_layer(layer);
  }
}

}  // namespace onebyone
