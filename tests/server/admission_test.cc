#include "server/admission.h"

#include <gmock/gmock.h>

#include <thread>

#include "server/status_details.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::Time kNever = absl::InfiniteFuture();

class AdmissionTest : public ::testing::Test {
 protected:
  absl::Time now_ = absl::UnixEpoch();
  Admission admission_{{.waiting_images = 4, .bytes = 100}, [this] { return now_; }};
};

TEST_F(AdmissionTest, LetsInUpToTheLastImage) {
  EXPECT_THAT(admission_.Admit(3, 1, kNever), IsOk());
  EXPECT_THAT(admission_.Admit(1, 1, kNever), IsOk());
  EXPECT_THAT(admission_.Admit(1, 1, kNever),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("4 images wait")));
}

TEST_F(AdmissionTest, RoomComesBackWhenImagesBegin) {
  ASSERT_THAT(admission_.Admit(4, 1, kNever), IsOk());
  admission_.Begin(1);
  EXPECT_THAT(admission_.Admit(1, 1, kNever), IsOk());
}

TEST_F(AdmissionTest, BytesCountUntilTheRequestIsAnswered) {
  ASSERT_THAT(admission_.Admit(1, 60, kNever), IsOk());
  admission_.Begin(1);
  EXPECT_THAT(admission_.Admit(1, 41, kNever),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("memory budget")));
  EXPECT_THAT(admission_.Admit(1, 40, kNever), IsOk());
  admission_.Leave(60);
  EXPECT_EQ(admission_.bytes(), 40);
  EXPECT_EQ(admission_.requests(), 1);
}

TEST_F(AdmissionTest, ARefusalTakesNoRoomAndSaysWhenToTryAgain) {
  const absl::Status refused = admission_.Admit(5, 1, kNever);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(RetryAfter(refused).has_value());
  EXPECT_EQ(admission_.waiting_images(), 0);
  EXPECT_EQ(admission_.bytes(), 0);
  EXPECT_EQ(admission_.requests(), 0);
}

TEST_F(AdmissionTest, ADeadlineThatHasPassedIsToldAtOnce) {
  EXPECT_THAT(admission_.Admit(1, 1, now_ + absl::Seconds(1)), IsOk());
  EXPECT_THAT(admission_.Admit(1, 1, now_), StatusIs(absl::StatusCode::kDeadlineExceeded));
  now_ += absl::Seconds(2);
  EXPECT_THAT(admission_.Admit(1, 1, absl::UnixEpoch() + absl::Seconds(1)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("1s")));
}

TEST_F(AdmissionTest, DrainingRefusesNewRequestsAndSaysWhenToTryAgain) {
  ASSERT_THAT(admission_.Admit(1, 1, kNever), IsOk());
  admission_.StartDraining();
  const absl::Status refused = admission_.Admit(1, 1, kNever);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("draining")));
  EXPECT_TRUE(RetryAfter(refused).has_value());
}

TEST_F(AdmissionTest, IsEmptyWhenTheLastRequestHasLeft) {
  EXPECT_TRUE(admission_.WaitUntilEmpty(absl::ZeroDuration()));
  ASSERT_THAT(admission_.Admit(2, 10, kNever), IsOk());
  EXPECT_FALSE(admission_.WaitUntilEmpty(absl::ZeroDuration()));
  std::thread lane([this] {
    admission_.Begin(2);
    admission_.Leave(10);
  });
  EXPECT_TRUE(admission_.WaitUntilEmpty(absl::Seconds(60)));
  lane.join();
}

}  // namespace
}  // namespace onebyone
