#include "engine/program/page_flags.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/program/build_origin.h"
#include "engine/program/command_tree.h"
#include "engine/program/completion.h"
#include "engine/program/manual_page.h"

namespace onebyone {
namespace {

[[noreturn]] void Print(const std::string& text) {
  throw CLI::CallForVersion(std::string(absl::StripSuffix(text, "\n")), 0);
}

}  // namespace

void AddPageFlags(CLI::App& app) {
  std::vector<std::string> shells;
  for (const CompletionShell& shell : kCompletionShells) shells.emplace_back(shell.name);
  const auto print_completion = [&app](const std::string& name) {
    for (const CompletionShell& shell : kCompletionShells) {
      if (shell.name == name) Print(shell.script(DescribeCommand(app)));
    }
  };
  app.add_option_function<std::string>(
         "--print-completion", print_completion,
         absl::StrCat("Print the completion script of a shell and exit; try it by: source <(", app.get_name(),
                      " --print-completion bash)"))
      ->check(CLI::IsMember(shells))
      ->type_name("SHELL")
      ->configurable(false);
  app.add_flag_callback(
         "--print-manual", [&app] { Print(ManualPage(DescribeCommand(app), ThisBuildOrigin().version)); },
         "Print the manual page and exit; read it by: man -l FILE")
      ->configurable(false);
}

}  // namespace onebyone
