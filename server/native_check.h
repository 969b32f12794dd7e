#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "server/options.h"
#include "server/request_codec.h"

namespace onebyone {

// What NATIVE makes of the images of a request whose model and features are checked: reads their headers, and fills
// native_images and answer_bytes of `spec`. What is wrong with one image (broken, over a limit, smaller than a layer
// needs, a map with fewer cells than a grid) becomes its own status, told at images[i].content or at the field that
// does not fit; of images that are all or nothing, the error, and so do sizes of maps that differ. Compiles and decodes
// nothing; takes some microseconds a node of the network for each size.
absl::Status CheckNativeImages(const RequestLimits& limits, ExtractSpec& spec);

}  // namespace onebyone
