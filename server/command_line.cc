#include "server/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/nearest_name.h"
#include "engine/program/page_flags.h"
#include "server/config_format.h"
#include "server/observability/build_information.h"
#include "server/option_declaration.h"
#include "server/options_file.h"

namespace onebyone {
namespace {

PrecisionChoice PrecisionNamed(const std::string& name) {
  if (name == "f32") return PrecisionChoice::kFloat32;
  if (name == "bf16") return PrecisionChoice::kBFloat16;
  if (name == "int8") return PrecisionChoice::kInt8;
  return PrecisionChoice::kAuto;
}

void DeclareRequests(OptionDeclaration& declare, ServerOptions& options) {
  RequestLimits& limits = options.limits;
  const std::string group = "Limits";
  declare.Value("--max-images", limits.max_images, "images of one request")->group(group);
  declare.Value("--max-features", limits.max_features, "features of one request")->group(group);
  declare
      .Value("--stream-window", limits.stream_window,
             "unanswered requests of one StreamFeatures call; more are not read")
      ->group(group);
  declare.Bytes("--max-message-bytes", limits.max_message_bytes, "encoded request")->group(group);
  declare.Bytes("--max-answer-bytes", limits.max_answer_bytes, "feature maps of one answer")->group(group);
  declare.Bytes("--max-image-bytes", limits.image.max_bytes, "one encoded image")->group(group);
  declare.Value("--max-image-pixels", limits.image.max_pixels, "width times height of an image")->group(group);
  declare.Value("--max-image-side", limits.image.max_side, "width or height of an image")->group(group);
  declare
      .Value("--max-native-pixels", limits.max_native_pixels,
             "width times height of an image that is not resized (input_size NATIVE)")
      ->group(group);
  declare.Value("--max-jpeg-scans", limits.image.max_jpeg_scans, "scans of a progressive JPEG")->group(group);
}

void DeclareWork(OptionDeclaration& declare, ServerOptions& options) {
  const std::string group = "Work";
  declare.Value("--lanes", options.scheduler.lanes, "worker threads; 0: one per usable CPU (affinity, cgroup quota)")
      ->group(group);
  declare
      .Value("--max-queued-images", options.scheduler.max_queued_images,
             "images that wait for a lane; past it, RESOURCE_EXHAUSTED")
      ->group(group);
  declare
      .Bytes("--max-queued-bytes", options.scheduler.max_queued_bytes,
             "encoded images and answers of all accepted requests; past it, RESOURCE_EXHAUSTED")
      ->group(group);
  declare
      .Bytes("--max-decoded-bytes", options.scheduler.max_decoded_bytes,
             "pixels of all images in work; a lane waits where its image would take more")
      ->group(group);
  declare
      .Bytes("--response-cache-bytes", options.response_cache_bytes,
             "memory for answers that are kept for equal pictures asked the same; 0: none are")
      ->group(group);
  declare
      .Value("--max-plans", options.compile.max_plans,
             "compiled plans kept per model; one per set of layers, channels and reductions")
      ->group(group);
  declare
      .Value("--max-native-plans", options.compile.max_native_plans,
             "the same for images that are not resized: one per size as well")
      ->group(group);
  declare
      .Text(
          "--precision", "auto", [&options](const std::string& given) { options.precision = PrecisionNamed(given); },
          "auto: of each model the fastest that its calibration found as good as f32, f32 without a calibration; f32; "
          "bf16: on CPUs with AVX512_BF16 or AMX; int8: calibrated models only")
      ->check(CLI::IsMember({"auto", "f32", "bf16", "int8"}))
      ->group(group);
  declare
      .Text(
          "--convolution", "measured",
          [&options](const std::string& given) {
            options.compile.convolution =
                given == "exact" ? CompileOptions::Convolution::kExact : CompileOptions::Convolution::kMeasured;
          },
          "measured: the faster of direct and Winograd per shape; exact: never Winograd")
      ->check(CLI::IsMember({"measured", "exact"}))
      ->group(group);
  options.kernel_cache = DefaultKernelCacheFolder();
  declare
      .Value("--kernel-cache", options.kernel_cache,
             "folder in which timed choices of kernels are kept for the next start; off: nowhere")
      ->type_name("DIR")
      ->group(group);
}

void DeclareLife(OptionDeclaration& declare, ServerOptions& options) {
  const std::string connections = "Connections";
  ListenOptions& listen = options.listen;
  declare.Value("--port-file", listen.port_file, "file to write the port to once requests are served")
      ->type_name("FILE")
      ->group(connections);
  declare.Value("--reflection", listen.reflection, "gRPC reflection: true or false")->group(connections);
  declare.Value("--max-streams", listen.max_streams, "concurrent calls of one connection")->group(connections);
  declare
      .Value("--max-connections", listen.max_connections, "connections of a port; more are closed, the newest first")
      ->group(connections);
  declare.Bytes("--max-header-bytes", listen.max_header_bytes, "all headers of a call")->group(connections);
  declare
      .Seconds("--handshake-timeout", listen.handshake_timeout,
               "a connection that has not introduced itself (TLS, HTTP/2 settings) by then is closed")
      ->group(connections);
  declare
      .Bytes("--max-transport-bytes", listen.max_transport_bytes,
             "requests that have not arrived whole; 0: half of --max-queued-bytes, or twice --max-message-bytes")
      ->group(connections);
  declare
      .Seconds("--upload-timeout", listen.upload_timeout,
               "a call whose message has not come whole by then is ended with DEADLINE_EXCEEDED")
      ->group(connections);
  declare
      .Seconds("--max-connection-idle", listen.max_connection_idle,
               "a connection without a call is closed after this, a StreamFeatures call without a request ended")
      ->group(connections);
  declare.Seconds("--max-connection-age", listen.max_connection_age, "a connection is closed gently after this")
      ->group(connections);
  declare.Seconds("--max-connection-age-grace", listen.max_connection_age_grace, "and its calls cut after this")
      ->group(connections);
  declare.Seconds("--keepalive-time", listen.keepalive_time, "an idle connection is pinged after this")
      ->group(connections);
  declare.Seconds("--keepalive-timeout", listen.keepalive_timeout, "and closed without an answer in this")
      ->group(connections);
  const std::string end = "End of service";
  declare
      .Seconds("--lame-duck", options.drain.lame_duck,
               "after SIGTERM: health says NOT_SERVING, requests are still taken for this long")
      ->group(end);
  declare.Seconds("--drain-timeout", options.drain.timeout, "then accepted requests get this long to finish")
      ->group(end);
}

void DeclareObservability(OptionDeclaration& declare, ObservabilityOptions& options) {
  const std::string group = "Observability";
  declare
      .Value("--metrics-listen", options.metrics_listen,
             "HOST:PORT of Prometheus metrics at /metrics (port 0 picks a free one); none unless told")
      ->group(group);
  declare.Value("--metrics-port-file", options.metrics_port_file, "file to write the port of the metrics to")
      ->type_name("FILE")
      ->group(group);
  declare
      .Text(
          "--log-format", "text",
          [&options](const std::string& given) {
            options.log_format = given == "json" ? LogFormat::kJson : LogFormat::kText;
          },
          "of log and access log: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->group(group);
  declare.Value("--access-log", options.access_log, "file that gets a line for each request; -: standard output; off")
      ->type_name("FILE")
      ->group(group);
  declare
      .Value("--load-reports", options.load_reports,
             "ORCA load reports in the trailers of each call, for clients that balance by weight: true or false")
      ->group(group);
}

void DeclareSecurity(OptionDeclaration& declare, SecurityOptions& security) {
  const std::string group = "Security (files are read again when they change)";
  declare.Value("--tls-certificate", security.tls_certificate, "PEM file: the server's certificate and its chain")
      ->type_name("FILE")
      ->group(group);
  declare.Value("--tls-key", security.tls_key, "PEM file: its private key")->type_name("FILE")->group(group);
  declare
      .Value("--tls-client-ca", security.tls_client_ca,
             "PEM file: clients must show a certificate that one of these authorities signed")
      ->type_name("FILE")
      ->group(group);
  declare
      .Value("--token-file", security.token_file,
             "calls need one of its bearer tokens; a line is [NAME] TOKEN [expires=2026-12-31T00:00:00Z]")
      ->type_name("FILE")
      ->group(group);
  declare
      .Value("--allow-insecure-tokens", security.allow_insecure_tokens,
             "true: tokens over plaintext beyond this machine, where something else encrypts")
      ->group(group);
  declare
      .Value("--allow-methods", security.allow_methods,
             "package.Service/Method or package.Service/*, by comma; other calls but health are refused")
      ->type_name("METHODS")
      ->group(group);
  declare
      .Value("--health-listen", security.health_listen,
             "HOST:PORT or unix:PATH where probes ask grpc.health.v1 without TLS and token; nothing else is answered")
      ->group(group);
}

void Declare(CLI::App& app, ServerOptions& options) {
  OptionDeclaration declare(app);
  declare.Value("--models", options.models, "folder of model bundles; each folder name is a model's name")
      ->type_name("DIR");
  declare.Value("--listen", options.listen.address, "HOST:PORT (port 0 picks a free one) or unix:PATH")
      ->type_name("ADDRESS");
  declare.Value("--default-model", options.default_model, "the model that an empty name means; default: the first");
  declare.Value("--model-versions", options.model_versions,
                "versions of each model that are served: the highest so many");
  declare.Seconds("--poll-models", options.poll_models,
                  "how often --models is looked at for new, changed and removed bundles; 0: only at SIGHUP");
  declare.Value("--log-level", options.log_level, "trace, debug, info, warning, error, critical or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "critical", "off"}));
  DeclareRequests(declare, options);
  DeclareWork(declare, options);
  DeclareLife(declare, options);
  DeclareObservability(declare, options.observability);
  DeclareSecurity(declare, options.security);
}

// The options that the environment sets, as arguments.
std::vector<std::string> FromEnvironment(const CLI::App& app) {
  std::vector<std::string> arguments;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_envname().empty()) continue;
    const char* value = std::getenv(option->get_envname().c_str());
    if (value != nullptr && *value != '\0') arguments.push_back(absl::StrCat("--", KeyOf(*option), "=", value));
  }
  return arguments;
}

// Variables that are not for this program though they are called like its own: those of its client and its tests, and
// those that Kubernetes sets in every pod for a Service called "onebyone".
bool IsForOthers(absl::string_view variable) {
  constexpr absl::string_view kOthers[] = {"ONEBYONE_CONFIG", "ONEBYONE_SERVER", "ONEBYONE_SHARED",
                                           "ONEBYONE_SOURCE", "ONEBYONE_BIN",    "ONEBYONE_PYTHON"};
  if (std::find(std::begin(kOthers), std::end(kOthers), variable) != std::end(kOthers)) return true;
  return variable == "ONEBYONE_PORT" || absl::StartsWith(variable, "ONEBYONE_PORT_") ||
         absl::StrContains(variable, "_SERVICE_");
}

// OK where each ONEBYONE_ variable sets an option: one that is misspelt would be the default, unnoticed.
absl::Status CheckEnvironment(const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_envname().empty()) known.push_back(option->get_envname());
  }
  for (char** each = environ; *each != nullptr; ++each) {
    const absl::string_view variable = absl::string_view(*each).substr(0, absl::string_view(*each).find('='));
    if (!absl::StartsWith(variable, "ONEBYONE_") || IsForOthers(variable)) continue;
    if (std::find(known.begin(), known.end(), variable) != known.end()) continue;
    return absl::InvalidArgumentError(absl::StrCat("environment: ", variable, " sets no option; did you mean ",
                                                   NearestName(std::string(variable), known), "?"));
  }
  return absl::OkStatus();
}

// Tells which environment variable set an option that a message names.
std::string WithOrigin(std::string message, const CLI::App& app, const std::vector<std::string>& from_environment) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string prefix = absl::StrCat("--", KeyOf(*option));
    if (!absl::StrContains(message, absl::StrCat(prefix, ":")) &&
        !absl::StrContains(message, absl::StrCat(prefix, " "))) {
      continue;
    }
    for (const std::string& argument : from_environment) {
      if (absl::StartsWith(argument, absl::StrCat(prefix, "="))) {
        absl::StrAppend(&message, " (", option->get_envname(), " is set)");
      }
    }
  }
  return message;
}

// What CLI11 says of an argument that is no option, and the option that may have been meant.
std::string UnknownArgument(const CLI::Error& error, const CLI::App& app) {
  const std::vector<std::string> left = app.remaining();
  if (left.empty() || !absl::StartsWith(left[0], "--")) return error.what();
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) known.push_back(absl::StrCat("--", KeyOf(*option)));
  return absl::StrCat(error.what(), "; did you mean ", NearestName(left[0].substr(0, left[0].find('=')), known), "?");
}

EarlyExit WrongUsage(const std::string& message) {
  return {2, absl::StrCat("onebyone-server: ", message, "\nonebyone-server --help lists the options.\n")};
}

std::variant<ServerOptions, EarlyExit> Read(const std::vector<std::string>& arguments) {
  ServerOptions options;
  CLI::App app("Serves image features over gRPC.\nonebyone-server --models DIR --listen HOST:PORT", "onebyone-server");
  app.footer(
      "Each option may also be set by its environment variable or in the file of --config (TOML, key without dashes);\n"
      "the command line counts before the environment, the environment before the file.\n"
      "Exit codes: 0 served and drained, 1 could not start, 2 wrong usage.");
  app.set_version_flag("--version", BuildLine);
  AddPageFlags(app);
  bool print_config = false;
  app.add_flag("--print-config", print_config, "print all options as a file for --config, then exit")
      ->configurable(false);
  app.set_config("--config", "", "TOML file of options")->type_name("FILE")->envname("ONEBYONE_CONFIG");
  app.config_formatter(std::make_shared<ConfigFormat>(app));
  Declare(app, options);

  if (const absl::Status known = CheckEnvironment(app); !known.ok()) return WrongUsage(std::string(known.message()));
  // The environment goes first, so that the command line overrides it and both override the file.
  const std::vector<std::string> environment = FromEnvironment(app);
  std::vector<std::string> all = environment;
  all.insert(all.end(), arguments.begin(), arguments.end());
  for (const std::string& argument : all) {  // so that what --print-config prints is what is in force
    const size_t value = absl::StartsWith(argument, "--") ? argument.find('=') + 1 : 0;  // npos + 1 is 0
    if (const std::string why = WhyNotInFile(argument.substr(value)); !why.empty()) return WrongUsage(why);
    // CLI11 would take the next argument for its value.
    if (absl::StartsWith(argument, "--") && argument.find('=') == argument.size() - 1) {
      return WrongUsage(absl::StrCat(argument.substr(0, argument.size() - 1), ": wanted a value, got nothing"));
    }
  }
  std::reverse(all.begin(), all.end());  // as CLI11 wants them
  try {
    app.parse(all);
  } catch (const CLI::CallForHelp&) {
    return EarlyExit{0, app.help()};
  } catch (const CLI::CallForVersion& version) {
    return EarlyExit{0, absl::StrCat(version.what(), "\n")};
  } catch (const CLI::ExtrasError& error) {
    return WrongUsage(UnknownArgument(error, app));
  } catch (const CLI::Error& error) {
    return WrongUsage(WithOrigin(error.what(), app, environment));
  }
  if (const absl::Status valid = options.Validate(); !valid.ok()) {
    return WrongUsage(WithOrigin(std::string(valid.message()), app, environment));
  }
  if (print_config) return EarlyExit{0, app.config_to_str(/*default_also=*/true, /*write_description=*/true)};
  return options;
}

}  // namespace

std::variant<ServerOptions, EarlyExit> ReadCommandLine(const std::vector<std::string>& arguments) {
  try {
    return Read(arguments);
  } catch (const std::exception& error) {  // CLI11 also lets standard exceptions of its conversions out
    return WrongUsage(error.what());
  }
}

}  // namespace onebyone
