#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "client/commands/terminal.h"

namespace onebyone {

// What the command line asked for; returns the exit code.
using Command = std::function<int(Terminal&)>;

// Each adds one subcommand with its flags to `program`; when it is the one that was typed, `chosen` is set.
void AddExtractCommand(CLI::App& program, Command& chosen);
void AddViewCommand(CLI::App& program, Command& chosen);
void AddSimilarCommand(CLI::App& program, Command& chosen);
void AddModelsCommand(CLI::App& program, Command& chosen);
void AddHealthCommand(CLI::App& program, Command& chosen);
// `command_line`: as typed, for the report.
void AddLoadCommand(CLI::App& program, Command& chosen, const std::string& command_line);
void AddTopCommand(CLI::App& program, Command& chosen);
void AddCompareCommand(CLI::App& program, Command& chosen);

}  // namespace onebyone
