#pragma once

#include <string>

#include "client/client_options.h"
#include "client/commands/terminal.h"
#include "onebyone/v1/model.pb.h"

namespace onebyone {

struct ModelsOptions {
  ClientOptions client;
  v1::GetModelRequest request;  // which model to tell about
  bool one_model = false;       // false: the list of all
  bool json = false;            // the answer as protobuf's JSON, with the names of the .proto file
};

// Prints the models that the server serves, or one model with its layers.
int ShowModels(const ModelsOptions& options, Terminal& terminal);

// The tables that a person reads.
std::string FormatModels(const v1::ListModelsResponse& response);
std::string FormatModel(const v1::GetModelResponse& model);

}  // namespace onebyone
