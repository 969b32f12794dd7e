#include <memory>

#include "client/commands/command.h"
#include "client/commands/compare.h"

namespace onebyone {

void AddCompareCommand(CLI::App& program, Command& chosen) {
  auto options = std::make_shared<CompareRunsOptions>();
  CLI::App* command = program.add_subcommand("compare", "Compare two load runs: is the second worse, beyond noise?");
  command->footer(
      "Reads what 'onebyone load --json FILE' wrote. A figure counts as changed where its 99 % interval, from the "
      "windows\n"
      "of both runs, leaves out 0 and the change is larger than the tolerance. Exit code 1 where the runs differ in "
      "kind.\n"
      "Example: onebyone compare before.json after.json --html both.html --fail-if-worse");
  command->add_option("BEFORE", options->before, "The first run, A")->required()->check(CLI::ExistingFile);
  command->add_option("AFTER", options->after, "The second run, B")->required()->check(CLI::ExistingFile);
  command->add_option("--html", options->html, "Write a page of both runs")->type_name("FILE");
  command
      ->add_option_function<double>(
          "--tolerance", [options](double percent) { options->tolerance = percent / 100; },
          "Changes up to this are as good as none")
      ->type_name("PERCENT")
      ->default_str("2")
      ->check(CLI::Range(0.0, 100.0));
  command->add_flag("--fail-if-worse", options->fail_if_worse,
                    "Exit code 3 where a figure of B is worse, beyond noise");
  command->add_flag("--anyway", options->anyway, "Compare runs of different kinds, and say so");
  command->callback(
      [options, &chosen] { chosen = [options](Terminal& terminal) { return ShowComparison(*options, terminal); }; });
}

}  // namespace onebyone
