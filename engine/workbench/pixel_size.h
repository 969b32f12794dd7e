#pragma once

#include <cstdint>

namespace onebyone {

struct PixelSize {
  int64_t width = 0;
  int64_t height = 0;
};

}  // namespace onebyone
