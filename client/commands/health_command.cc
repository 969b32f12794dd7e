#include <memory>

#include "client/commands/command.h"
#include "client/commands/health.h"
#include "client/commands/server_flags.h"

namespace onebyone {

void AddHealthCommand(CLI::App& program, Command& chosen) {
  auto options = std::make_shared<HealthOptions>();
  options->client.deadline = absl::Seconds(5);
  CLI::App* command = program.add_subcommand("health", "Tell whether a server serves");
  command->footer(
      "Prints SERVING, NOT_SERVING, UNKNOWN, SERVICE_UNKNOWN or UNREACHABLE; the exit code is 0 only for SERVING.\n"
      "Example: onebyone health --server 127.0.0.1:50051 --wait 30");
  AddServerFlags(*command, options->client);
  command->add_option("--service", options->service, "Service to ask about; the whole server unless told")
      ->type_name("NAME");
  command
      ->add_option_function<double>(
          "--wait", [options](double seconds) { options->wait = absl::Seconds(seconds); },
          "Ask again until it serves, for so long")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber);
  command->callback(
      [options, &chosen] { chosen = [options](Terminal& terminal) { return ShowHealth(*options, terminal); }; });
}

}  // namespace onebyone
