#include "engine/workbench/command_line.h"

#include <google/protobuf/stubs/common.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/bundle/preprocessing_config.h"
#include "engine/kernels/onednn/machine_identity.h"
#include "engine/program/loaded_libraries.h"
#include "engine/program/page_flags.h"
#include "engine/program/version_line.h"
#include "engine/workbench/evaluate_flags.h"
#include "engine/workbench/flag_kinds.h"
#include "engine/workbench/reduction_flags.h"

namespace onebyone {
namespace {

constexpr int kWrongUsage = 2;
constexpr int kMostRuns = 10'000'000;
constexpr int64_t kMostChannels = 1 << 20;
constexpr int kMostFloatLayers = 100'000;

const std::map<std::string, Preset> kPresets = {
    {"caffe", Preset::kCaffe}, {"torchvision", Preset::kTorchvision}, {"tensorflow", Preset::kTensorflow}};
const std::map<std::string, ColorOrder> kColors = {{"rgb", ColorOrder::kRgb}, {"bgr", ColorOrder::kBgr}};
const std::map<std::string, ResizeFilter> kFilters = {
    {"antialias", ResizeFilter::kAntialias}, {"bilinear", ResizeFilter::kBilinear}, {"area", ResizeFilter::kArea}};
const std::map<std::string, PrecisionChoice> kPrecisions = {{"f32", PrecisionChoice::kFloat32},
                                                            {"bf16", PrecisionChoice::kBFloat16},
                                                            {"int8", PrecisionChoice::kInt8},
                                                            {"auto", PrecisionChoice::kAuto}};
const std::map<std::string, std::optional<RangeMethod>> kMethods = {{"auto", std::nullopt},
                                                                    {"max", RangeMethod::kMax},
                                                                    {"extreme", RangeMethod::kExtreme},
                                                                    {"percentile", RangeMethod::kPercentile},
                                                                    {"mse", RangeMethod::kMse}};
const std::map<std::string, InputFit> kFits = {{"model", InputFit::kModel},
                                               {"squash", InputFit::kSquash},
                                               {"letterbox", InputFit::kLetterbox},
                                               {"native", InputFit::kNative},
                                               {"none", InputFit::kNoResize}};
const std::map<std::string, CompileOptions::Convolution> kConvolutions = {
    {"measured", CompileOptions::Convolution::kMeasured}, {"exact", CompileOptions::Convolution::kExact}};

void AddPrecision(CLI::App* app, PrecisionChoice& precision) {
  AddChoice(
      app, "--precision", precision, kPrecisions,
      "f32, bf16 (where the CPU has it), int8 (where the bundle is calibrated) or auto (default): the fastest whose "
      "features the calibration found as good as float32's, f32 without one");
}

void AddConvolution(CLI::App* app, CompileOptions::Convolution& convolution) {
  AddChoice(app, "--convolution", convolution, kConvolutions,
            "measured (default): time direct and Winograd convolution for each shape and keep the faster; exact: never "
            "Winograd, whose rounding error is larger");
}

// `folder` is opened once the command line has been read.
void AddKernelCache(CLI::App* app, std::string& folder) {
  app->add_option("--kernel-cache", folder,
                  "Folder in which timed choices of kernels are kept for the next start; off: nowhere. Default: "
                  "$XDG_CACHE_HOME/onebyone, else ~/.cache/onebyone")
      ->type_name("DIR");
}

void WarnOnStandardError(const absl::Status& why) {
  std::cerr << "onebyone-model: --kernel-cache: " << why.message() << "; the next start will measure again\n";
}

template <typename Options>
void AddLayers(CLI::App* app, Options& options) {
  app->add_option("--layer", options.layers, "A layer or alias; may be given several times. Default: the bundle's")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app->add_option(
         "--channels", options.reduce.channels,
         "Reduce each layer to so many channels: by the components fitted for it, or by a random projection of seed 0. "
         "Default: all channels")
      ->check(CLI::Range(int64_t{1}, kMostChannels))
      ->type_name("K");
  app->add_option("--reduction-name", options.reduce.reduction_name,
                  "By the bundle's reduction of that name instead, all of its rows unless --channels says how many")
      ->type_name("NAME");
  AddPrecision(app, options.precision);
}

void AddPreprocessing(CLI::App* app, PreprocessingChoice& choice) {
  AddChoice(
      app, "--preset", choice.preset, kPresets,
      "caffe: bgr, mean 104,117,123; torchvision: rgb, scale 1/255, mean 0.485,0.456,0.406, std 0.229,0.224,0.225; "
      "tensorflow: rgb to -1..1. Without: rgb, 0..255");
  AddChoice(app, "--color", choice.color, kColors,
            "Order of the input's channels, rgb or bgr; overrides the preset, as do the next three");
  AddChannels(app, "--mean", choice.mean, NumberRange::kAny,
              "Subtracted per channel, after the scale: (pixel * scale - mean) / std");
  AddChannels(app, "--std", choice.std, NumberRange::kPositive, "Divides per channel");
  app->add_option_function<float>(
         "--scale", [&choice](const float& scale) { choice.scale = scale; }, "Multiplies each pixel (0..255)")
      ->check(CLI::PositiveNumber)
      ->type_name("S");
  app->add_option("--input-size", choice.input_size,
                  "Side of the network's input. Default: the network's own, or 224 where it takes any")
      ->check(CLI::Range(int64_t{1}, kMaxInputSide))
      ->type_name("N");
  app->add_option(
         "--resize-shorter-side", choice.resize_shorter_side,
         "What a picture's shorter side is resized to before the centre is cropped. Default: 8/7 of the input's side")
      ->check(CLI::Range(int64_t{1}, kMaxResizedSide))
      ->type_name("N");
  AddChoice(app, "--filter", choice.filter, kFilters,
            "How pictures are resized: antialias (default), bilinear or area");
}

void AddImport(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      app.add_subcommand("import", "Make a bundle of an ONNX file: import and compile it, run it once, write it");
  ImportOptions& options = line.import;
  command->add_option("model", options.onnx_path, "The ONNX file, opset 6 to 17")->required()->type_name("MODEL.onnx");
  command->add_option("--output", options.folder, "Folder of the new bundle; its name is the model's")
      ->required()
      ->type_name("DIR");
  AddPreprocessing(command, options.preprocessing);
  command
      ->add_option(
          "--default-layer", options.default_layers,
          "Returned where a request names no layer; may be given several times. Default: the network's last output")
      ->type_name("NAME")
      ->allow_extra_args(false);
  const auto split = [&options](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) options.aliases.push_back(absl::StrSplit(text, absl::MaxSplits('=', 1)));
  };
  const auto has_both = [](const std::string& text) -> std::string {
    const size_t at = text.find('=');
    return at == 0 || at >= text.size() - 1 ? absl::StrCat("want ALIAS=LAYER, got ", text) : "";
  };
  command
      ->add_option_function<std::vector<std::string>>("--alias", split,
                                                      "Another name for a layer; may be given several times")
      ->check(CLI::Validator(has_both, ""))
      ->type_name("ALIAS=LAYER")
      ->allow_extra_args(false);
  command->add_option("--description", options.description, "What the model is, for people")->type_name("TEXT");
  command->add_option("--license", options.license, "Licence of the weights")->type_name("TEXT");
  command->add_option("--source", options.source, "Where the weights come from")->type_name("TEXT");
  command->add_flag("--force", options.replace, "Replace a bundle that is there already");
  command->final_callback([&line] { line.command = WorkbenchCommand::kImport; });
}

void AddInspect(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "inspect", "List a bundle's layers: shape, stride, receptive field, parameters, multiply-adds");
  AddBundle(command, line.inspect.bundle);
  command->add_flag("--json", line.inspect.json, "Print JSON");
  command->final_callback([&line] { line.command = WorkbenchCommand::kInspect; });
}

void AddRun(CLI::App& app, std::string& kernel_cache, CommandLine& line) {
  CLI::App* command = app.add_subcommand("run", "Extract layers from image files into .npy files");
  RunOptions& options = line.run;
  AddBundle(command, options.bundle);
  AddLayers(command, options);
  AddChoice(command, "--input-size,--resize", options.fit, kFits,
            "model (default): resize and crop as the bundle says; squash: resize to the network's size; letterbox: "
            "resize to fit whole, the rest filled with the mean; native: not resized, the middle in multiples of the "
            "network's strides, dense layers as convolutions; none: the picture has the network's size already");
  AddConvolution(command, options.convolution);
  AddKernelCache(command, kernel_cache);
  AddThreads(command, options.threads, "Pictures at a time. Default: 1");
  command
      ->add_option("--output", options.output_folder,
                   "Where <picture without ending>.<layer, '/' as '_'>.npy are written: float32 [C,H,W], or [C]")
      ->required()
      ->type_name("DIR");
  command->add_option("image", options.pictures, "JPEG, PNG, WebP or BMP files")->required()->type_name("IMAGE");
  command->final_callback([&line] { line.command = WorkbenchCommand::kRun; });
}

void AddVerify(CLI::App& app, std::string& kernel_cache, CommandLine& line) {
  CLI::App* command = app.add_subcommand("verify", "Compare layers with stored outputs of other software");
  AddBundle(command, line.verify.bundle);
  command
      ->add_option("--golden-folder", line.verify.golden_folder,
                   "Compare with <name>.<layer>.npy in this folder, of pictures inputs/<name>.png; default: the "
                   "bundle's goldens")
      ->type_name("DIR");
  command
      ->add_option(
          "--tolerance", line.verify.tolerance,
          "With --golden-folder: the largest difference, as a share of the layer's largest value. Default: 1e-4")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("T");
  AddConvolution(command, line.verify.convolution);
  AddKernelCache(command, kernel_cache);
  command->final_callback([&line] { line.command = WorkbenchCommand::kVerify; });
}

void AddBench(CLI::App& app, std::string& kernel_cache, CommandLine& line) {
  CLI::App* command = app.add_subcommand("bench", "Time the network alone, one image at a time");
  BenchOptions& options = line.bench;
  AddBundle(command, options.bundle);
  AddLayers(command, options);
  AddConvolution(command, options.convolution);
  AddKernelCache(command, kernel_cache);
  AddThreads(command, options.threads, "Threads inside one image. Default: 1");
  AddSize(command, "--native-size", options.native_size,
          "Size of the input, in multiples of the network's strides, instead of the network's own; dense layers run as "
          "convolutions");
  command->add_option("--runs", options.runs, "Timed runs. Default: 100")
      ->check(CLI::Range(1, kMostRuns))
      ->type_name("N");
  command->add_option("--warm-up", options.warm_up, "Runs before, not timed. Default: 10")
      ->check(CLI::Range(0, kMostRuns))
      ->type_name("N");
  command->add_flag("--profile", options.profile, "The median of each step, too");
  command->add_flag(
      "--json", options.json,
      "Print JSON: min_ms, p50_ms, p95_ms, layer, multiply_adds, gflops (2 * multiply_adds / min), steps, ...");
  command->final_callback([&line] { line.command = WorkbenchCommand::kBench; });
}

void AddCost(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "cost", "What the 1x1 reductions of a network save, counted, and the textbook case, counted and measured");
  AddBundle(command, line.cost.bundle);
  command->add_option("--runs", line.cost.runs, "Timed runs of the textbook case. Default: 50")
      ->check(CLI::Range(1, kMostRuns))
      ->type_name("N");
  command->add_flag_callback(
      "--no-measure", [&line] { line.cost.runs = 0; }, "Only count");
  command->add_flag("--json", line.cost.json, "Print JSON");
  command->final_callback([&line] { line.command = WorkbenchCommand::kCost; });
}

void AddKeepFloat(CLI::App* app, std::optional<int>& count) {
  const auto set = [&count](const std::string& text) {
    int number = 0;
    count = absl::SimpleAtoi(text, &number) ? std::optional<int>(number) : std::nullopt;
  };
  const auto check = [](const std::string& text) -> std::string {
    int number = 0;
    const bool fine = text == "auto" || (absl::SimpleAtoi(text, &number) && number >= 0 && number <= kMostFloatLayers);
    return fine ? "" : absl::StrCat("want auto or a number from 0 to ", kMostFloatLayers, ", got ", text);
  };
  app->add_option_function<std::string>(
         "--keep-float", set,
         "Values that stay float, those first that cost the most fidelity as bytes. auto (default): as few as it takes "
         "until features are faithful with a reserve")
      ->check(CLI::Validator(check, ""))
      ->type_name("N|auto");
}

void AddCalibrate(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "calibrate",
      "Make a bundle ready for int8: choose ranges on pictures, measure how near int8 and bf16 come to float32");
  AddBundle(command, line.calibrate.bundle);
  AddImages(command, line.calibrate.images);
  AddChoice(
      command, "--method", line.calibrate.method, kMethods,
      "How ranges follow from what values hold. max: all of it; extreme: as far as another picture is likely to "
      "reach; percentile: all but 0.01 % at each end; mse: with "
      "the least squared error; auto (default): try them, keep the best, the safer of two that are nearly as good");
  AddKeepFloat(command, line.calibrate.keep_float);
  AddThreads(command, line.calibrate.threads, "Pictures at a time. Default: 1");
  command->final_callback([&line] { line.command = WorkbenchCommand::kCalibrate; });
}

void AddFidelity(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      app.add_subcommand("fidelity", "How near a precision comes to exact float32, layer by layer, on pictures");
  FidelityOptions& options = line.fidelity;
  AddBundle(command, options.bundle);
  AddImages(command, options.images);
  AddPrecision(command, options.precision);
  command
      ->add_option("--layer", options.layers,
                   "A layer or alias; may be given several times. Default: all that are no convolution's own")
      ->type_name("NAME")
      ->allow_extra_args(false);
  AddThreads(command, options.threads, "Pictures at a time. Default: 1");
  command->add_flag("--json", options.json, "Print JSON");
  command->final_callback([&line] { line.command = WorkbenchCommand::kFidelity; });
}

std::string Version() {
  std::vector<LoadedLibrary> libraries = {
      {"oneDNN", OnednnVersion()},
      {"isa", InstructionSet()},
      {"protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)}};
  for (const LoadedLibrary& library : LoadedLibraries()) libraries.push_back(library);
  return VersionLine("onebyone-model", libraries);
}

}  // namespace

std::optional<int> ParseCommandLine(int argc, const char* const* argv, CommandLine& line) {
  CLI::App app("The workbench for model bundles.\nExit codes: 0 done, 1 failed in part or whole, 2 wrong usage.",
               "onebyone-model");
  app.set_version_flag("--version", Version);
  AddPageFlags(app);
  app.set_help_all_flag("--help-all", "Print the help of every command and exit");
  app.require_subcommand(1);
  AddImport(app, line);
  AddInspect(app, line);
  std::string kernel_cache = DefaultKernelCacheFolder();
  AddRun(app, kernel_cache, line);
  AddVerify(app, kernel_cache, line);
  AddBench(app, kernel_cache, line);
  AddCost(app, line);
  AddCalibrate(app, line);
  AddFidelity(app, line);
  AddEvaluate(app, line);
  AddFitReduction(app, line);
  AddAddReduction(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  const std::shared_ptr<KernelCache> cache = OpenKernelCache(kernel_cache, WarnOnStandardError);
  line.run.kernel_cache = line.verify.kernel_cache = line.bench.kernel_cache = cache;
  return std::nullopt;
}

}  // namespace onebyone
