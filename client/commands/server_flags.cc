#include "client/commands/server_flags.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
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

// "p95" or "20ms".
void ReadHedgeAfter(const std::string& text, HedgePolicy& hedge) {
  HedgePolicy read = {.budget = hedge.budget};
  absl::string_view rest = text;
  const bool is_number = absl::ConsumePrefix(&rest, "p") ? absl::SimpleAtod(rest, &read.percentile)
                                                         : absl::ParseDuration(rest, &read.delay);
  if (!is_number || !read.enabled() || !read.Validate().ok()) {
    throw CLI::ValidationError("--hedge-after", absl::StrCat("want p50 to p99 or a time as 20ms, got '", text, "'"));
  }
  hedge = read;
}

}  // namespace

void AddServerFlags(CLI::App& command, ClientOptions& options) {
  command
      .add_option("--server", options.target,
                  "Address of the server, several with commas between, or a gRPC target such as unix:/path")
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

void AddAvailabilityFlags(CLI::App& command, ClientOptions& options) {
  command.add_flag("--health-check", options.health_check,
                   "Watch the health of each server and ask only those that serve");
  CLI::Option* after =
      command
          .add_option_function<std::string>(
              "--hedge-after", [&options](const std::string& text) { ReadHedgeAfter(text, options.hedge); },
              "Ask a second time, the next server, what took longer than this percentile of recent requests or this "
              "time; the first answer counts")
          ->type_name("p95|20ms");
  command
      .add_option_function<double>(
          "--hedge-budget", [&options](double percent) { options.hedge.budget = percent / 100; },
          "Most requests asked a second time, of 100; 5 unless told")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.01, 100.0))
      ->needs(after);
}

}  // namespace onebyone
