#include "server/status_details.h"

#include <gmock/gmock.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/grpc_status.h"

namespace onebyone {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

template <typename Detail>
Detail Sole(const google::rpc::Status& status) {
  Detail detail;
  EXPECT_THAT(status.details(), SizeIs(1));
  if (status.details_size() == 1) {
    EXPECT_TRUE(status.details(0).UnpackTo(&detail)) << status.details(0).type_url();
  }
  return detail;
}

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
  return rpc;
}

TEST(StatusDetails, InvalidFieldNamesTheField) {
  const google::rpc::Status rpc = DetailsOf(ToGrpcStatus(InvalidField("features[1].channels", "wanted 1 to 7, got 9")));
  EXPECT_EQ(rpc.code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(rpc.message(), "features[1].channels: wanted 1 to 7, got 9");
  const auto detail = Sole<google::rpc::BadRequest>(rpc);
  ASSERT_THAT(detail.field_violations(), SizeIs(1));
  EXPECT_EQ(detail.field_violations(0).field(), "features[1].channels");
  EXPECT_EQ(detail.field_violations(0).description(), "wanted 1 to 7, got 9");
}

TEST(StatusDetails, AtFieldKeepsTheCode) {
  EXPECT_EQ(AtField("x", absl::FailedPreconditionError("y")).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(AtField("x", absl::OkStatus()).ok());
}

TEST(StatusDetails, NotFoundNamesTheResource) {
  const auto detail = Sole<google::rpc::ResourceInfo>(ToRpcStatus(ResourceNotFound("model", "nona", "no such model")));
  EXPECT_EQ(detail.resource_type(), "model");
  EXPECT_EQ(detail.resource_name(), "nona");
}

TEST(StatusDetails, RetryDelaySurvives) {
  const absl::Status status = WithRetryAfter(absl::ResourceExhaustedError("full"), absl::Milliseconds(1250));
  EXPECT_EQ(RetryAfter(status), absl::Milliseconds(1250));
  const auto detail = Sole<google::rpc::RetryInfo>(ToRpcStatus(status));
  EXPECT_EQ(detail.retry_delay().seconds(), 1);
  EXPECT_EQ(detail.retry_delay().nanos(), 250'000'000);
  EXPECT_EQ(RetryAfter(absl::ResourceExhaustedError("full")), std::nullopt);
}

TEST(StatusDetails, LongMessagesAreCutBetweenCharacters) {
  std::string message = "x";
  for (int i = 0; i < 5000; ++i) message += "ä";
  const google::rpc::Status rpc = ToRpcStatus(InvalidField("f", message));
  EXPECT_LE(rpc.message().size(), 1024U);
  EXPECT_EQ(static_cast<unsigned char>(rpc.message().back()), 0xA4U) << "the last character is whole";
  EXPECT_LE(rpc.ByteSizeLong(), 4096U);
}

TEST(StatusDetails, DetailsThatDoNotFitAreLeftOut) {
  absl::Status status = absl::InternalError("x");
  status.SetPayload("type.googleapis.com/google.rpc.DebugInfo", absl::Cord(std::string(10'000, 'd')));
  EXPECT_THAT(ToRpcStatus(status).details(), SizeIs(0));
}

TEST(QuotedInput, CutsAndEscapesWhatClientsSend) {
  EXPECT_EQ(QuotedInput("conv1/7x7"), "'conv1/7x7'");
  EXPECT_EQ(QuotedInput("a\nb"), "'a\\nb'");
  EXPECT_THAT(QuotedInput(std::string(1000, 'n')), ::testing::AllOf(SizeIs(64 + 5), HasSubstr("n...'")));
}

class EveryCode : public ::testing::TestWithParam<int> {};

TEST_P(EveryCode, KeepsItsNumber) {
  const grpc::Status status = ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(GetParam()), "m"));
  EXPECT_EQ(static_cast<int>(status.error_code()), GetParam());
  EXPECT_EQ(status.error_message(), "m");
}

INSTANTIATE_TEST_SUITE_P(Canonical, EveryCode, ::testing::Range(1, 17));

TEST(ToGrpcStatus, OkHasNoDetails) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpcStatus(absl::OkStatus()).error_details(), "");
}

}  // namespace
}  // namespace onebyone
