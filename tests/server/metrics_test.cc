// The service's metrics after known requests.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <prometheus/text_serializer.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/server/service_fixture.h"
#include "tests/server/tiny_model.h"

namespace onebyone {
namespace {

using ::onebyone::testing::AddImages;
using ::onebyone::testing::Service;
using ::onebyone::testing::TinyServerOptions;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Metrics : public Service {
 protected:
  std::string Text() const {
    return prometheus::TextSerializer().Serialize(server_->observability().metrics().registry()->Collect());
  }
  v1::ExtractFeaturesRequest Request(int images) const {
    v1::ExtractFeaturesRequest request;
    AddImages(images, picture_, request);
    return request;
  }
  // The status of a call is counted after the client has it: what is counted then belongs to an earlier call.
  void CloseServer() { server_->Drain(); }
};

TEST_F(Metrics, CountImagesByWhatBecameOfThem) {
  v1::ExtractFeaturesRequest request = Request(3);
  request.mutable_images(1)->set_content("no picture");
  Extracted(request);
  Extracted(Request(2));
  EXPECT_THAT(Text(), AllOf(HasSubstr("onebyone_images_total{model=\"tiny\",result=\"ok\"} 4"),
                            HasSubstr("onebyone_images_total{model=\"tiny\",result=\"invalid\"} 1"),
                            HasSubstr("onebyone_stage_seconds_count{model=\"tiny\",stage=\"network\"} 4"),
                            HasSubstr("onebyone_image_bytes_count 5"),
                            ContainsRegex("nv_inference_request_success\\{model=\"tiny\",version=\"[0-9]+\"\\} 2"),
                            ContainsRegex("nv_inference_count\\{model=\"tiny\",version=\"[0-9]+\"\\} 4"),
                            ContainsRegex("nv_inference_exec_count\\{model=\"tiny\",version=\"[0-9]+\"\\} 4"),
                            ContainsRegex("nv_inference_pending_request_count\\{.*\\} 0"),
                            ContainsRegex("nv_inference_compute_infer_duration_us\\{.*\\} [1-9]"),
                            HasSubstr("onebyone_wasted_seconds_total 0")));
}

TEST_F(Metrics, CountCallsOfEveryServiceByCode) {
  Extracted(Request(1));
  v1::ExtractFeaturesRequest wrong = Request(1);
  wrong.add_features()->set_layer("no such layer");
  v1::ExtractFeaturesResponse response;
  EXPECT_EQ(Extract(wrong, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  CloseServer();
  const std::string method = "grpc_method=\"ExtractFeatures\",grpc_service=\"onebyone.v1.FeatureExtraction\"";
  EXPECT_THAT(Text(),
              AllOf(HasSubstr("grpc_server_started_total{" + method + ",grpc_type=\"unary\"} 2"),
                    HasSubstr("grpc_server_handled_total{grpc_code=\"OK\"," + method + ",grpc_type=\"unary\"} 1"),
                    HasSubstr("grpc_server_handled_total{grpc_code=\"InvalidArgument\"," + method),
                    HasSubstr("grpc_server_handling_seconds_count{" + method + ",grpc_type=\"unary\"} 2")));
}

TEST_F(Metrics, HaveNoLabelThatAClientWrote) {
  v1::ExtractFeaturesRequest request = Request(1);
  request.set_model("evil");
  v1::ExtractFeaturesResponse response;
  EXPECT_EQ(Extract(request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
  grpc::GenericStub stub(server_->InProcessChannel());
  grpc::CompletionQueue queue;
  for (int i = 0; i < 3; ++i) {
    grpc::ClientContext context;
    const grpc::ByteBuffer nothing;
    const auto call = stub.PrepareUnaryCall(&context, "/evil.Service/Method" + std::to_string(i), nothing, &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  }
  queue.Shutdown();
  CloseServer();
  EXPECT_THAT(Text(), Not(HasSubstr("evil")));
}

TEST_F(Metrics, CountWhyRequestsAreRefused) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_images = 4;
  options.scheduler.max_queued_images = 4;
  Start(options);
  ASSERT_THAT(server_->scheduler().admission().Admit({.load = {.client = "a", .images = 4}}),
              testing::IsOk());  // fills it
  v1::ExtractFeaturesResponse response;
  EXPECT_EQ(Extract(Request(1), &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  server_->scheduler().admission().Begin({.client = "a", .images = 4});
  server_->scheduler().admission().Leave("a", 0);
  server_->scheduler().admission().StartDraining();
  EXPECT_EQ(Extract(Request(1), &response).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(Text(), AllOf(HasSubstr("onebyone_requests_refused_total{reason=\"queue_full\"} 1"),
                            HasSubstr("onebyone_requests_refused_total{reason=\"draining\"} 1"),
                            HasSubstr("onebyone_requests_refused_total{reason=\"bytes\"} 0"),
                            ContainsRegex("nv_inference_request_failure\\{model=\"tiny\",reason=\"REJECTED\",.*\\} 2"),
                            ContainsRegex("nv_inference_pending_request_count\\{.*\\} 0")));
}

TEST_F(Metrics, TellOfWorkThatNobodyWaitedFor) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 1;
  Start(options);
  v1::ExtractFeaturesRequest request;
  AddImages(64, testing::EncodedPicture(3000, 2000, ".jpg"), request);
  grpc::ClientContext context;
  v1::ExtractFeaturesResponse response;
  grpc::Status status;
  std::thread caller([&] { status = stub_->ExtractFeatures(&context, request, &response); });
  ASSERT_TRUE(testing::WaitForWork(*server_));
  while (server_->scheduler().busy_lanes() == 0) std::this_thread::yield();  // there is work to be late with
  context.TryCancel();
  caller.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  CloseServer();
  EXPECT_THAT(Text(), AllOf(HasSubstr("onebyone_images_total{model=\"tiny\",result=\"cancelled\"} 64"),
                            ContainsRegex("nv_inference_request_failure\\{model=\"tiny\",reason=\"CANCELED\",.*\\} 1"),
                            ContainsRegex("onebyone_wasted_seconds_total [0-9]"),
                            ContainsRegex("onebyone_late_work_seconds_count 1")));
}

TEST_F(Metrics, AccessLogHasALineForEachRequestAndCall) {
  const std::string path = ::testing::TempDir() + "/onebyone_access_of_service.log";
  std::remove(path.c_str());
  ServerOptions options = TinyServerOptions();
  options.observability.access_log = path;
  Start(options);
  grpc::ClientContext context;
  context.AddMetadata("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  context.AddMetadata("x-request-id", "request-7");
  v1::ExtractFeaturesResponse response;
  EXPECT_TRUE(stub_->ExtractFeatures(&context, Request(2), &response).ok());
  {
    grpc::ClientContext streaming;
    const auto stream = stub_->StreamFeatures(&streaming);
    v1::StreamFeaturesRequest request;
    *request.mutable_request() = Request(1);
    v1::StreamFeaturesResponse answer;
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(stream->Write(request));
      EXPECT_TRUE(stream->Read(&answer));
    }
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
  }
  grpc::ClientContext listing;
  v1::ListModelsResponse models;
  EXPECT_TRUE(stub_->ListModels(&listing, v1::ListModelsRequest(), &models).ok());
  CloseServer();
  server_.reset();
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 5);
  EXPECT_THAT(lines[0],
              AllOf(HasSubstr("id=request-7 traceparent=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 peer="),
                    HasSubstr("method=/onebyone.v1.FeatureExtraction/ExtractFeatures model=tiny version="),
                    HasSubstr("images=2 failed_images=0"), HasSubstr("code=OK")));
  EXPECT_THAT(lines[1],
              AllOf(HasSubstr("method=/onebyone.v1.FeatureExtraction/StreamFeatures"), HasSubstr("images=1")));
  EXPECT_THAT(lines[3], AllOf(HasSubstr("method=/onebyone.v1.FeatureExtraction/StreamFeatures"),
                              Not(HasSubstr("images=")), HasSubstr("code=OK")));
  EXPECT_THAT(lines[4], HasSubstr("method=/onebyone.v1.FeatureExtraction/ListModels"));
}

}  // namespace
}  // namespace onebyone
