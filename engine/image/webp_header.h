#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"

namespace onebyone {

// True for bytes that begin as a WebP does.
bool LooksLikeWebp(absl::string_view encoded);

// ProbeImage for bytes that look like a WebP: walks every chunk of the RIFF. An animation is refused: it is no picture.
absl::StatusOr<ImageHeader> ProbeWebp(absl::string_view encoded, const ImageLimits& limits);

// Whether a WebP that passed ProbeWebp has an alpha channel.
bool WebpHasAlpha(absl::string_view encoded);

}  // namespace onebyone
