#include "client/commands/server_flags.h"

#include <string>

#include "absl/time/time.h"

namespace onebyone {

void AddServerFlags(CLI::App& command, ClientOptions& options) {
  command.add_option("--server", options.target, "Address of the server, or a gRPC target such as unix:/path")
      ->required()
      ->type_name("HOST:PORT")
      ->envname("ONEBYONE_SERVER");
  command
      .add_option_function<double>(
          "--deadline", [&options](double seconds) { options.deadline = absl::Seconds(seconds); },
          "Longest time for one call, its retries included; " + absl::FormatDuration(options.deadline) + " unless told")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber);
}

}  // namespace onebyone
