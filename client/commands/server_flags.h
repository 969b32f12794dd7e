#pragma once

#include <CLI/CLI.hpp>

#include "client/client_options.h"
#include "onebyone/v1/model.pb.h"

namespace onebyone {

// --server, --deadline, --tls and what belongs to it, --token-file.
void AddServerFlags(CLI::App& command, ClientOptions& options);

// --health-check, --hedge-after and --hedge-budget: for commands that send images to several servers.
void AddAvailabilityFlags(CLI::App& command, ClientOptions& options);

// --model and --model-version of any message that has those fields.
template <typename Request>
void AddModelFlags(CLI::App& command, Request& request) {
  command.add_option_function<std::string>(
      "--model", [&request](const std::string& name) { request.set_model(name); },
      "Model to ask; the server's default unless told");
  command
      .add_option_function<int64_t>(
          "--model-version", [&request](int64_t version) { request.set_version(version); },
          "Version of the model; the one that serves now unless told")
      ->check(CLI::PositiveNumber);
}

}  // namespace onebyone
