#include <memory>
#include <string>

#include "client/commands/bulk_flags.h"
#include "client/commands/command.h"
#include "client/commands/extract.h"
#include "client/commands/feature_flags.h"
#include "client/commands/server_flags.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "Writes DIR/<image name without ending>.<layer, '/' as '_'>.npy for each image and layer. Images that would have "
    "the same name\n"
    "take their ending or their folder into it. Hidden files of a folder are left out; all others are sent, and the "
    "server tells by\n"
    "content whether they are images. A broken image is named on standard error and the others go on.\n"
    "\n"
    "Example: onebyone extract --server 127.0.0.1:50051 --layer inception_3a/output --channels 32 --output maps "
    "photos/";

}  // namespace

void AddExtractCommand(CLI::App& program, Command& chosen) {
  struct Typed {
    ExtractOptions options;
    FeatureFlags flags;
  };
  auto typed = std::make_shared<Typed>();
  ExtractOptions& options = typed->options;
  CLI::App* command = program.add_subcommand("extract", "Write feature maps of images as NumPy files");
  command->footer(kFooter);
  AddServerFlags(*command, options.client);
  AddAvailabilityFlags(*command, options.client);
  AddModelFlags(*command, options.bulk.request);
  AddFeatureFlags(*command, typed->flags, LayerCount::kAny);
  AddMapFlags(*command, typed->flags);
  command->add_option("--output", options.output, "Folder for the maps; made where it is missing")
      ->required()
      ->type_name("DIR");
  AddBulkFlags(*command, options.bulk);
  command->add_flag("--verbose,-v", options.list_maps, "Tell shape, type and range of each map on standard output");
  command
      ->add_option("images", options.inputs, "Image files, folders (with all folders in them), or - for standard input")
      ->required()
      ->type_name("IMAGE|FOLDER|-");
  command->callback([typed, &chosen] {
    FillRequest(typed->flags, typed->options.bulk.request);
    chosen = [typed](Terminal& terminal) { return ExtractImages(typed->options, terminal); };
  });
}

}  // namespace onebyone
