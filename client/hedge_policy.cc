#include "client/hedge_policy.h"

#include "absl/strings/str_cat.h"

namespace onebyone {

absl::Status HedgePolicy::Validate() const {
  if (percentile != 0 && !(percentile >= 50 && percentile <= 99)) {
    return absl::InvalidArgumentError(absl::StrCat("hedge percentile: want 50 to 99, got ", percentile));
  }
  if (delay < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("hedge delay: want more than 0 seconds, got ", absl::FormatDuration(delay)));
  }
  if (percentile != 0 && delay != absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("hedge: want a percentile or a delay, got both: p", percentile,
                                                   " and ", absl::FormatDuration(delay)));
  }
  if (!(budget > 0 && budget <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat("hedge budget: want more than 0 and at most 1, got ", budget));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
