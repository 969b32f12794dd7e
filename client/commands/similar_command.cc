#include <memory>
#include <string>

#include "client/commands/bulk_flags.h"
#include "client/commands/command.h"
#include "client/commands/feature_flags.h"
#include "client/commands/server_flags.h"
#include "client/commands/similar.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "Sends all images through the server, keeps one vector of features of each, and prints for each image the others "
    "of "
    "the largest\n"
    "cosine (standard output; counts, failures and the progress bar go to standard error). The contact sheet shows in "
    "each row an image\n"
    "and its nearest. A broken image is named, counted and left out; the exit code is then 1. At most 100,000 images, "
    "1,000,000\n"
    "neighbours in all and 1 GiB of features.\n"
    "\n"
    "Example: onebyone similar --server 127.0.0.1:50051 --neighbours 6 --output sheet.jpg photos/";

}  // namespace

void AddSimilarCommand(CLI::App& program, Command& chosen) {
  struct Typed {
    SimilarOptions options;
    FeatureFlags flags;
  };
  auto typed = std::make_shared<Typed>();
  SimilarOptions& options = typed->options;
  typed->flags.feature.mutable_pooling()->set_kind(v1::Pooling::AVERAGE);
  CLI::App* command = program.add_subcommand("similar", "Find the images of a folder that look alike");
  command->footer(kFooter);
  AddServerFlags(*command, options.client);
  AddAvailabilityFlags(*command, options.client);
  AddModelFlags(*command, options.bulk.request);
  AddFeatureFlags(*command, typed->flags, LayerCount::kOne);
  command->get_option("--layer")->required(false)->description(
      "Layer to compare, as 'onebyone models NAME' lists them; the model's default unless told");
  AddPoolingFlag(*command, typed->flags);
  CLI::Option* pooling = command->get_option("--pooling");
  pooling->description(pooling->get_description() + "; average unless told, none: cell by cell");
  command->add_option("--neighbours,-k", options.neighbours, "How many of each image, 5 unless told")
      ->type_name("K")
      ->check(CLI::Range(1, 100));
  command->add_option("--output", options.sheet, "Contact sheet to write, a PNG or JPEG by its ending")
      ->type_name("FILE.png|FILE.jpg");
  command
      ->add_option("--rows", options.sheet_rows,
                   "Most rows of the contact sheet, 40 unless told; of more images, evenly spread ones are shown")
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
  CLI::Option* csv = command->add_flag_callback(
      "--csv", [&options] { options.form = NeighbourForm::kCsv; }, "Print CSV: image,rank,neighbour,cosine");
  command
      ->add_flag_callback(
          "--json", [&options] { options.form = NeighbourForm::kJson; }, "Print JSON, with what failed and why")
      ->excludes(csv);
  AddBulkFlags(*command, options.bulk);
  command->add_option("images", options.inputs, "Folders (with all folders in them) and image files")
      ->required()
      ->type_name("FOLDER|IMAGE");
  command->callback([typed, &chosen] {
    FeatureFlags& flags = typed->flags;
    if (flags.layers.empty()) flags.layers.emplace_back();  // the model's default
    FillRequest(flags, typed->options.bulk.request);
    chosen = [typed](Terminal& terminal) { return FindSimilar(typed->options, terminal); };
  });
}

}  // namespace onebyone
