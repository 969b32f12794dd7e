#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace onebyone {

// A name out of a file, fit for a message: control characters escaped, cut where it is absurdly long.
std::string Legible(absl::string_view name);

// The same in quotes.
std::string Quoted(absl::string_view name);

}  // namespace onebyone
