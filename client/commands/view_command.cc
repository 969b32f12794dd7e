#include <memory>

#include "client/commands/command.h"
#include "client/commands/feature_flags.h"
#include "client/commands/server_flags.h"
#include "client/commands/view.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "Draws all channels of the layer as a grid, each scaled to its own range, and beside it the image with a heat map "
    "of the mean\n"
    "|activation| where the network saw it. What the network did not see is left plain.\n"
    "\n"
    "Example: onebyone view --server 127.0.0.1:50051 --layer inception_3a/output --output cat.png cat.jpg";

}  // namespace

void AddViewCommand(CLI::App& program, Command& chosen) {
  struct Typed {
    ViewOptions options;
    FeatureFlags flags;
  };
  auto typed = std::make_shared<Typed>();
  ViewOptions& options = typed->options;
  CLI::App* command = program.add_subcommand("view", "Draw a layer of an image as a picture");
  command->footer(kFooter);
  AddServerFlags(*command, options.client);
  AddModelFlags(*command, options.request);
  AddFeatureFlags(*command, typed->flags, LayerCount::kOne);
  command->add_option("--output", options.output, "Picture to write, a PNG")->required()->type_name("FILE.png");
  command->add_option("image", options.image, "Image file, or - for standard input")->required()->type_name("IMAGE");
  command->callback([typed, &chosen] {
    FillRequest(typed->flags, typed->options.request);
    chosen = [typed](Terminal& terminal) { return ViewLayer(typed->options, terminal); };
  });
}

}  // namespace onebyone
