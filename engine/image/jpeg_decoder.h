#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"

namespace onebyone {

// Decodes a JPEG that passed ProbeImage with this `header` to `rgb`: dense rows of 3 * ScaledSide(width), as stored
// (orientation is not applied). INVALID_ARGUMENT where libjpeg complains of anything after which pixels are guesses, or
// reads more than `max_scans` scans; RESOURCE_EXHAUSTED where it finds no memory; the error of `may_go_on` (may be
// null), which is asked every few rows. `rgb` may be written in part on an error. Keeps nothing between calls: tables
// of one picture must not decode the next.
absl::Status DecodeJpeg(absl::string_view encoded, const ImageHeader& header, int64_t scale_down, int64_t max_scans,
                        const std::function<absl::Status()>& may_go_on, uint8_t* rgb);

}  // namespace onebyone
