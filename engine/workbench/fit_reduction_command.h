#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/runtime/cancellation.h"

namespace onebyone {

struct FitReductionOptions {
  std::string bundle;
  std::vector<std::string> layers;  // each a layer or alias, or several with commas between
  std::string images;               // a folder
  int64_t max_channels = 0;         // rows stored of each layer; 0: as many as there are
  int threads = 1;                  // pictures at a time
  bool json = false;
  bool show_progress = false;
};

// Runs the pictures through the network in exact float32, finds the principal components of the layers' pixels, and
// stores them in the bundle as 1x1 convolutions; `out` gets what the first k of them keep, `errors` the files that are
// no pictures, and the progress. The outcome does not depend on the number of threads. Once `cancellation` is
// cancelled, ends with CANCELLED and leaves a checkpoint in the bundle's folder, from which the same command goes on.
// NOT_FOUND without a picture; INVALID_ARGUMENT, saying what, wanted, got, for an unknown layer, one that cannot be
// fitted, and more channels than there can be; errors of LoadModel, CollectMoments and StoreReductions.
absl::Status RunFitReduction(const FitReductionOptions& options, const Cancellation& cancellation, std::ostream& out,
                             std::ostream& errors);

}  // namespace onebyone
