#pragma once

#include <cstdint>

#include "engine/image/preprocessor.h"

namespace onebyone {

// One axis of a picture that is fitted to the network's input: all of it is resized to `resized` pixels, of which
// `count` from `begin` on are kept, and lie in the input from pixel `pad` on.
struct FittedAxis {
  int64_t resized = 0;
  int64_t begin = 0;
  int64_t count = 0;
  int64_t pad = 0;
};

struct FittedSize {
  FittedAxis x;
  FittedAxis y;
};

// How `fit` places an upright picture of width x height in the input of `options`; not for kNative and kNoResize.
FittedSize FitPicture(InputFit fit, const PreprocessOptions& options, int64_t width, int64_t height);

// Where the middle `part` of `whole` begins; a half is rounded to the even number, as Python does and so torchvision.
int64_t CenterBegin(int64_t whole, int64_t part);

}  // namespace onebyone
