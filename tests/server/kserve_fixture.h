#pragma once

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tests/server/service_fixture.h"

namespace onebyone::testing {

// A server of tiny models that is talked to in both protocols.
class Kserve : public Service {
 protected:
  void SetUp() override { Serve(TinyServerOptions()); }
  void Serve(const ServerOptions& options) {
    Start(options);
    kserve_ = inference::GRPCInferenceService::NewStub(server_->InProcessChannel());
  }

  // Outcome of a call, with the field that it blames and the trailers.
  struct Outcome {
    grpc::Status status;
    std::string field;
    std::multimap<std::string, std::string> trailers;
  };

  Outcome Infer(const inference::ModelInferRequest& request, inference::ModelInferResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    Outcome outcome;
    outcome.status = kserve_->ModelInfer(&context, request, response);
    for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
      outcome.trailers.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
    }
    google::rpc::Status details;
    details.ParseFromString(outcome.status.error_details());
    for (const google::protobuf::Any& detail : details.details()) {
      google::rpc::BadRequest violations;
      if (detail.UnpackTo(&violations)) outcome.field = violations.field_violations(0).field();
    }
    return outcome;
  }
  inference::ModelInferResponse Inferred(const inference::ModelInferRequest& request) {
    inference::ModelInferResponse response;
    const Outcome outcome = Infer(request, &response);
    EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
    return response;
  }
  // The code, field and message of a request that must fail.
  Outcome Refused(const inference::ModelInferRequest& request) {
    inference::ModelInferResponse response;
    Outcome outcome = Infer(request, &response);
    EXPECT_FALSE(outcome.status.ok());
    return outcome;
  }

  // Calls any other method.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (inference::GRPCInferenceService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                                  Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return (kserve_.get()->*method)(&context, request, response);
  }

  std::unique_ptr<inference::GRPCInferenceService::Stub> kserve_;
};

inline inference::ModelInferRequest::InferInputTensor& AddInput(const std::string& datatype,
                                                                const std::vector<int64_t>& shape,
                                                                inference::ModelInferRequest& request) {
  auto& input = *request.add_inputs();
  input.set_name("image");
  input.set_datatype(datatype);
  input.mutable_shape()->Add(shape.begin(), shape.end());
  return input;
}

// Elements of a raw BYTES tensor.
inline std::string RawStrings(const std::vector<std::string>& elements) {
  std::string raw;
  for (const std::string& element : elements) {
    for (int byte = 0; byte < 4; ++byte) raw += static_cast<char>(element.size() >> (8 * byte) & 0xFF);
    raw += element;
  }
  return raw;
}

inline inference::ModelInferRequest EncodedRequest(const std::vector<std::string>& pictures) {
  inference::ModelInferRequest request;
  AddInput("BYTES", {static_cast<int64_t>(pictures.size())}, request);
  request.add_raw_input_contents(RawStrings(pictures));
  return request;
}

// An output and its parameters, to be filled.
inline google::protobuf::Map<std::string, inference::InferParameter>& AddOutput(const std::string& name,
                                                                                inference::ModelInferRequest& request) {
  auto& output = *request.add_outputs();
  output.set_name(name);
  return *output.mutable_parameters();
}

}  // namespace onebyone::testing
