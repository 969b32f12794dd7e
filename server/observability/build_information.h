#pragma once

#include <string>

namespace onebyone {

// What this program was built from and what it runs on.
struct BuildInformation {
  std::string version;  // of the project
  std::string commit;   // git describe at the last configuration of the build; "unknown" outside a repository
  std::string grpc;     // version of the library that is loaded
  std::string protobuf;
  std::string onednn;
  std::string isa;  // the instruction set that oneDNN uses on this CPU
};

const BuildInformation& ThisBuild();

// One line: "onebyone-server 0.1.0 (commit 1a2b3c4, GNU 12.2.0 Release; gRPC ..., oneDNN ..., isa ...)".
std::string BuildLine();

}  // namespace onebyone
