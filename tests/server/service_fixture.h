#pragma once

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>

#include "onebyone/v1/feature_extraction.grpc.pb.h"
#include "server/server.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {

// A server of tiny models and a channel to it in the process.
class Service : public ::testing::Test {
 protected:
  void Start(const ServerOptions& options) {
    ASSERT_OK_AND_ASSIGN(server_, Server::Start(options, LoadTinyModels()));
    stub_ = v1::FeatureExtraction::NewStub(server_->InProcessChannel());
  }
  void SetUp() override { Start(TinyServerOptions()); }

  grpc::Status Extract(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return stub_->ExtractFeatures(&context, request, response);
  }
  v1::ExtractFeaturesResponse Extracted(const v1::ExtractFeaturesRequest& request) {
    v1::ExtractFeaturesResponse response;
    const grpc::Status status = Extract(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::FeatureExtraction::Stub> stub_;
  const std::string picture_ = EncodedPicture(80, 60);
};

}  // namespace onebyone::testing
