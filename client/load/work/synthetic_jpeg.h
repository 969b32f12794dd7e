#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/load/work/load_pictures.h"

namespace onebyone {

struct SyntheticSize {
  int32_t width = 0;
  int32_t height = 0;
  double weight = 1;
};

// "640x480" or "640x480:0.8,4000x3000:0.2". INVALID_ARGUMENT for anything else, sides over 16,384 included.
absl::StatusOr<std::vector<SyntheticSize>> ParseSyntheticSizes(absl::string_view text);

// A baseline JPEG (4:2:0, quality 85) that costs a decoder what a photograph of its size does: noise whose amplitude
// falls with its frequency, as that of natural pictures, over smooth colours and a few edges. Equal arguments give
// equal bytes.
std::string SyntheticJpeg(int32_t width, int32_t height, uint64_t seed);

// `count` pictures of each size, which share its weight, added to `set`.
void AddSyntheticPictures(const std::vector<SyntheticSize>& sizes, int count, uint64_t seed, LoadPictures& set);

}  // namespace onebyone
