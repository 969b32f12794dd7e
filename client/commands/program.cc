#include "client/commands/program.h"

#include <algorithm>
#include <exception>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/command.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "Exit codes: 0 done, 1 failed in part or whole (each failure is named on standard error), 2 wrong usage.\n"
    "'onebyone COMMAND --help' tells the options of a command.";

}  // namespace

int RunProgram(const std::vector<std::string>& arguments, Terminal& terminal) {
  CLI::App program("Image features over gRPC: any layer of a network, any number of channels.", "onebyone");
  program.set_version_flag("--version", ONEBYONE_VERSION);
  program.require_subcommand(1);
  program.footer(kFooter);
  Command chosen;
  AddExtractCommand(program, chosen);
  AddViewCommand(program, chosen);
  AddSimilarCommand(program, chosen);
  AddModelsCommand(program, chosen);
  AddHealthCommand(program, chosen);
  AddLoadCommand(program, chosen, absl::StrCat("onebyone ", absl::StrJoin(arguments, " ")));
  AddTopCommand(program, chosen);
  AddCompareCommand(program, chosen);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
    program.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return program.exit(error, terminal.out, terminal.err) == 0 ? kDone : kWrongUsage;
  }
  return chosen(terminal);
}

}  // namespace onebyone
