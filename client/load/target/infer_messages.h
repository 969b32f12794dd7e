#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/load/target/call_messages.h"
#include "client/load/target/input_tensor.h"
#include "client/load/work/load_pictures.h"
#include "inference/grpc_service.pb.h"

namespace onebyone {

// What of a KServe v2 model's inputs is sent.
enum class InferInput {
  kAuto,    // encoded pictures where the first input is BYTES, else their pixels
  kBytes,   // encoded pictures, whatever the metadata says (OpenVINO Model Server takes them for tensors)
  kTensor,  // pixels
  kRandom,  // random values for every input, one set for each of the pictures
};

struct InferQuestion {
  inference::ModelInferRequest request;  // model, parameters, outputs; without inputs
  InferInput input = InferInput::kAuto;
  std::vector<int64_t> input_shape;  // of one picture in the first input; empty: as the metadata says
  int pictures_per_call = 1;
  uint64_t seed = 0;
};

// ModelInfer of any KServe v2 server.
class InferMessages final : public CallMessages {
 public:
  // Pictures go into the model's first input. INVALID_ARGUMENT where its inputs cannot be filled.
  static absl::StatusOr<std::shared_ptr<InferMessages>> Create(const InferQuestion& question,
                                                               const inference::ModelMetadataResponse& model,
                                                               const LoadPictures& pictures, AnswerDepth depth);
  // What stands for the metadata of a server that tells none: one input `image` of encoded pictures.
  static inference::ModelMetadataResponse AssumedModel();

  std::string method() const override { return "/inference.GRPCInferenceService/ModelInfer"; }
  grpc::ByteBuffer Request(const PlannedCall& call) const override;
  void ReadAnswer(grpc::ByteBuffer answer, const PlannedCall& call, CallOutcome& outcome) const override;

  // "image BYTES [1]": what is sent, in words.
  const std::string& inputs() const { return inputs_; }

 private:
  explicit InferMessages(AnswerDepth depth) : depth_(depth) {}

  const AnswerDepth depth_;
  std::string inputs_;
  std::string question_;                            // with the inputs' names and shapes
  std::vector<std::vector<std::string>> contents_;  // of each picture, of each input
};

}  // namespace onebyone
