#include <memory>

#include "client/commands/command.h"
#include "client/commands/feature_flags.h"
#include "client/commands/server_flags.h"
#include "client/commands/view.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "One layer: its channels as a grid, each scaled to its own range, and beside it the image with a heat map of the "
    "mean "
    "|activation|\n"
    "where the network saw it; what it did not see is left plain. Several layers: their heat maps and channels side by "
    "side. --rgb: the\n"
    "three components instead. --html: a page with the colours, the heat map, shape and stride of each layer; the "
    "receptive field of\n"
    "the cell under the mouse is drawn on the image. It is one file without requests, 100 layers take about 1 MB.\n"
    "\n"
    "Examples: onebyone view --server 127.0.0.1:50051 --layer inception_3a/output --output cat.png cat.jpg\n"
    "          onebyone view --server 127.0.0.1:50051 --all-layers --html cat.html cat.jpg";

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
  AddAvailabilityFlags(*command, options.client);
  AddModelFlags(*command, options.request);
  AddFeatureFlags(*command, typed->flags, LayerCount::kAny);
  CLI::Option* layers = command->get_option("--layer");
  layers->required(false)->description(layers->get_description() + "; several are drawn side by side");
  auto* written = command->add_option_group("What to write", "One of them");
  written->add_option("--output", options.output, "Picture to write, a PNG")->type_name("FILE.png");
  CLI::Option* page =
      written->add_option("--html", options.page, "Page to write: all layers in one file that needs no network")
          ->type_name("FILE.html");
  written->require_option(1);
  command->add_flag("--all-layers", options.all_layers, "All layers of the model, for --html")->excludes(layers);
  CLI::Option* components = command->add_flag("--rgb", options.components,
                                              "Three components of the layer as red, green and blue over the image: "
                                              "of its fitted reduction, or else of the map itself");
  for (const char* reducing : {"--channels", "--reduction", "--reduction-name", "--seed"}) {
    components->excludes(command->get_option(reducing));
    page->excludes(command->get_option(reducing));
  }
  command->add_option("image", options.image, "Image file, or - for standard input")->required()->type_name("IMAGE");
  command->callback([typed, &chosen] {
    FillRequest(typed->flags, typed->options.request);
    chosen = [typed](Terminal& terminal) { return ViewLayers(typed->options, terminal); };
  });
}

}  // namespace onebyone
