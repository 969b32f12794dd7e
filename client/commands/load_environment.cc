#include "client/commands/load_environment.h"

#include <sys/utsname.h>

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/load/run/cpu_use.h"

namespace onebyone {
namespace {

#ifdef NDEBUG
constexpr char kBuild[] = "optimized, g++ " __VERSION__;
#else
constexpr char kBuild[] = "with assertions, g++ " __VERSION__;
#endif

std::string CpuModel() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (absl::StartsWith(line, "model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

}  // namespace

LoadEnvironment DescribeEnvironment(const std::string& server_version) {
  LoadEnvironment environment;
  environment.client_version = ONEBYONE_VERSION;
  environment.client_build = kBuild;
  environment.cpu = CpuModel();
  environment.cpus = UsableCpus();
  environment.server_version = server_version;
  utsname system = {};
  if (uname(&system) == 0) {
    environment.host = system.nodename;
    environment.system = absl::StrCat(system.sysname, " ", system.release, " ", system.machine);
  }
  return environment;
}

}  // namespace onebyone
