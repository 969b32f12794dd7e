#pragma once

#include <string>

#include "client/client_options.h"
#include "client/commands/terminal.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

struct ViewOptions {
  ClientOptions client;
  v1::ExtractFeaturesRequest request;  // a feature for each layer, without image
  std::string output;                  // PNG file; empty: none
  std::string page;                    // HTML file; empty: none
  bool all_layers = false;             // all that the model has, instead of those of `request`; for a page
  bool components = false;             // three components of each layer as red, green and blue
  std::string image;                   // file, or "-"
};

// Asks for layers of one image and draws them: the channels of one layer and where on the image they are active,
// several layers side by side, their components as colours, or a page with all of that. kWrongUsage where the options
// do not go together.
int ViewLayers(const ViewOptions& options, Terminal& terminal);

}  // namespace onebyone
