#include <memory>

#include "client/commands/command.h"
#include "client/commands/top.h"
#include "client/top/metrics_source.h"

namespace onebyone {

void AddTopCommand(CLI::App& program, Command& chosen) {
  auto options = std::make_shared<TopOptions>();
  CLI::App* command = program.add_subcommand("top", "Watch a server at work: rates, latency by stage, queue, lanes");
  command->footer(
      "Reads the metrics of a server that runs with --metrics-listen. Rates and quantiles are of the last interval.\n"
      "Where the output is no terminal, each refresh is a line; --once prints one whole view.\n"
      "Example: onebyone top --metrics 127.0.0.1:8002");
  command->add_option("--metrics", options->metrics, "The server's --metrics-listen")
      ->type_name("HOST:PORT")
      ->capture_default_str()
      ->check([](const std::string& address) { return std::string(CheckMetricsAddress(address).message()); });
  command
      ->add_option_function<double>(
          "--interval", [options](double seconds) { options->interval = absl::Seconds(seconds); },
          "Time between two refreshes")
      ->type_name("SECONDS")
      ->default_str("1")
      ->check(CLI::Range(0.1, 3600.0));
  CLI::Option* count =
      command->add_option("--count", options->count, "End after so many refreshes; unless told, by Ctrl-C")
          ->check(CLI::PositiveNumber);
  command->add_flag("--once", options->once, "Print one view of one interval, then end")->excludes(count);
  command->callback(
      [options, &chosen] { chosen = [options](Terminal& terminal) { return ShowTop(*options, terminal); }; });
}

}  // namespace onebyone
