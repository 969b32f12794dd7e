#pragma once

#include <string>
#include <vector>

#include "client/client_options.h"
#include "client/commands/bulk_extraction.h"
#include "client/commands/terminal.h"

namespace onebyone {

struct ExtractOptions {
  ClientOptions client;
  BatchOptions bulk;
  std::string output;               // folder, made where it is missing
  std::vector<std::string> inputs;  // files, folders, "-"
  bool list_maps = false;           // a line on standard output for each map that is written
};

// Sends the images of `inputs` and writes each map of each image as <output>/<image name>.<layer, '/' as '_'>.npy.
//
// What fails for one image (it cannot be read, decoded or written) is named and the others go on. What fails for all
// alike (an unknown layer, a server that stays away) ends the work: the images left over are counted. Ctrl-C likewise.
// kDone only if all maps of all images were written; kWrongUsage where two layers or two images would be written as one
// file.
int ExtractImages(const ExtractOptions& options, Terminal& terminal);

// The file of one map, without its folder.
std::string MapFileName(const std::string& image_name, const std::string& layer);

}  // namespace onebyone
