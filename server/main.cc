#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "server/command_line.h"
#include "server/library_output.h"
#include "server/log.h"
#include "server/observability/build_information.h"
#include "server/read_buffers.h"
#include "server/server.h"
#include "server/service_manager.h"
#include "server/signals.h"

namespace {

// A drain's own waits beyond what the options say, and what frees the models.
constexpr absl::Duration kEndsWithin = absl::Seconds(15);

onebyone::ServiceManager ManagerOfThisProcess() {
  const char* const socket = std::getenv("NOTIFY_SOCKET");
  return onebyone::ServiceManager(socket == nullptr ? "" : socket);
}

void WarnUnlessOk(const absl::Status& status) {
  if (!status.ok()) spdlog::warn("{}", std::string(status.message()));
}

int Serve(const onebyone::ServerOptions& options) {
  onebyone::BoundReadBuffers();
  onebyone::StartLog(options.log_level, options.observability.log_format);
  const onebyone::LibraryOutput library_output;
  onebyone::Signals signals;  // before any other thread, so that all of them leave the signals to it
  spdlog::info("{}", onebyone::BuildLine());
  const auto server = onebyone::Server::Start(options);
  if (!server.ok()) {
    spdlog::critical("cannot start: {}", std::string(server.status().message()));
    return 1;
  }
  signals.OnHangup([&server] {
    spdlog::info("SIGHUP: looking at the models again, reopening the access log");
    (*server)->ReloadModels();
    const absl::Status reopened = (*server)->observability().ReopenLogs();
    if (!reopened.ok()) spdlog::error("{}", std::string(reopened.message()));
  });
  const onebyone::ServiceManager manager = ManagerOfThisProcess();
  WarnUnlessOk(manager.TellReady());
  spdlog::info("signal {}", signals.Wait());
  WarnUnlessOk(manager.TellStopping(options.drain.lame_duck + options.drain.timeout + kEndsWithin));
  signals.OnHangup(nullptr);
  (*server)->Drain();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto read = onebyone::ReadCommandLine(std::vector<std::string>(argv + 1, argv + argc));
    if (const auto* exit = std::get_if<onebyone::EarlyExit>(&read)) {
      std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
      return exit->code;
    }
    return Serve(std::get<onebyone::ServerOptions>(read));
  } catch (const std::exception& error) {  // no memory at start
    std::fprintf(stderr, "onebyone-server: %s\n", error.what());
    return 1;
  }
}
