#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "client/commands/program.h"

namespace onebyone::testing {

// What a run of `onebyone` came to.
struct ProgramRun {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline ProgramRun RunOnebyone(const std::vector<std::string>& arguments, const std::string& standard_input = "",
                              Cancellation* interruption = nullptr, int err_columns = 0) {
  std::istringstream in(standard_input);
  std::ostringstream out;
  std::ostringstream err;
  Cancellation never;
  Terminal terminal = {.in = in,
                       .out = out,
                       .err = err,
                       .err_columns = err_columns,
                       .interruption = interruption == nullptr ? never : *interruption};
  const int code = RunProgram(arguments, terminal);
  return {code, out.str(), err.str()};
}

}  // namespace onebyone::testing
