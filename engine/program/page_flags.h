#pragma once

#include <CLI/CLI.hpp>

namespace onebyone {

// Gives the program `app` --print-completion SHELL and --print-manual. Both describe all that `app` has when the
// command line is parsed, and end the parse as --version does: by CLI::CallForVersion with the text, without a last
// line's end. `app` must outlive the parse.
void AddPageFlags(CLI::App& app);

}  // namespace onebyone
