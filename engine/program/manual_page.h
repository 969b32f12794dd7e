#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "engine/program/command_tree.h"

namespace onebyone {

// The manual page of `program` in section 1, as roff: what its help tells of itself and of each subcommand, the
// variables of the environment, the other programs. No date, so that equal programs give equal pages.
std::string ManualPage(const CommandDescription& program, absl::string_view version);

}  // namespace onebyone
