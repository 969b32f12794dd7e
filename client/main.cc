#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "client/cancellation.h"
#include "client/commands/program.h"
#include "client/commands/terminal.h"
#include "engine/base/interrupt.h"

namespace {

// Of the terminal behind standard error; 0 where there is none.
int ErrorColumns() {
  winsize size = {};
  if (isatty(STDERR_FILENO) == 0) return 0;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

int main(int argc, char** argv) {
  onebyone::Cancellation interruption;
  onebyone::Interrupt interrupt([&interruption] { interruption.Cancel(); });
  onebyone::Terminal terminal = {.in = std::cin,
                                 .out = std::cout,
                                 .err = std::cerr,
                                 .err_columns = ErrorColumns(),
                                 .out_is_terminal = isatty(STDOUT_FILENO) != 0,
                                 .interruption = interruption};
  return onebyone::RunProgram(std::vector<std::string>(argv + 1, argv + argc), terminal);
}
