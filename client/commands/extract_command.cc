#include <memory>
#include <string>

#include "client/commands/bulk_flags.h"
#include "client/commands/command.h"
#include "client/commands/extract.h"
#include "client/commands/feature_flags.h"
#include "client/commands/server_flags.h"
#include "client/commands/shard.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "Writes DIR/<image name without ending>.<layer, '/' as '_'>.npy for each image and layer. Images that would have "
    "the same name\n"
    "take their ending or their folder into it. Hidden files of a folder are left out; all others are sent, and the "
    "server tells by\n"
    "content whether they are images. A broken image is named on standard error and the others go on.\n"
    "\n"
    "With --shard I/N only the Ith of N parts is done, from 0 on, and DIR/manifest.I-of-N.jsonl tells of each image "
    "what was\n"
    "written or why it failed; the same command, begun again, goes on from there. All parts may share DIR.\n"
    "\n"
    "Example: onebyone extract --server 127.0.0.1:50051 --layer inception_3a/output --channels 32 --output maps "
    "photos/";

void AddShardFlags(CLI::App& command, ExtractOptions& options) {
  CLI::Option* shard =
      command
          .add_option_function<std::string>(
              "--shard",
              [&options](const std::string& text) {
                const absl::StatusOr<Shard> parsed = ParseShard(text);
                if (!parsed.ok()) throw CLI::ValidationError("--shard", std::string(parsed.status().message()));
                options.shard = *parsed;
              },
              "Do the Ith of N parts of the images, 0 <= I < N, and go on where an earlier run of it ended; 0/1: all, "
              "likewise")
          ->type_name("I/N");
  command
      .add_flag("--retry-broken", options.retry_broken,
                "Send images again too that the server has found broken in an earlier run")
      ->needs(shard);
  command
      .add_flag("--accept-broken", options.accept_broken,
                "Exit code 0 though there are broken images; the manifest names them. For jobs that are begun again "
                "until they end with 0")
      ->needs(shard);
}

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
  AddShardFlags(*command, options);
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
