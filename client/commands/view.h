#pragma once

#include <string>

#include "client/client_options.h"
#include "client/commands/terminal.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

struct ViewOptions {
  ClientOptions client;
  v1::ExtractFeaturesRequest request;  // one layer, without image
  std::string output;                  // PNG file
  std::string image;                   // file, or "-"
};

// Asks for one layer of one image and draws it: all channels, and where on the image they are active.
int ViewLayer(const ViewOptions& options, Terminal& terminal);

}  // namespace onebyone
