#include "server/observability/build_information.h"

#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>

#include <vector>

#include "engine/kernels/onednn/machine_identity.h"
#include "engine/program/build_origin.h"
#include "engine/program/loaded_libraries.h"
#include "engine/program/version_line.h"

namespace onebyone {

const BuildInformation& ThisBuild() {
  static const BuildInformation* const build =
      new BuildInformation{.version = ThisBuildOrigin().version,
                           .commit = ThisBuildOrigin().commit,
                           .grpc = grpc::Version(),
                           .protobuf = google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION),
                           .onednn = OnednnVersion(),
                           .isa = InstructionSet()};
  return *build;
}

std::string BuildLine() {
  const BuildInformation& build = ThisBuild();
  std::vector<LoadedLibrary> libraries = {
      {"gRPC", build.grpc}, {"protobuf", build.protobuf}, {"oneDNN", build.onednn}, {"isa", build.isa}};
  for (const LoadedLibrary& library : LoadedLibraries()) libraries.push_back(library);
  return VersionLine("onebyone-server", libraries);
}

}  // namespace onebyone
