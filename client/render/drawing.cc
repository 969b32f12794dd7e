#include "client/render/drawing.h"

#include <cstdint>
#include <new>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::string> EncodeDrawing(absl::string_view what, absl::string_view ending,
                                          absl::FunctionRef<absl::StatusOr<cv::Mat>()> draw) {
  try {
    ASSIGN_OR_RETURN(const cv::Mat picture, draw());
    std::vector<uint8_t> encoded;
    if (!cv::imencode(std::string(ending), picture, encoded)) {
      return absl::InternalError(absl::StrCat(what, ": the picture cannot be encoded as ", ending));
    }
    return std::string(encoded.begin(), encoded.end());
  } catch (const cv::Exception& error) {
    return absl::InternalError(absl::StrCat(what, ": ", error.what()));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat(what, ": no memory for the picture"));
  }
}

}  // namespace onebyone
