#pragma once

#include <string>
#include <variant>
#include <vector>

#include "server/options.h"

namespace onebyone {

// What to print instead of serving. `code` 0: `text` was asked for (--help, --version, --print-config) and goes to
// standard output; 2: wrong usage, `text` says what, wanted, got and goes to standard error.
struct EarlyExit {
  int code = 0;
  std::string text;
};

// Options from the command line, the environment (--max-images is ONEBYONE_MAX_IMAGES) and the file of --config (key
// `max-images`), in this order of precedence, checked as a whole. `arguments` are those behind the program's name.
std::variant<ServerOptions, EarlyExit> ReadCommandLine(const std::vector<std::string>& arguments);

}  // namespace onebyone
