#include "client/commands/program.h"

#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/command.h"
#include "engine/program/loaded_libraries.h"
#include "engine/program/page_flags.h"
#include "engine/program/version_line.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "Exit codes: 0 done, 1 failed in part or whole (each failure is named on standard error), 2 wrong usage.\n"
    "'onebyone COMMAND --help' tells the options of a command.";

std::string Version() {
  std::vector<LoadedLibrary> libraries = {
      {"gRPC", grpc::Version()}, {"protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)}};
  for (const LoadedLibrary& library : LoadedLibraries()) libraries.push_back(library);
  return VersionLine("onebyone", libraries);
}

}  // namespace

int RunProgram(const std::vector<std::string>& arguments, Terminal& terminal) {
  CLI::App program("Image features over gRPC: any layer of a network, any number of channels.", "onebyone");
  program.set_version_flag("--version", Version);
  AddPageFlags(program);
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
