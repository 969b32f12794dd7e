#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/load/target/load_channel.h"
#include "inference/grpc_service.pb.h"

namespace onebyone {

// What a KServe v2 server says of itself.
struct KServeServer {
  std::string name;
  std::string version;
  bool has_statistics = false;  // the extension `statistics`
};
absl::StatusOr<KServeServer> AskKServeServer(const LoadChannels& channels, absl::Duration deadline);

// The model's inputs and outputs. UNIMPLEMENTED where the server does not tell (small servers of one's own).
absl::StatusOr<inference::ModelMetadataResponse> AskKServeModel(const LoadChannels& channels, const std::string& model,
                                                                const std::string& version, absl::Duration deadline);

// Since the server's start. UNIMPLEMENTED where it counts nothing.
absl::StatusOr<inference::ModelStatistics> AskKServeStatistics(const LoadChannels& channels, const std::string& model,
                                                               const std::string& version, absl::Duration deadline);

}  // namespace onebyone
