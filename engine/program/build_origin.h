#pragma once

#include <string>

namespace onebyone {

// What the programs of this build were made from.
struct BuildOrigin {
  std::string version;   // of the project: "0.1.0"
  std::string commit;    // git describe at the last configuration of the build; "unknown" outside a repository
  std::string compiler;  // name and version
  std::string build;     // Release, Debug
};

const BuildOrigin& ThisBuildOrigin();

}  // namespace onebyone
