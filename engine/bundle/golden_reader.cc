#include "engine/bundle/golden_reader.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"

namespace onebyone {

absl::StatusOr<Golden> ReadGolden(const std::string& folder, absl::string_view field,
                                  const config::v1::Golden& config) {
  Golden golden;
  golden.layer = config.layer();
  if (golden.layer.empty()) return absl::InvalidArgumentError(absl::StrCat(field, ".layer: want a layer, got none"));
  ASSIGN_OR_RETURN(golden.image, BundleFile(folder, absl::StrCat(field, ".image"), config.image()));
  ASSIGN_OR_RETURN(golden.output, BundleFile(folder, absl::StrCat(field, ".output"), config.output()));
  if (!(config.tolerance() >= 0 && config.tolerance() <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, ".tolerance: want 0 (which means ", golden.tolerance, ") to 1, got ", config.tolerance()));
  }
  if (config.tolerance() > 0) golden.tolerance = config.tolerance();
  return golden;
}

}  // namespace onebyone
