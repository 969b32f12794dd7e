#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"

namespace onebyone {

// ProbeImage for bytes that begin with FF D8: walks every segment up to the end-of-image marker and skips the
// entropy-coded bytes.
//
// Let in: 8 bits a sample; gray, three and four components; baseline, extended and progressive, coded by Huffman (of an
// arithmetic code nobody can tell that it was cut). Refused: scans that leave out a component or leave its coefficients
// unfinished, and a size that so few bytes cannot hold. Bytes after the end of the image are let be (cameras append
// there).
absl::StatusOr<ImageHeader> ProbeJpeg(absl::string_view encoded, const ImageLimits& limits);

}  // namespace onebyone
