#pragma once

#include <istream>
#include <ostream>

#include "client/cancellation.h"

namespace onebyone {

// What a command reads from and writes to. Tests put strings in its place.
struct Terminal {
  std::istream& in;
  std::ostream& out;    // what was asked for
  std::ostream& err;    // failures and progress
  int err_columns = 0;  // width of the terminal behind `err`; 0: a file or a pipe
  bool out_is_terminal = false;
  Cancellation& interruption;  // cancelled by Ctrl-C: ends the calls under way
};

// kMissed: the work was done, but what it found is not what was to be (a condition of `load`, a run that is worse).
enum ExitCode : int { kDone = 0, kFailed = 1, kWrongUsage = 2, kMissed = 3 };

}  // namespace onebyone
