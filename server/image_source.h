#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/tensor/tensor_view.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// A picture of a request, in the form in which it came. Borrows its bytes and its id.
struct ImageSource {
  enum class Form : uint8_t {
    kEncoded,       // JPEG, PNG, WebP or BMP
    kPixels,        // uint8 RGB [height, width, 3], upright; goes through the model's preprocessing
    kNetworkInput,  // float32 [3, height, width]: what the model's preprocessing would give
  };

  Form form = Form::kEncoded;
  absl::string_view bytes{};
  absl::string_view id{};  // echoed in the result
  // Not of kEncoded, whose header tells; otherwise `bytes` are as many as they say.
  int64_t height = 0;
  int64_t width = 0;
};

// The pictures of a request, all in one form.
struct RequestImages {
  std::vector<ImageSource> sources;
  // The whole request fails with its first picture that fails, and maps that would differ in size are refused: for
  // answers that are one tensor over all pictures.
  bool all_or_nothing = false;
  // What the request holds for them beside their bytes.
  int64_t other_bytes = 0;
};

// Those that `request` itself holds, which must outlive them.
RequestImages ImagesOf(const v1::ExtractFeaturesRequest& request);

// The upright pixels of `source`, valid as long as its bytes and until the next use of `decoder`; no pixels, but the
// size, of a kNetworkInput. `min_side` and errors: as of ImageDecoder::Decode.
absl::StatusOr<RgbImage> ReadPixels(const ImageSource& source, ImageDecoder& decoder, int64_t min_side);

// Makes `image`, read from `source`, the network's input. INVALID_ARGUMENT where a kNetworkInput holds a number that is
// not finite; else the errors of Preprocessor::Run.
absl::StatusOr<InputToImage> WriteInput(const ImageSource& source, const RgbImage& image, InputFit fit,
                                        Preprocessor& preprocessor, const TensorView& input);

}  // namespace onebyone
