#include <memory>
#include <string>

#include "client/commands/command.h"
#include "client/commands/models.h"
#include "client/commands/server_flags.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "Size, stride and receptive field (FIELD) are height by width in pixels of the network's input. MULTIPLY-ADDS and "
    "PARAMETERS\n"
    "are those of the whole way from the input up to and with the layer; SHARE is the part of the whole network's "
    "multiply-adds.";

}  // namespace

void AddModelsCommand(CLI::App& program, Command& chosen) {
  auto options = std::make_shared<ModelsOptions>();
  CLI::App* command = program.add_subcommand("models", "List the models of a server, or the layers of one model");
  command->footer(kFooter);
  AddServerFlags(*command, options->client);
  AddModelFlags(*command, options->request);
  command->add_flag("--json", options->json, "Print JSON: the messages of onebyone/v1/model.proto");
  command
      ->add_option_function<std::string>(
          "name", [options](const std::string& name) { options->request.set_model(name); }, "The same as --model NAME")
      ->type_name("NAME");
  command->callback([options, command, &chosen] {
    options->one_model = command->count("name") + command->count("--model") + command->count("--model-version") > 0;
    chosen = [options](Terminal& terminal) { return ShowModels(*options, terminal); };
  });
}

}  // namespace onebyone
