#include <string>
#include <variant>
#include <vector>

#include "server/command_line.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/scratch_folder.h"

// The file of --config is refused with a reason, or gives options that are valid; printed by --print-config they read
// as the same options. And any text that the command line takes as a path is, printed and read, that path.

namespace {

using onebyone::EarlyExit;
using onebyone::ReadCommandLine;
using onebyone::ServerOptions;
using onebyone::testing::Require;

// What --print-config prints of these arguments, or nothing where they are refused.
std::string Printed(std::vector<std::string> arguments) {
  arguments.push_back("--print-config");
  const auto read = ReadCommandLine(arguments);
  const auto* const exit = std::get_if<EarlyExit>(&read);
  Require(exit != nullptr, "--print-config never serves");
  return exit->code == 0 ? exit->text : "";
}

void CheckFile(const onebyone::testing::ScratchFolder& folder, const std::string& path) {
  const auto read = ReadCommandLine({"--config", path});
  if (const auto* const exit = std::get_if<EarlyExit>(&read)) {
    Require(!exit->text.empty(), "a file that is refused is told why");
    return;
  }
  Require(std::get<ServerOptions>(read).Validate().ok(), "options that were read are valid");
  const std::string printed = Printed({"--config", path});
  Require(!printed.empty(), "options that are let in can be printed");
  const std::string again = folder.Write("printed.toml", printed);
  Require(Printed({"--config", again}) == printed, "options that were printed read the same");
}

void CheckValue(const onebyone::testing::ScratchFolder& folder, const std::string& value) {
  const std::string printed = Printed({"--models=" + value});
  if (printed.empty()) return;
  const auto read = ReadCommandLine({"--config", folder.Write("value.toml", printed)});
  const auto* const options = std::get_if<ServerOptions>(&read);
  Require(options != nullptr && options->models == value, "a path that was printed reads as that path");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const folder = new onebyone::testing::ScratchFolder("options_file");
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckFile(*folder, folder->Write("server.toml", text));
  CheckValue(*folder, text);
  return 0;
}
