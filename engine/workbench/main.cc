#include <unistd.h>

#include <iostream>

#include "absl/status/status.h"
#include "engine/base/interrupt.h"
#include "engine/workbench/command_line.h"

namespace onebyone {
namespace {

// Runs a command that Ctrl-C stops in good order.
template <typename Options>
absl::Status RunInterruptibly(absl::Status (*command)(const Options&, const Cancellation&, std::ostream&,
                                                      std::ostream&),
                              const Options& options) {
  Cancellation cancellation;
  const Interrupt interrupt([&cancellation] { cancellation.Cancel(); });
  return command(options, cancellation, std::cout, std::cerr);
}

absl::Status Run(const CommandLine& line) {
  switch (line.command) {
    case WorkbenchCommand::kImport: return RunImport(line.import, std::cout);
    case WorkbenchCommand::kInspect: return RunInspect(line.inspect, std::cout);
    case WorkbenchCommand::kRun: return RunRun(line.run, std::cout, std::cerr);
    case WorkbenchCommand::kVerify: return RunVerify(line.verify, std::cout);
    case WorkbenchCommand::kBench: return RunBench(line.bench, std::cout);
    case WorkbenchCommand::kCost: return RunCost(line.cost, std::cout);
    case WorkbenchCommand::kCalibrate: return RunCalibrate(line.calibrate, std::cout, std::cerr);
    case WorkbenchCommand::kFidelity: return RunFidelity(line.fidelity, std::cout, std::cerr);
    case WorkbenchCommand::kFitReduction: return RunInterruptibly(RunFitReduction, line.fit_reduction);
    case WorkbenchCommand::kEvaluate: return RunInterruptibly(RunEvaluate, line.evaluate);
    case WorkbenchCommand::kAddReduction: break;
  }
  return RunAddReduction(line.add_reduction, std::cout);
}

int Main(int argc, const char* const* argv) {
  CommandLine line;
  if (const std::optional<int> code = ParseCommandLine(argc, argv, line)) return *code;
  line.calibrate.show_progress = line.fidelity.show_progress = line.evaluate.show_progress =
      line.fit_reduction.show_progress = isatty(STDERR_FILENO) == 1;
  absl::Status status = Run(line);
  if (status.ok() && !std::cout.flush()) status = absl::UnavailableError("standard output cannot be written");
  if (status.ok()) return 0;
  std::cerr << "onebyone-model: " << status.message() << "\n";
  return 1;
}

}  // namespace
}  // namespace onebyone

int main(int argc, char** argv) { return onebyone::Main(argc, argv); }
