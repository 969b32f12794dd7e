#include "server/admission.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "server/status_details.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::Duration kNoTime = absl::ZeroDuration();

Admission::Request Asking(absl::string_view client, int64_t images, int64_t bytes = 1) {
  return {.load = {.client = client, .images = images}, .bytes = bytes};
}

// Of one image, measured to take `work`.
Admission::Request Lasting(absl::string_view client, absl::Duration work, absl::Time deadline) {
  return {.load = {.client = client, .work = work}, .work_is_reliable = true, .bytes = 1, .deadline = deadline};
}

Admission::Request Bulk(Admission::Request request) {
  request.load.priority = Priority::kBulk;
  return request;
}

class AdmissionTest : public ::testing::Test {
 protected:
  absl::Time In(absl::Duration duration) const { return now_ + duration; }

  absl::Time now_ = absl::UnixEpoch();
  Admission admission_{{.waiting_images = 8, .bytes = 100}, 2, [this] { return now_; }};
};

TEST_F(AdmissionTest, LetsInUpToTheLastImage) {
  EXPECT_THAT(admission_.Admit(Asking("a", 5)), IsOk());
  EXPECT_THAT(admission_.Admit(Asking("b", 3)), IsOk());
  EXPECT_THAT(admission_.Admit(Asking("c", 1)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("8 images wait")));
}

TEST_F(AdmissionTest, AnEmptyQueueTakesARequestOfItsWholeLength) {
  EXPECT_THAT(admission_.Admit(Asking("a", 8)), IsOk());
}

TEST_F(AdmissionTest, RoomComesBackWhenImagesBeginOrAreDropped) {
  ASSERT_THAT(admission_.Admit(Asking("a", 8)), IsOk());
  admission_.Begin({.client = "a", .images = 1});
  EXPECT_THAT(admission_.Admit(Asking("b", 1)), IsOk());
  admission_.Drop({.client = "a", .images = 7});
  EXPECT_THAT(admission_.Admit(Asking("b", 6)), IsOk());
  EXPECT_EQ(admission_.images_in_work(), 1);
  admission_.End(kNoTime);
  EXPECT_EQ(admission_.images_in_work(), 0);
}

TEST_F(AdmissionTest, AClientThatFloodsTheQueueLeavesPlacesForOthers) {
  int flooded = 0;
  while (admission_.Admit(Asking("flood", 1)).ok()) ++flooded;
  EXPECT_EQ(flooded, 6) << "of 8: as many as twice the free places";
  EXPECT_THAT(admission_.Admit(Asking("flood", 1)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("client's share of the queue")));
  EXPECT_THAT(admission_.Admit(Asking("other", 1)), IsOk());
}

TEST_F(AdmissionTest, BulkRequestsLeavePlacesForInteractiveOnes) {
  ASSERT_THAT(admission_.Admit(Bulk(Asking("a", 3))), IsOk());
  ASSERT_THAT(admission_.Admit(Bulk(Asking("b", 3))), IsOk());
  EXPECT_THAT(admission_.Admit(Bulk(Asking("c", 1))),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full for bulk requests")));
  EXPECT_THAT(admission_.Admit(Asking("c", 2)), IsOk());
  EXPECT_EQ(admission_.waiting_images(Priority::kBulk), 6);
}

TEST_F(AdmissionTest, ARequestThatNeedsNoLaneAsksForBytesAlone) {
  ASSERT_THAT(admission_.Admit(Asking("a", 8)), IsOk());
  Admission::Request hit = Asking("a", 0, 90);
  hit.deadline = In(absl::Seconds(1));
  EXPECT_THAT(admission_.Admit(hit), IsOk()) << "though the queue is full, and with its client's images";
  EXPECT_THAT(admission_.Admit(Asking("b", 0, 20)), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(admission_.waiting_images(), 8);
  EXPECT_EQ(admission_.requests(), 2);
  hit.deadline = now_;
  EXPECT_THAT(admission_.Admit(hit), StatusIs(absl::StatusCode::kDeadlineExceeded));
  admission_.StartDraining();
  EXPECT_THAT(admission_.Admit(Asking("c", 0)), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(AdmissionTest, BytesCountUntilTheRequestIsAnswered) {
  ASSERT_THAT(admission_.Admit(Asking("a", 1, 60)), IsOk());
  admission_.Begin({.client = "a", .images = 1});
  EXPECT_THAT(admission_.Admit(Asking("b", 1, 41)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("memory budget")));
  EXPECT_THAT(admission_.Admit(Asking("b", 1, 40)), IsOk());
  admission_.Leave("a", 60);
  EXPECT_EQ(admission_.bytes(), 40);
  EXPECT_EQ(admission_.requests(), 1);
}

TEST_F(AdmissionTest, AClientThatDoesNotReadItsAnswersLeavesMemoryForOthers) {
  ASSERT_THAT(admission_.Admit(Asking("slow", 1, 60)), IsOk());
  admission_.Begin({.client = "slow", .images = 1});
  EXPECT_THAT(admission_.Admit(Asking("slow", 1, 30)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("client's share of the memory")));
  EXPECT_THAT(admission_.Admit(Asking("other", 1, 30)), IsOk());
}

TEST_F(AdmissionTest, ARefusalTakesNoRoomAndSaysWhenToTryAgain) {
  const absl::Status refused = admission_.Admit(Asking("a", 9));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(RetryAfter(refused).has_value());
  EXPECT_EQ(admission_.waiting_images(), 0);
  EXPECT_EQ(admission_.bytes(), 0);
  EXPECT_EQ(admission_.requests(), 0);
}

TEST_F(AdmissionTest, TheTimeToTryAgainIsWhatTheQueueNeeds) {
  Admission::Request request = Asking("a", 8);
  request.load.work = absl::Seconds(16);
  ASSERT_THAT(admission_.Admit(request), IsOk());
  std::set<absl::Duration> delays;
  for (int i = 0; i < 20; ++i) {
    const std::optional<absl::Duration> delay = RetryAfter(admission_.Admit(Asking("b", 4)));
    ASSERT_TRUE(delay.has_value());
    EXPECT_GE(*delay, absl::Seconds(3)) << "4 of 8 images of 2 s each on 2 lanes: 4 s, spread by a quarter";
    EXPECT_LE(*delay, absl::Seconds(5));
    delays.insert(*delay);
  }
  EXPECT_GT(delays.size(), 15) << "clients that were refused together must not come back together";
}

TEST_F(AdmissionTest, ADeadlineThatHasPassedIsToldAtOnce) {
  EXPECT_THAT(admission_.Admit(Lasting("a", kNoTime, In(absl::Seconds(1)))), IsOk());
  EXPECT_THAT(admission_.Admit(Lasting("a", kNoTime, now_)), StatusIs(absl::StatusCode::kDeadlineExceeded));
  now_ += absl::Seconds(2);
  EXPECT_THAT(admission_.Admit(Lasting("a", kNoTime, absl::UnixEpoch() + absl::Seconds(1))),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("1s")));
}

TEST_F(AdmissionTest, ADeadlineThatCannotBeMetIsToldAtOnce) {
  ASSERT_THAT(admission_.Admit(Lasting("a", absl::Seconds(10), absl::InfiniteFuture())), IsOk());
  const auto asking = [this](absl::Duration left) { return Lasting("a", absl::Seconds(2), In(left)); };
  EXPECT_THAT(admission_.Admit(asking(absl::Seconds(6))),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("predicted to take 7s with 1 images waiting")));
  EXPECT_THAT(admission_.Admit(asking(absl::Seconds(8))), IsOk()) << "10 s on 2 lanes, then 2 s on one";
}

TEST_F(AdmissionTest, AClientWaitsForOthersOnlyAsLongAsItsOwnWorkTakes) {
  ASSERT_THAT(admission_.Admit(Lasting("flood", absl::Seconds(100), absl::InfiniteFuture())), IsOk());
  EXPECT_THAT(admission_.Admit(Lasting("other", absl::Seconds(2), In(absl::Seconds(4)))), IsOk());
}

TEST_F(AdmissionTest, InteractiveRequestsAreNotPredictedToWaitForAllBulkOnes) {
  Admission::Request bulk = Bulk(Lasting("bulk", absl::Seconds(100), absl::InfiniteFuture()));
  ASSERT_THAT(admission_.Admit(bulk), IsOk());
  EXPECT_THAT(admission_.Admit(Lasting("other", absl::Seconds(7), In(absl::Seconds(8)))), IsOk());
  bulk.deadline = In(absl::Seconds(30));
  EXPECT_THAT(admission_.Admit(bulk), StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(AdmissionTest, AnIdleServerTriesWhatIsPredictedToTakeTooLong) {
  EXPECT_THAT(admission_.Admit(Lasting("a", absl::Seconds(10), In(absl::Seconds(1)))), IsOk());
}

TEST_F(AdmissionTest, APredictionThatIsNotReliableRefusesForTheQueueOnly) {
  ASSERT_THAT(admission_.Admit(Asking("a", 1)), IsOk());
  Admission::Request request = Lasting("a", absl::Seconds(10), In(absl::Seconds(1)));
  request.work_is_reliable = false;
  EXPECT_THAT(admission_.Admit(request), IsOk());
  EXPECT_THAT(admission_.Admit(request), StatusIs(absl::StatusCode::kDeadlineExceeded)) << "now the first one waits";
}

TEST_F(AdmissionTest, DrainingRefusesNewRequestsAndSaysWhenToTryAgain) {
  ASSERT_THAT(admission_.Admit(Asking("a", 1)), IsOk());
  admission_.StartDraining();
  const absl::Status refused = admission_.Admit(Asking("a", 1));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("draining")));
  EXPECT_TRUE(RetryAfter(refused).has_value());
}

TEST_F(AdmissionTest, IsEmptyWhenTheLastRequestHasLeft) {
  EXPECT_TRUE(admission_.WaitUntilEmpty(absl::ZeroDuration()));
  ASSERT_THAT(admission_.Admit(Asking("a", 2, 10)), IsOk());
  EXPECT_FALSE(admission_.WaitUntilEmpty(absl::ZeroDuration()));
  std::thread lane([this] {
    admission_.Begin({.client = "a", .images = 2});
    admission_.Leave("a", 10);
  });
  EXPECT_TRUE(admission_.WaitUntilEmpty(absl::Seconds(60)));
  lane.join();
}

}  // namespace
}  // namespace onebyone
