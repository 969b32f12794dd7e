#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace onebyone {

// The candidate with the least edit distance to `name`, the first of equals; empty where there are no candidates. For
// messages that say what somebody may have meant. Only the first 256 bytes of a name count, so that a hostile one costs
// little.
std::string NearestName(absl::string_view name, absl::Span<const std::string> candidates);

}  // namespace onebyone
