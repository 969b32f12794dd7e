#include "engine/workbench/run_command.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"
#include "engine/model_loader.h"
#include "engine/verification/picture_runner.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;

// Two layers or two pictures of one name would overwrite each other.
absl::Status CheckLayerFiles(const std::vector<ChosenLayer>& layers) {
  absl::flat_hash_set<std::string> names;
  for (const ChosenLayer& layer : layers) {
    if (!names.insert(LayerFileName(layer.name)).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("layer: want layers whose files have different names, got a second '", layer.name, "'"));
    }
  }
  return absl::OkStatus();
}

std::vector<bool> FindNameClashes(const std::vector<std::string>& pictures) {
  absl::flat_hash_set<std::string> names;
  std::vector<bool> clashes;
  for (const std::string& picture : pictures)
    clashes.push_back(!names.insert(fs::path(picture).stem().string()).second);
  return clashes;
}

// What all threads share.
class Work {
 public:
  Work(const RunOptions& options, std::vector<ChosenLayer> layers, std::ostream& out, std::ostream& errors)
      : options_(options),
        layers_(std::move(layers)),
        clashes_(FindNameClashes(options.pictures)),
        out_(out),
        errors_(errors) {}

  // Takes pictures until none is left.
  void Loop(PictureRunner& runner) {
    for (size_t i = next_++; i < options_.pictures.size(); i = next_++) {
      std::string written;
      const absl::Status status = clashes_[i] ? absl::InvalidArgumentError(
                                                    "an earlier picture has the same name, and so "
                                                    "the same output files")
                                              : RunOne(options_.pictures[i], runner, written);
      const absl::MutexLock lock(&mutex_);
      out_ << written << std::flush;
      if (status.ok()) continue;
      errors_ << options_.pictures[i] << ": " << WithoutPath(status.message(), options_.pictures[i]) << std::endl;
      ++failed_;
    }
  }

  int failed() const {
    const absl::MutexLock lock(&mutex_);
    return failed_;
  }

 private:
  // Files' errors begin with their path already.
  static absl::string_view WithoutPath(absl::string_view message, const std::string& path) {
    const std::string prefix = absl::StrCat(path, ": ");
    return message.substr(0, prefix.size()) == prefix ? message.substr(prefix.size()) : message;
  }

  absl::Status RunOne(const std::string& picture, PictureRunner& runner, std::string& written) const {
    RETURN_IF_ERROR(runner.Run(picture));
    for (size_t i = 0; i < layers_.size(); ++i) {
      const ConstTensorView map = runner.Map(static_cast<int>(i));
      const std::string path = absl::StrCat(options_.output_folder, "/", fs::path(picture).stem().string(), ".",
                                            LayerFileName(layers_[i].name), ".npy");
      const absl::string_view content(map.As<char>(), static_cast<size_t>(map.shape.Elements()) * SizeOf(map.type));
      RETURN_IF_ERROR(WriteFile(path, FormatNpy("<f4", map.shape.extents(), content)));
      absl::StrAppend(&written, picture, " -> ", path, " ", map.shape.ToString(), "\n");
    }
    return absl::OkStatus();
  }

  const RunOptions& options_;
  const std::vector<ChosenLayer> layers_;
  const std::vector<bool> clashes_;
  std::atomic<size_t> next_{0};
  mutable absl::Mutex mutex_;
  std::ostream& out_ ABSL_GUARDED_BY(mutex_);
  std::ostream& errors_ ABSL_GUARDED_BY(mutex_);
  int failed_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

absl::Status RunRun(const RunOptions& options, std::ostream& out, std::ostream& errors) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model,
                   LoadModel(options.bundle, options.precision,
                             {.convolution = options.convolution, .kernel_cache = options.kernel_cache}));
  ASSIGN_OR_RETURN(std::vector<ChosenLayer> layers, ChooseLayers(*model, options.layers, options.reduce));
  RETURN_IF_ERROR(CheckLayerFiles(layers));
  std::error_code error;
  fs::create_directories(options.output_folder, error);
  if (error) return absl::UnavailableError(absl::StrCat(options.output_folder, ": cannot be made: ", error.message()));

  std::vector<LayerQuery> queries;
  for (const ChosenLayer& layer : layers) queries.push_back(layer.query);
  const auto threads = std::min(static_cast<size_t>(options.threads), options.pictures.size());
  std::vector<std::unique_ptr<PictureRunner>> runners;
  for (size_t i = 0; i < threads; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<PictureRunner> runner, PictureRunner::Create(model, queries, options.fit));
    runners.push_back(std::move(runner));
  }
  Work work(options, std::move(layers), out, errors);
  {
    std::vector<std::jthread> others;  // joined at the end of this block
    for (size_t i = 1; i < runners.size(); ++i) others.emplace_back([&, i] { work.Loop(*runners[i]); });
    work.Loop(*runners[0]);
  }
  if (work.failed() == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(work.failed(), " of ", options.pictures.size(), " pictures failed"));
}

}  // namespace onebyone
