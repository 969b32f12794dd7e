#pragma once

#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/image/preprocessor.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// Pictures as a network takes them, decoded once for many runs.
struct PictureSet {
  std::vector<std::string> paths;
  std::vector<Tensor> inputs;  // float32 [1, 3, height, width], one a path

  // The places of all of them: 0, 1, ...
  std::vector<size_t> All() const {
    std::vector<size_t> all(inputs.size());
    std::iota(all.begin(), all.end(), size_t{0});
    return all;
  }
};

// The files that lie in `folder` itself, sorted by name, without hidden ones; what they hold is not looked at.
// NOT_FOUND where there is no such folder.
absl::StatusOr<std::vector<std::string>> ListPictureFiles(const std::string& folder);

// The pictures that lie in `folder` itself, sorted by name, resized and cropped as `options` say. A file that is no
// picture gets a line on `skipped`; hidden files and folders are passed over. NOT_FOUND where there is no such folder
// or no picture in it; INVALID_ARGUMENT where they would take more than 4 GiB.
absl::StatusOr<PictureSet> ReadPictures(const std::string& folder, const PreprocessOptions& options, int threads,
                                        std::ostream& skipped);

}  // namespace onebyone
