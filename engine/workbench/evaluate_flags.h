#pragma once

#include <CLI/CLI.hpp>

#include "engine/workbench/command_line.h"

namespace onebyone {

// The subcommand evaluate. `line` must outlive the parse.
void AddEvaluate(CLI::App& app, CommandLine& line);

}  // namespace onebyone
