// Equal pictures at the same time, with the turns of lanes in the test's hand.

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "tests/image/encoded_png.h"
#include "tests/server/extraction_fixture.h"

namespace onebyone {
namespace {

using ::onebyone::testing::CachedExtractions;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SingleFlight : public CachedExtractions {
 protected:
  static std::string FieldOf(const v1::ImageResult& result) {
    google::rpc::BadRequest detail;
    return result.status().details_size() == 1 && result.status().details(0).UnpackTo(&detail)
               ? detail.field_violations(0).field()
               : "";
  }
};

TEST_F(SingleFlight, AnEqualImageWaitsWithoutALane) {
  const auto leader = Start({picture_});
  std::thread lane = StoppedLane();
  const auto follower = Start({picture_});
  const auto different = Start({other_});
  EXPECT_TRUE(RunNext());
  EXPECT_FALSE(follower->ended.HasBeenNotified()) << "it waits for the leader";
  EXPECT_TRUE(RunNext());
  EXPECT_TRUE(different->ended.HasBeenNotified()) << "the lane is free for others meanwhile";
  EXPECT_EQ(scheduler_->admission().waiting_images(), 0);
  LetGo();
  lane.join();
  ASSERT_TRUE(leader->ended.HasBeenNotified());
  ASSERT_TRUE(follower->ended.HasBeenNotified());
  EXPECT_THAT(leader->outcome, IsOk());
  EXPECT_THAT(follower->outcome, IsOk());
  EXPECT_EQ(follower->result().features(0).SerializeAsString(), leader->result().features(0).SerializeAsString());
  EXPECT_EQ(Counted().images, 2) << "the leader's and the different one";
  EXPECT_EQ(Counted().cache_hit.count, 1);
  EXPECT_EQ(Counted().cache_miss.count, 2);
  EXPECT_EQ(cache_.flights.size(), 0U);
}

TEST_F(SingleFlight, AFollowersTimingTellsThatItWaitedAndWorkedNothing) {
  const auto leader = Start({picture_});
  std::thread lane = StoppedLane();
  const auto follower = Start({picture_});
  RunNext();
  absl::SleepFor(absl::Milliseconds(5));
  LetGo();
  lane.join();
  ASSERT_TRUE(follower->ended.HasBeenNotified());
  const v1::Timing& timing = follower->response.timing();
  EXPECT_GE(timing.queue_us(), 5000);
  EXPECT_GE(timing.total_us(), timing.queue_us());
  EXPECT_EQ(timing.decode_us() + timing.preprocess_us() + timing.network_us() + timing.reduce_us() + timing.encode_us(),
            0);
  EXPECT_GT(leader->response.timing().network_us(), 0);
}

TEST_F(SingleFlight, WhereTheLeadersCallerGoesAwayOneTakesOverForAll) {
  const auto leader = Start({picture_});
  std::thread lane = StoppedLane();
  const auto first = Start({picture_});
  const auto second = Start({picture_});
  RunNext();
  RunNext();
  leader->extraction.Cancel();
  leader->ended.WaitForNotification();
  EXPECT_THAT(leader->outcome, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(cache_.flights.size(), 1U) << "one of them leads now";
  LetGo();
  lane.join();
  for (const auto* call : {&first, &second}) {
    ASSERT_TRUE((*call)->ended.HasBeenNotified());
    EXPECT_THAT((*call)->outcome, IsOk());
    EXPECT_EQ((*call)->result().status().code(), 0) << (*call)->result().status().message();
    EXPECT_EQ((*call)->result().features_size(), 1);
  }
  EXPECT_EQ(Counted().images, 1);
  EXPECT_EQ(Counted().cache_miss.count, 2) << "the leader has tried";
  EXPECT_EQ(Counted().cache_hit.count, 1);
  EXPECT_EQ(scheduler_->admission().images_in_work(), 0);
}

TEST_F(SingleFlight, WhereTheLeadersDeadlinePassesOneTakesOver) {
  const auto leader = Start({picture_}, {.client = "hurried", .deadline = absl::Now() + absl::Milliseconds(60)});
  std::thread lane = StoppedLane();
  const auto follower = Start({picture_});
  RunNext();
  leader->ended.WaitForNotification();
  EXPECT_THAT(leader->outcome, StatusIs(absl::StatusCode::kDeadlineExceeded));
  LetGo();
  lane.join();
  ASSERT_TRUE(follower->ended.HasBeenNotified());
  EXPECT_THAT(follower->outcome, IsOk());
}

TEST_F(SingleFlight, AFollowerThatIsCancelledLeavesAtOnceAndTheOthersAreAnswered) {
  const auto leader = Start({picture_});
  std::thread lane = StoppedLane();
  const auto gone = Start({picture_});
  const auto stays = Start({picture_});
  RunNext();
  RunNext();
  gone->extraction.Cancel();
  EXPECT_TRUE(gone->ended.HasBeenNotified());
  EXPECT_THAT(gone->outcome, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(leader->ended.HasBeenNotified());
  LetGo();
  lane.join();
  EXPECT_THAT(leader->outcome, IsOk());
  EXPECT_THAT(stays->outcome, IsOk());
  EXPECT_EQ(Counted().cache_hit.count, 1);
}

TEST_F(SingleFlight, AFollowersOwnDeadlineHolds) {
  const auto leader = Start({picture_});
  std::thread lane = StoppedLane();
  const auto late = Start({picture_}, {.client = "hurried", .deadline = absl::Now() + absl::Milliseconds(30)});
  RunNext();
  absl::SleepFor(absl::Milliseconds(40));
  LetGo();
  lane.join();
  ASSERT_TRUE(late->ended.HasBeenNotified());
  EXPECT_THAT(late->outcome, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(leader->outcome, IsOk());
  EXPECT_EQ(Counted().cache_hit.count, 0);
}

TEST_F(SingleFlight, WhoseCallerHasGoneTooHandsOn) {
  const auto leader = Start({picture_});
  std::thread lane = StoppedLane();
  std::vector<std::unique_ptr<Call>> late;
  for (int i = 0; i < 5; ++i) {
    late.push_back(Start({picture_}, {.client = "hurried", .deadline = absl::Now() + absl::Milliseconds(30)}));
    RunNext();
  }
  const auto patient = Start({picture_});
  RunNext();
  absl::SleepFor(absl::Milliseconds(40));
  leader->extraction.Cancel();
  leader->ended.WaitForNotification();
  LetGo();
  lane.join();
  ASSERT_TRUE(patient->ended.HasBeenNotified());
  EXPECT_THAT(patient->outcome, IsOk());
  for (const auto& call : late) EXPECT_THAT(call->outcome, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(cache_.flights.size(), 0U);
}

TEST_F(SingleFlight, TheErrorOfABrokenPictureIsSharedAndNeverKept) {
  // Its header is right, so that it is found out in the middle of the work.
  testing::PngParts parts;
  parts.width = parts.height = 40;
  parts.samples.assign(40 * 40 * 3, 7);
  parts.keep_image_data = 0.5;
  const std::string broken = testing::EncodePng(parts);
  const auto leader = Start({broken});
  std::thread lane = StoppedLane();
  const auto follower = Start({other_, broken});
  RunNext();
  RunNext();
  EXPECT_FALSE(follower->ended.HasBeenNotified());
  LetGo();
  lane.join();
  ASSERT_TRUE(follower->ended.HasBeenNotified());
  EXPECT_EQ(leader->result().status().code(), static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(FieldOf(leader->result()), "images[0].content");
  EXPECT_EQ(follower->result(0).status().code(), 0);
  EXPECT_EQ(follower->result(1).status().code(), static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(FieldOf(follower->result(1)), "images[1].content") << "each is told its own place";
  EXPECT_THAT(follower->result(1).status().message(), HasSubstr("images[1].content: "));
  EXPECT_EQ(cache_.answers.state().entries, 1) << "the other picture's";
  const auto again = Done({broken});
  EXPECT_EQ(again->result().status().code(), static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(Counted().cache_hit.count, 1);
  EXPECT_EQ(Counted().cache_miss.count, 3);
}

TEST_F(SingleFlight, EqualImagesOfOneRequestAreComputedOnce) {
  const auto call = Done({picture_, picture_, other_, picture_});
  EXPECT_THAT(call->outcome, IsOk());
  EXPECT_EQ(Counted().images, 2);
  EXPECT_EQ(Counted().cache_hit.count, 2);
  for (const int index : {1, 3}) {
    EXPECT_EQ(call->result(index).features(0).content(), call->result(0).features(0).content());
  }
  EXPECT_NE(call->result(2).features(0).content(), call->result(0).features(0).content());
}

TEST_F(SingleFlight, AnImageFindsTheAnswerThatCameWhileItWaited) {
  const auto first = Start({picture_});
  const auto second = Start({picture_});
  EXPECT_EQ(scheduler_->admission().waiting_images(), 2);
  RunNext();
  RunNext();
  ASSERT_TRUE(second->ended.HasBeenNotified());
  EXPECT_EQ(Counted().images, 1);
  EXPECT_EQ(second->response.timing().network_us(), 0);
  EXPECT_EQ(second->result().features(0).content(), first->result().features(0).content());
}

// An answer that is too large to be kept is still shared.
TEST_F(SingleFlight, WhatIsNotKeptIsShared) {
  Serve(testing::TinyRegistry(), {});
  ResponseCache small(1000);
  context_->cache = &small;
  const auto leader = Start({picture_});
  EXPECT_TRUE(hog_.GrowTo(kPixelBytes, nobody_).ok());
  std::thread lane([this] { scheduler_->RunNext(*stopped_tools_); });
  WaitForFlight(small);
  const auto follower = Start({picture_});
  RunNext();
  LetGo();
  lane.join();
  ASSERT_TRUE(follower->ended.HasBeenNotified());
  EXPECT_EQ(follower->result().features(0).content(), leader->result().features(0).content());
  EXPECT_EQ(small.answers.state().entries, 0);
  EXPECT_EQ(Counted().images, 1);
}

}  // namespace
}  // namespace onebyone
