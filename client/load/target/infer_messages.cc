#include "client/load/target/infer_messages.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/status.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/load/target/checksum.h"
#include "client/load/target/message_slices.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// The inputs that are filled, in their order; the first takes the pictures.
absl::StatusOr<std::vector<InputTensor>> ResolveInputs(const InferQuestion& question,
                                                       inference::ModelMetadataResponse model) {
  if (model.inputs().empty())
    return absl::InvalidArgumentError("model: want at least one input, its metadata has none");
  if (question.input != InferInput::kRandom && model.inputs_size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("model: want one input for pictures, got ", model.inputs_size(),
                                                   "; --input random fills any number"));
  }
  if (question.input == InferInput::kBytes && model.inputs(0).datatype() != "BYTES") {
    model.mutable_inputs(0)->set_datatype("BYTES");
    model.mutable_inputs(0)->clear_shape();
    model.mutable_inputs(0)->add_shape(-1);
  }
  std::vector<InputTensor> inputs;
  for (int i = 0; i < model.inputs_size(); ++i) {
    ASSIGN_OR_RETURN(InputTensor input, ResolveInput(model.inputs(i), question.pictures_per_call,
                                                     i == 0 ? question.input_shape : std::vector<int64_t>()));
    if (question.input == InferInput::kTensor && input.datatype == "BYTES") {
      return absl::InvalidArgumentError(
          absl::StrCat("input '", input.name, "': want a tensor for --input tensor, the model takes BYTES"));
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace

inference::ModelMetadataResponse InferMessages::AssumedModel() {
  inference::ModelMetadataResponse model;
  auto& input = *model.add_inputs();
  input.set_name("image");
  input.set_datatype("BYTES");
  input.add_shape(-1);
  return model;
}

absl::StatusOr<std::shared_ptr<InferMessages>> InferMessages::Create(const InferQuestion& question,
                                                                     const inference::ModelMetadataResponse& model,
                                                                     const LoadPictures& pictures, AnswerDepth depth) {
  ASSIGN_OR_RETURN(const std::vector<InputTensor> inputs, ResolveInputs(question, model));
  std::shared_ptr<InferMessages> messages(new InferMessages(depth));
  inference::ModelInferRequest request = question.request;
  for (const InputTensor& input : inputs) {
    auto& tensor = *request.add_inputs();
    tensor.set_name(input.name);
    tensor.set_datatype(input.datatype);
    tensor.mutable_shape()->Add(input.call_shape.begin(), input.call_shape.end());
  }
  messages->question_ = request.SerializeAsString();
  messages->inputs_ = absl::StrJoin(inputs, ", ", [](std::string* out, const InputTensor& input) {
    absl::StrAppend(out, input.name, " ", input.datatype, " [", absl::StrJoin(input.call_shape, ","), "]");
  });
  SeededRandom random(question.seed, "tensors");
  for (const Picture& picture : pictures.pictures) {
    std::vector<std::string> contents;
    for (const InputTensor& input : inputs) {
      ASSIGN_OR_RETURN(std::string content, question.input == InferInput::kRandom ? RandomContent(input, random)
                                                                                  : PictureContent(picture, input));
      contents.push_back(std::move(content));
    }
    messages->contents_.push_back(std::move(contents));
  }
  return messages;
}

grpc::ByteBuffer InferMessages::Request(const PlannedCall& call) const {
  MessageSlices message;
  message.Borrow(question_);
  for (size_t input = 0; input < contents_.front().size(); ++input) {
    uint64_t length = 0;
    for (const int32_t picture : call.pictures) length += contents_[static_cast<size_t>(picture)][input].size();
    message.Copy(FieldHead(inference::ModelInferRequest::kRawInputContentsFieldNumber, length));
    for (const int32_t picture : call.pictures) message.Borrow(contents_[static_cast<size_t>(picture)][input]);
  }
  return message.ToBuffer();
}

void InferMessages::ReadAnswer(grpc::ByteBuffer answer, const PlannedCall& call, CallOutcome& outcome) const {
  outcome.bytes_in = static_cast<int64_t>(answer.Length());
  if (depth_ != AnswerDepth::kChecksums) return;
  grpc::ProtoBufferReader reader(&answer);
  inference::ModelInferResponse response;
  if (!response.ParseFromZeroCopyStream(&reader)) {
    outcome.code = grpc::StatusCode::INTERNAL;
    outcome.message = "answer: want a ModelInferResponse, got other bytes";
    return;
  }
  const auto pictures = static_cast<int32_t>(call.pictures.size());
  for (int i = 0; i < response.outputs_size(); ++i) {
    const bool is_raw = i < response.raw_output_contents_size();
    const std::string content =
        is_raw ? response.raw_output_contents(i) : response.outputs(i).contents().SerializeAsString();
    // A tensor over all pictures: each has an equal part of it, where it has one.
    const bool divides = is_raw && content.size() % static_cast<size_t>(pictures) == 0;
    const int32_t parts = divides ? pictures : 1;
    const size_t length = content.size() / static_cast<size_t>(parts);
    for (int32_t part = 0; part < parts; ++part) {
      const absl::string_view bytes(content.data() + static_cast<size_t>(part) * length, length);
      outcome.checksums.push_back({part, response.outputs(i).name(), Checksum(bytes)});
    }
  }
}

}  // namespace onebyone
