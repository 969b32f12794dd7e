#pragma once

#include "absl/status/status.h"
#include "engine/bundle/bundle.h"
#include "engine/bundle/reduction_list.h"

namespace onebyone {

// Adds reductions to what programs have stored in a bundle that ReadBundle gave; a fitted one takes the place of the
// one that was fitted for its layer before. ALREADY_EXISTS, with nothing written, for a name that another reduction has
// and for a layer whose fitted reduction stands in the config, which people write. Errors of WriteReductionList.
absl::Status StoreReductions(const Bundle& bundle, const ReductionList& added);

}  // namespace onebyone
