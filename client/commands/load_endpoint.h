#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cancellation.h"
#include "client/commands/load_options.h"
#include "client/load/report/load_result.h"
#include "client/load/target/call_messages.h"
#include "client/load/target/load_channel.h"
#include "client/load/target/load_target.h"
#include "client/load/work/load_pictures.h"
#include "inference/grpc_service.pb.h"

namespace onebyone {

// The server under test and what it says of itself. One thread at a time.
class LoadEndpoint {
 public:
  // Connects and, for KServe, asks for the model's inputs. The errors of ChannelSecurity, of the server, of
  // InferMessages.
  static absl::StatusOr<std::unique_ptr<LoadEndpoint>> Open(const LoadTargetOptions& target,
                                                            const LoadWorkOptions& work, const LoadPictures& pictures,
                                                            AnswerDepth depth);

  LoadTarget& target() { return *target_; }

  // One call with the first picture; its error, with gRPC's code, where it fails. CANCELLED after an interruption.
  absl::Status Probe(const LoadPictures& pictures, int pictures_per_call, const Cancellation& interruption);

  // "image BYTES [1]" of a KServe model; "" of others.
  const std::string& inputs() const { return inputs_; }
  // Of a server that speaks KServe v2, too, as onebyone does; "": not told.
  const std::string& server_version() const { return server_version_; }

  // For servers that tell no times in their answers: what they count, now (nothing where they do not), and the mean
  // time of each stage in between.
  std::optional<inference::InferStatistics> Statistics() const;
  static std::vector<StageTime> StagesBetween(const inference::InferStatistics& before,
                                              const inference::InferStatistics& after);

 private:
  LoadEndpoint() = default;

  LoadChannels channels_;
  bool has_statistics_ = false;
  std::string model_;
  std::string version_;
  std::string inputs_;
  std::string server_version_;
  std::unique_ptr<LoadTarget> target_;
};

}  // namespace onebyone
