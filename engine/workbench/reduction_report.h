#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/reduction/reduction.h"

namespace onebyone {

// What the first `channels` rows of a reduction keep.
struct ReductionRow {
  int64_t channels = 0;
  double explained_variance = 0;
  // Between pooled features (the mean of a picture's pixels) and what comes back of them from so many channels, over
  // the pictures.
  double mean_pooled_cosine = 0;
  double least_pooled_cosine = 1;
};

// For k = 1, 2, 4, 8, ... and all rows, in this order. `mean`: of the layer's pixels, [C]. `pooled`: [n, C], n >= 1.
std::vector<ReductionRow> ReportOn(const Reduction& reduction, absl::Span<const double> mean,
                                   absl::Span<const double> pooled);

}  // namespace onebyone
