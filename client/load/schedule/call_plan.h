#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/container/inlined_vector.h"

namespace onebyone {

// One call to come: when it is due and what it carries.
struct PlannedCall {
  int64_t index = 0;                              // its place in the plan, from 0
  int64_t due_ns = 0;                             // since the plan's start; of a closed loop without meaning
  absl::InlinedVector<int32_t, 4> pictures = {};  // places in the LoadPictures
};

// The calls of a run in the order of their moments. One thread at a time.
class CallPlan {
 public:
  static constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

  virtual ~CallPlan() = default;
  // Nothing where the plan has ended.
  virtual std::optional<PlannedCall> Next() = 0;
};

}  // namespace onebyone
