#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace onebyone::benchmarks {

// What every program here does after it has declared its flags: parses them, calls `run`, tells errors on standard
// error. Returns the exit status: 0, 1 where `run` failed, 2 for wrong usage.
int RunProgram(CLI::App& app, int argc, const char* const* argv, const std::function<absl::Status()>& run);

}  // namespace onebyone::benchmarks
