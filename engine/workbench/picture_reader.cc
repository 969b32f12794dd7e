#include "engine/workbench/picture_reader.h"

#include <utility>

#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::vector<PictureReader>> PictureReader::CreateEach(const PreprocessOptions& options, int threads) {
  std::vector<PictureReader> readers;
  for (int i = 0; i < threads; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<ImageDecoder> decoder, ImageDecoder::Create({}));
    ASSIGN_OR_RETURN(std::unique_ptr<Preprocessor> preprocessor, Preprocessor::Create(options));
    readers.push_back(PictureReader(options, std::move(decoder), std::move(preprocessor)));
  }
  return readers;
}

absl::StatusOr<Tensor> PictureReader::Read(const std::string& path) const {
  ASSIGN_OR_RETURN(const std::string encoded, ReadFile(path, ImageLimits().max_bytes));
  ASSIGN_OR_RETURN(const RgbImage picture, decoder_->Decode(encoded));
  ASSIGN_OR_RETURN(Tensor input, Tensor::Create(DataType::kFloat32, {1, 3, options_.height, options_.width}));
  RETURN_IF_ERROR(preprocessor_->Run(picture, InputFit::kModel, input.view()).status());
  return input;
}

}  // namespace onebyone
