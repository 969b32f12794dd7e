#include "engine/workbench/moment_collection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "engine/base/status_macros.h"
#include "engine/verification/picture_runner.h"
#include "engine/workbench/in_order.h"
#include "engine/workbench/layer_choice.h"
#include "engine/workbench/parallel_loop.h"
#include "engine/workbench/picture_reader.h"

namespace onebyone {
namespace {

// What one file told.
struct FileMoments {
  std::string path;
  std::vector<PixelMoments> layers;
  std::string skipped_because;  // empty: it is a picture
};

class Collection {
 public:
  Collection(const std::vector<std::string>& files, const CollectionOptions& options, const Cancellation& cancellation,
             Progress& progress, CollectedMoments& collected)
      : files_(files),
        options_(options),
        cancellation_(cancellation),
        progress_(progress),
        collected_(collected),
        first_(static_cast<size_t>(collected.files)),
        in_order_(static_cast<size_t>(options.threads), [this](const FileMoments& file) { return Add(file); }) {
    collected_.layers.resize(options.layers.size());
  }

  absl::Status Run(const std::vector<std::unique_ptr<PictureRunner>>& runners) {
    progress_.Begin("pictures", static_cast<int64_t>(files_.size() - first_));
    return ParallelLoop(files_.size() - first_, static_cast<int>(runners.size()), [&](int thread, size_t index) {
      const absl::Status status = TakeFile(*runners[static_cast<size_t>(thread)], index);
      if (!status.ok()) in_order_.Stop();
      return status;
    });
  }

 private:
  // `index` counts from the first file that was not seen before.
  absl::Status TakeFile(PictureRunner& runner, size_t index) {
    RETURN_IF_ERROR(cancellation_.Check());
    ASSIGN_OR_RETURN(FileMoments moments, Measure(runner, files_[first_ + index]));
    return in_order_.Deliver(index, std::move(moments));
  }

  absl::StatusOr<FileMoments> Measure(PictureRunner& runner, const std::string& path) const {
    FileMoments file = {.path = path, .layers = {}, .skipped_because = {}};
    if (const absl::Status status = runner.Run(path); IsNoPicture(status)) {
      file.skipped_because = std::string(absl::StripPrefix(status.message(), absl::StrCat(path, ": ")));
      return file;
    } else if (!status.ok()) {
      return status;
    }
    for (size_t i = 0; i < options_.layers.size(); ++i) {
      absl::StatusOr<PixelMoments> moments = MomentsOf(runner.Map(static_cast<int>(i)));
      if (!moments.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat("layer '", options_.layers[i], "' of ", path, ": ", moments.status().message()));
      }
      file.layers.push_back(*std::move(moments));
    }
    return file;
  }

  // In the order of the files, one thread at a time.
  absl::Status Add(const FileMoments& file) {
    ++collected_.files;
    if (!file.skipped_because.empty()) collected_.skipped.push_back({file.path, file.skipped_because});
    for (size_t i = 0; i < file.layers.size(); ++i) {
      LayerMoments& layer = collected_.layers[i];
      Merge(file.layers[i], layer.moments);
      const std::vector<double>& mean = file.layers[i].mean;
      if (layer.images < kPooledImages) layer.pooled.insert(layer.pooled.end(), mean.begin(), mean.end());
      ++layer.images;
    }
    progress_.Advance();
    if (!options_.checkpoint || absl::Now() - last_checkpoint_ < options_.checkpoint_period) return absl::OkStatus();
    RETURN_IF_ERROR(options_.checkpoint(collected_));
    last_checkpoint_ = absl::Now();
    return absl::OkStatus();
  }

  const std::vector<std::string>& files_;
  const CollectionOptions& options_;
  const Cancellation& cancellation_;
  Progress& progress_;
  CollectedMoments& collected_;  // only Add writes it, and the next
  absl::Time last_checkpoint_ = absl::Now();
  const size_t first_;
  InOrder<FileMoments> in_order_;
};

}  // namespace

absl::Status CollectMoments(const std::shared_ptr<const Model>& model, const std::vector<std::string>& files,
                            const CollectionOptions& options, const Cancellation& cancellation, Progress& progress,
                            CollectedMoments& collected) {
  std::vector<LayerQuery> queries;
  for (const std::string& layer : options.layers) queries.push_back(WholeLayer(layer));
  std::vector<std::unique_ptr<PictureRunner>> runners;
  for (int i = 0; i < options.threads; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<PictureRunner> runner, PictureRunner::Create(model, queries, InputFit::kModel));
    runners.push_back(std::move(runner));
  }
  return Collection(files, options, cancellation, progress, collected).Run(runners);
}

}  // namespace onebyone
