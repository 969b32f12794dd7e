#include "engine/import/axes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/import/onnx_types.h"

namespace onebyone {

absl::Status CheckAxes(absl::Span<const int64_t> axes) {
  if (axes.size() > kMaxRank) {
    return absl::InvalidArgumentError(absl::StrCat("axes: want at most ", kMaxRank, ", got ", axes.size()));
  }
  for (auto axis = axes.begin(); axis != axes.end(); ++axis) {
    if (*axis < -kMaxRank || *axis >= kMaxRank) {
      return absl::InvalidArgumentError(absl::StrCat("axes: want ", -kMaxRank, " to ", kMaxRank - 1, ", got ", *axis));
    }
    if (std::find(axes.begin(), axis, *axis) != axis) {
      return absl::InvalidArgumentError(absl::StrCat("axes: want each once, got ", *axis, " twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace onebyone
