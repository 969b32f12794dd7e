#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/client_options.h"
#include "client/commands/bulk_extraction.h"
#include "client/commands/shard.h"
#include "client/commands/terminal.h"

namespace onebyone {

struct ExtractOptions {
  ClientOptions client;
  BatchOptions bulk;
  std::string output;               // folder, made where it is missing
  std::vector<std::string> inputs;  // files, folders, "-"
  bool list_maps = false;           // a line on standard output for each map that is written
  std::optional<Shard> shard;       // only its images, with a manifest: what is done already is left out
  bool retry_broken = false;        // with a shard: images too that an earlier run found broken
  bool accept_broken = false;       // with a shard: broken images do not make the exit code kFailed
};

// Sends the images of `inputs` and writes each map of each image as <output>/<image name>.<layer, '/' as '_'>.npy.
//
// What fails for one image (it cannot be read, decoded or written) is named and the others go on. What fails for all
// alike (an unknown layer, a server that stays away) ends the work: the images left over are counted. Ctrl-C likewise.
// kDone only if all maps of all images were written; kWrongUsage where two layers or two images would be written as one
// file.
//
// With a shard, all are asked of the model's version that serves at the start, and each image is noted in the shard's
// manifest (shard_manifest.h) when its maps are written or it has failed; a later run goes on from there.
int ExtractImages(const ExtractOptions& options, Terminal& terminal);

}  // namespace onebyone
