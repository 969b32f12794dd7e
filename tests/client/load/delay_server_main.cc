// A server with a delay that is known, for tests of load clients in processes of their own.

#include <CLI/CLI.hpp>
#include <fstream>
#include <string>

#include "absl/synchronization/notification.h"
#include "engine/base/interrupt.h"
#include "tests/client/load/delay_server.h"

int main(int argc, char** argv) {
  onebyone::testing::DelayOptions options;
  double service_ms = 0;
  std::string port_file;
  CLI::App app("Answers ExtractFeatures after a known time", "delay_server");
  app.add_option("--service-ms", service_ms, "Time of one call");
  app.add_option("--lanes", options.lanes, "Calls at a time, first come first served; 0: any number");
  app.add_option("--port-file", port_file, "Gets the port")->required();
  CLI11_PARSE(app, argc, argv);
  options.service = absl::Milliseconds(service_ms);
  absl::Notification over;
  onebyone::Interrupt interrupt([&over] { over.Notify(); });
  onebyone::testing::DelayServer server(options);
  std::ofstream(port_file + ".new") << server.port();
  std::rename((port_file + ".new").c_str(), port_file.c_str());
  over.WaitForNotification();
  return 0;
}
