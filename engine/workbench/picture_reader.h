#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// Makes a network's inputs of picture files. One per thread.
class PictureReader {
 public:
  // One for each thread.
  static absl::StatusOr<std::vector<PictureReader>> CreateEach(const PreprocessOptions& options, int threads);

  // The picture, resized and cropped as the options say: float32 [1, 3, height, width]. Errors of ReadFile,
  // ImageDecoder and Tensor::Create; those of the decoder don't name the path.
  absl::StatusOr<Tensor> Read(const std::string& path) const;

 private:
  PictureReader(const PreprocessOptions& options, std::unique_ptr<ImageDecoder> decoder,
                std::unique_ptr<Preprocessor> preprocessor)
      : options_(options), decoder_(std::move(decoder)), preprocessor_(std::move(preprocessor)) {}

  PreprocessOptions options_;
  std::unique_ptr<ImageDecoder> decoder_;
  std::unique_ptr<Preprocessor> preprocessor_;
};

// Whether an error of reading or running a picture is one of the file alone, not of the machine or the network.
inline bool IsNoPicture(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) || absl::IsUnavailable(status);
}

}  // namespace onebyone
