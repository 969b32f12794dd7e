#pragma once

#include <cstdint>

namespace onebyone {

// A side of a picture decoded at 1/`scale_down` of its size: the last pixel covers what is left over.
inline int64_t ScaledSide(int64_t side, int64_t scale_down) { return (side + scale_down - 1) / scale_down; }

}  // namespace onebyone
