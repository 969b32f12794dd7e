#include "server/read_buffers.h"

#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace onebyone {

void BoundReadBuffers() {
  constexpr char kVariable[] = "GRPC_EXPERIMENTS";
  constexpr absl::string_view kExperiment = "tcp_read_chunks";
  const char* const set = std::getenv(kVariable);
  const std::string others = set == nullptr || *set == '\0' ? "" : absl::StrCat(set, ",");
  if (absl::StrContains(others, kExperiment)) return;
  setenv(kVariable, absl::StrCat(others, "-", kExperiment).c_str(), /*replace=*/1);
}

}  // namespace onebyone
