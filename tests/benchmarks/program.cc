#include "tests/benchmarks/program.h"

#include <iostream>

namespace onebyone::benchmarks {

int RunProgram(CLI::App& app, int argc, const char* const* argv, const std::function<absl::Status()>& run) {
  constexpr int kWrongUsage = 2;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  absl::Status status = run();
  if (status.ok() && !std::cout.flush()) status = absl::UnavailableError("standard output cannot be written");
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return 1;
}

}  // namespace onebyone::benchmarks
