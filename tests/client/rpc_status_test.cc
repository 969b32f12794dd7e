#include "client/rpc_status.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>

#include "google/rpc/error_details.pb.h"
#include "tests/client/fake_server.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::BadRequestStatus;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::Eq;

TEST(StatusFromCall, AddsEveryViolationToTheMessage) {
  EXPECT_THAT(StatusFromCall(BadRequestStatus("wrong request", "images", "want 1 to 64, got 0")),
              StatusIs(absl::StatusCode::kInvalidArgument, Eq("wrong request; images: want 1 to 64, got 0")));
}

TEST(StatusFromCall, SaysNothingTwice) {
  EXPECT_THAT(StatusFromCall(BadRequestStatus("images: want 1 to 64, got 0", "images", "want 1 to 64, got 0")),
              StatusIs(absl::StatusCode::kInvalidArgument, Eq("images: want 1 to 64, got 0")));
}

TEST(StatusFromCall, KeepsDetailsAsPayloads) {
  const absl::Status status = StatusFromCall(BadRequestStatus("wrong", "images", "none"));
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  ASSERT_TRUE(payload.has_value());
  google::rpc::BadRequest bad;
  ASSERT_TRUE(bad.ParseFromString(std::string(*payload)));
  EXPECT_EQ(bad.field_violations(0).field(), "images");
}

TEST(StatusFromCall, SurvivesDetailsThatAreBroken) {
  EXPECT_THAT(StatusFromCall(grpc::Status(grpc::StatusCode::NOT_FOUND, "no model", "\xff\xff rubbish")),
              StatusIs(absl::StatusCode::kNotFound, Eq("no model")));
}

TEST(StatusFromRpc, TellsWhenToTryAgainAndWhatIsMissing) {
  google::rpc::Status status;
  status.set_code(8);
  status.set_message("queue is full");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(250'000'000);
  status.add_details()->PackFrom(retry);
  EXPECT_THAT(StatusFromRpc(status),
              StatusIs(absl::StatusCode::kResourceExhausted, Eq("queue is full; try again in 0.25 s")));
  google::rpc::ResourceInfo resource;
  resource.set_resource_type("model");
  resource.set_resource_name("big");
  status.clear_details();
  status.set_code(5);
  status.set_message("not here");
  status.add_details()->PackFrom(resource);
  EXPECT_THAT(StatusFromRpc(status), StatusIs(absl::StatusCode::kNotFound, Eq("not here; model 'big'")));
}

TEST(StatusFromRpc, TakesCodesItDoesNotKnowForUnknown) {
  google::rpc::Status status;
  status.set_code(4711);
  EXPECT_THAT(StatusFromRpc(status), StatusIs(absl::StatusCode::kUnknown));
  status.set_code(0);
  EXPECT_THAT(StatusFromRpc(status), IsOk());
}

}  // namespace
}  // namespace onebyone
