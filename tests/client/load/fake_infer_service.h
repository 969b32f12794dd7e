#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "inference/grpc_service.grpc.pb.h"

namespace onebyone::testing {

// A KServe v2 server with one model. Answers with one output `out`, four bytes for each picture: its place in the call
// and the length of the input.
class FakeInferServer final : public inference::GRPCInferenceService::Service {
 public:
  explicit FakeInferServer(inference::ModelMetadataResponse model) : model_(std::move(model)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  std::string target() const { return absl::StrCat("127.0.0.1:", port_); }
  std::vector<inference::ModelInferRequest> Requests() const {
    absl::MutexLock lock(&mutex_);
    return requests_;
  }

  grpc::Status ServerMetadata(grpc::ServerContext*, const inference::ServerMetadataRequest*,
                              inference::ServerMetadataResponse* response) override {
    response->set_name("fake");
    response->set_version("1");
    return grpc::Status::OK;
  }
  grpc::Status ModelMetadata(grpc::ServerContext*, const inference::ModelMetadataRequest*,
                             inference::ModelMetadataResponse* response) override {
    *response = model_;
    return grpc::Status::OK;
  }
  grpc::Status ModelInfer(grpc::ServerContext*, const inference::ModelInferRequest* request,
                          inference::ModelInferResponse* response) override {
    {
      absl::MutexLock lock(&mutex_);
      requests_.push_back(*request);
    }
    const int64_t pictures = request->inputs(0).shape_size() > 0 ? request->inputs(0).shape(0) : 1;
    auto& output = *response->add_outputs();
    output.set_name("out");
    output.set_datatype("INT32");
    std::string content;
    for (int32_t i = 0; i < pictures; ++i) content.append(reinterpret_cast<const char*>(&i), sizeof(i));
    response->add_raw_output_contents(content);
    return grpc::Status::OK;
  }

 private:
  const inference::ModelMetadataResponse model_;
  int port_ = 0;
  mutable absl::Mutex mutex_;
  std::vector<inference::ModelInferRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace onebyone::testing
