#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/model_loader.h"
#include "engine/reduction/pixel_moments.h"
#include "engine/runtime/cancellation.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// What pictures have told of one layer so far.
struct LayerMoments {
  PixelMoments moments;
  int64_t images = 0;
  // [n, C]: of each of the first n <= kPooledImages pictures the mean of its pixels.
  std::vector<double> pooled;
};
inline constexpr int64_t kPooledImages = 1000;

struct SkippedFile {
  std::string path;
  std::string reason;
};

// How far a collection has come.
struct CollectedMoments {
  int64_t files = 0;                 // seen, in their order
  std::vector<SkippedFile> skipped;  // those among them that are no pictures
  std::vector<LayerMoments> layers;  // in the order of the layers asked; empty before the first picture
};

struct CollectionOptions {
  std::vector<std::string> layers = {};  // names, no aliases
  int threads = 1;                       // pictures at a time
  absl::Duration checkpoint_period = absl::Seconds(30);
  // Called every so often with what has been collected; its error ends the collection. May be empty.
  std::function<absl::Status(const CollectedMoments&)> checkpoint = {};
};

// Runs the pictures `files` through decoder and network, but for the first `collected.files`, and adds the moments of
// the layers' pixels to `collected`, picture by picture in the order of the files: the same bits for any number of
// threads and any interruption. A file that is no picture is skipped and noted. After an error `collected` holds what
// was complete by then, CANCELLED and DEADLINE_EXCEEDED of `cancellation` included. INVALID_ARGUMENT, naming layer and
// picture, where a layer is not finite; errors of PictureRunner and `checkpoint`.
absl::Status CollectMoments(const std::shared_ptr<const Model>& model, const std::vector<std::string>& files,
                            const CollectionOptions& options, const Cancellation& cancellation, Progress& progress,
                            CollectedMoments& collected);

}  // namespace onebyone
