#include <string>
#include <variant>

#include "server/command_line.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/scratch_folder.h"

// The file of --config is refused with a reason, or gives options that are valid; printed by --print-config they read
// as the same options.

namespace {

using onebyone::EarlyExit;
using onebyone::ReadCommandLine;
using onebyone::ServerOptions;
using onebyone::testing::Require;

// What --print-config prints of the file, or nothing where it is refused.
std::string Printed(const std::string& path) {
  const auto read = ReadCommandLine({"--print-config", "--config", path});
  const auto* const exit = std::get_if<EarlyExit>(&read);
  Require(exit != nullptr, "--print-config never serves");
  return exit->code == 0 ? exit->text : "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const folder = new onebyone::testing::ScratchFolder("options_file");
  const std::string path = folder->Write("server.toml", {reinterpret_cast<const char*>(data), size});
  const auto read = ReadCommandLine({"--config", path});
  if (const auto* const exit = std::get_if<EarlyExit>(&read)) {
    Require(!exit->text.empty(), "a file that is refused is told why");
    return 0;
  }
  Require(std::get<ServerOptions>(read).Validate().ok(), "options that were read are valid");
  const std::string printed = Printed(path);
  Require(!printed.empty(), "options that are let in can be printed");
  Require(Printed(folder->Write("printed.toml", printed)) == printed, "options that were printed read the same");
  return 0;
}
