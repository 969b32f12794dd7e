#pragma once

#include <CLI/CLI.hpp>

#include "client/commands/bulk_extraction.h"

namespace onebyone {

// --batch and --parallel.
void AddBulkFlags(CLI::App& command, BatchOptions& options);

}  // namespace onebyone
