#include "client/pushback.h"

#include <grpcpp/client_context.h>

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace onebyone {

Pushback PushbackOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find("grpc-retry-pushback-ms");
  if (found == trailers.end()) return {};
  int32_t milliseconds = 0;
  const absl::string_view text(found->second.data(), found->second.size());
  if (!absl::SimpleAtoi(text, &milliseconds) || milliseconds < 0) return {.never = true, .wait = std::nullopt};
  return {.never = false, .wait = absl::Milliseconds(milliseconds)};
}

}  // namespace onebyone
