#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/runtime/cancellation.h"
#include "engine/tensor/tensor.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// How good features are for finding similar pictures: each picture is left out in turn and ranks all others by cosine.
struct RetrievalQuality {
  double nearest = 0;                 // 1-NN: share of the pictures whose nearest other one is of their class
  double five_nearest = 0;            // 5-NN: the same of the class with the largest sum of cosines among five
  double mean_average_precision = 0;  // mAP: over the whole ranking, those of the picture's class being wanted
  int64_t queries = 0;                // pictures that asked: those with another one of their class
};

struct RetrievalOptions {
  int threads = 1;  // does not change the outcome
  const Cancellation* cancellation = nullptr;
  Progress* progress = nullptr;  // advanced once a picture
};

// `features`: float32 [pictures, dimension], finite. `classes`: of each picture, 0 or more; at least one class has two.
// Of equally similar pictures the earlier one comes first, of classes with equal votes the smaller one; a class without
// a vote has 0, which is more than a negative sum. A picture of zeros has similarity 0 to all. A picture that is alone
// in its class does not ask, since there is nothing that it could find, but is ranked by the others. The similarities
// are held for a block of pictures at a time. CANCELLED and DEADLINE_EXCEEDED of the cancellation.
absl::StatusOr<RetrievalQuality> MeasureRetrieval(const Tensor& features, const std::vector<int>& classes,
                                                  const RetrievalOptions& options = {});

}  // namespace onebyone
