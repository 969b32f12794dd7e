#include "client/commands/server_flags.h"

#include <string>

#include "absl/time/time.h"

namespace onebyone {
namespace {

void AddSecurityFlags(CLI::App& command, ChannelSecurity& security) {
  command.add_flag("--tls", security.tls, "Talk TLS with the server");
  const auto file = [&command](const char* flag, std::string& target, const char* text) {
    command.add_option(flag, target, text)->type_name("FILE");
  };
  file("--tls-ca", security.ca_file, "PEM: authorities to trust; the system's unless told");
  file("--tls-certificate", security.certificate_file, "PEM: certificate to show to the server");
  file("--tls-key", security.key_file, "PEM: its private key");
  command.add_option("--tls-server-name", security.server_name, "Name in the server's certificate, if not its host")
      ->type_name("NAME");
  file("--token-file", security.token_file, "File with the bearer token for the server, alone in it");
}

}  // namespace

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
  AddSecurityFlags(command, options.security);
}

}  // namespace onebyone
