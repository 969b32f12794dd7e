#pragma once

#include "absl/strings/string_view.h"

namespace onebyone {

// The orientation, 1 to 8, that `exif` tells: a TIFF structure, with or without "Exif\0\0" before it. 1 where there is
// none or where anything about it is broken.
int ExifOrientation(absl::string_view exif);

}  // namespace onebyone
