#pragma once

#include <CLI/CLI.hpp>

#include "engine/workbench/command_line.h"

namespace onebyone {

// The subcommands that store 1x1 reductions in a bundle: fit-reduction and add-reduction. `line` must outlive the
// parse.
void AddFitReduction(CLI::App& app, CommandLine& line);
void AddAddReduction(CLI::App& app, CommandLine& line);

}  // namespace onebyone
