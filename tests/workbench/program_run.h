#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace onebyone::testing {

// What a program left behind. exit_code is -1 where a signal ended it.
struct ProgramRun {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline std::ostream& operator<<(std::ostream& stream, const ProgramRun& run) {
  return stream << "exit code " << run.exit_code << "\n" << run.out << run.err;
}

// Runs the program at `path` with arguments, in no shell, and waits for its end.
ProgramRun RunProgramAt(const std::string& path, const std::vector<std::string>& arguments);

// The same for `BinFolder()/program`.
ProgramRun RunProgram(const std::string& program, const std::vector<std::string>& arguments);

// The same for onebyone-model.
inline ProgramRun Workbench(const std::vector<std::string>& arguments) {
  return RunProgram("onebyone-model", arguments);
}

}  // namespace onebyone::testing
