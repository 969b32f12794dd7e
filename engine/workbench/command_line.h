#pragma once

#include <optional>

#include "engine/workbench/add_reduction_command.h"
#include "engine/workbench/bench_command.h"
#include "engine/workbench/calibrate_command.h"
#include "engine/workbench/cost_command.h"
#include "engine/workbench/evaluate_command.h"
#include "engine/workbench/fidelity_command.h"
#include "engine/workbench/fit_reduction_command.h"
#include "engine/workbench/import_command.h"
#include "engine/workbench/inspect_command.h"
#include "engine/workbench/run_command.h"
#include "engine/workbench/verify_command.h"

namespace onebyone {

enum class WorkbenchCommand : uint8_t {
  kImport,
  kInspect,
  kRun,
  kVerify,
  kBench,
  kCost,
  kCalibrate,
  kFidelity,
  kEvaluate,
  kFitReduction,
  kAddReduction
};

// What the flags ask for; only the options of `command` count.
struct CommandLine {
  WorkbenchCommand command = WorkbenchCommand::kInspect;
  ImportOptions import;
  InspectOptions inspect;
  RunOptions run;
  VerifyOptions verify;
  BenchOptions bench;
  CostOptions cost;
  CalibrateOptions calibrate;
  FidelityOptions fidelity;
  EvaluateOptions evaluate;
  FitReductionOptions fit_reduction;
  AddReductionOptions add_reduction;
};

// Fills `line` from the flags. Returns the exit code where the program should end at once: 0 after --help or --version,
// 2 after wrong usage, which it has told on standard error.
std::optional<int> ParseCommandLine(int argc, const char* const* argv, CommandLine& line);

}  // namespace onebyone
