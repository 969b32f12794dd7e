#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "engine/image/entropy_bits.h"
#include "engine/image/entropy_blocks.h"
#include "engine/image/reduced_idct.h"

namespace onebyone {

// The scan of a SequentialJpeg, at 1/8 scale, row of MCUs by row of MCUs. What it points to belongs to the caller.
struct EighthScan {
  struct Component {
    const BlockTables* tables = nullptr;
    ReducedIdct idct;
    int32_t dc_step = 0;  // of quantization
    int32_t dc = 0;       // of the block before, quantized
    uint8_t* samples =
        nullptr;  // of one row of MCUs: `vertical` rows of `stride` samples, whatever its own sampling is
  };

  EntropyBits bits{absl::string_view()};
  std::array<Component, 3> component;
  int components = 1;  // or 3
  int horizontal = 1;  // sampling factors of luma, 1 or 2; those of chroma are 1
  int vertical = 1;
  int64_t columns = 0;  // MCUs in a row
  int64_t stride = 0;   // at least columns * horizontal
  int64_t restart_interval = 0;
  int64_t until_restart = 0;
  uint8_t next_restart = 0;  // 0 to 7

  // Decodes the next row of MCUs into the samples. Chroma that is halved in both directions comes from its blocks' 2x2
  // samples, other chroma from their means, repeated: as libjpeg does. False where the scan is not as an encoder would
  // have written it; an overrun may be noticed later (EntropyBits::IsOverrun).
  bool DecodeRow();
};

}  // namespace onebyone
