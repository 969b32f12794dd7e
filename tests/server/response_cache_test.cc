// What the cache answers, and when it must not; without gRPC.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/server/extraction_fixture.h"

namespace onebyone {
namespace {

using ::onebyone::testing::CachedExtractions;
using ::onebyone::testing::FolderOfBundles;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TinyModel;
using ::onebyone::testing::TinyRegistry;

class ResponseCacheOfServer : public CachedExtractions {
 protected:
  // Whether the picture is answered without a lane.
  bool IsHit(const std::string& picture) {
    const auto call = Start({picture});
    const bool is_hit = call->ended.HasBeenNotified();
    while (RunNext()) {
    }
    return is_hit;
  }
};

TEST_F(ResponseCacheOfServer, AnswersAnEqualPictureBeforeStartReturns) {
  const auto first = Done({picture_});
  const auto second = Start({picture_});
  ASSERT_TRUE(second->ended.HasBeenNotified());
  EXPECT_THAT(second->outcome, IsOk());
  EXPECT_FALSE(RunNext()) << "no lane is asked";
  EXPECT_EQ(second->result().features(0).SerializeAsString(), first->result().features(0).SerializeAsString());
  EXPECT_EQ(second->response.model(), "tiny");
  EXPECT_EQ(second->response.version(), 3);
  EXPECT_EQ(second->response.timing().queue_us(), 0);
  EXPECT_EQ(second->response.timing().network_us(), 0);
  EXPECT_GT(second->response.timing().total_us(), 0);
  EXPECT_EQ(scheduler_->admission().requests(), 2) << "until their answers are sent";
  EXPECT_FALSE(IsHit(other_));
}

TEST_F(ResponseCacheOfServer, GivesEachImageItsIdAndOnlyTheMissingOnesToLanes) {
  Done({picture_});
  auto call = std::make_unique<Call>(*context_);
  call->request.add_images()->set_content(other_);
  call->request.add_images()->set_content(picture_);
  call->request.mutable_images(1)->set_id("second");
  call->request.add_features()->set_layer("block/output");
  ASSERT_THAT(call->extraction.Start(call->request, call->response, {.client = "client"},
                                     [&call](const absl::Status&) { call->ended.Notify(); }),
              IsOk());
  EXPECT_FALSE(call->ended.HasBeenNotified());
  EXPECT_EQ(scheduler_->admission().waiting_images(), 1);
  EXPECT_TRUE(RunNext());
  ASSERT_TRUE(call->ended.HasBeenNotified());
  EXPECT_EQ(call->result(1).id(), "second");
  EXPECT_EQ(call->result(1).timing().network_us(), 0);
  EXPECT_EQ(call->result(1).features_size(), 1);
  EXPECT_EQ(call->result(0).features_size(), 1);
  EXPECT_EQ(Counted().images, 2);
}

TEST_F(ResponseCacheOfServer, IsAskedForNoPlaceInTheQueueByAHit) {
  Serve(TinyRegistry(), {.waiting_images = 1});
  Done({picture_});
  const auto waiting = Start({other_});
  absl::Status refused;
  Try({testing::EncodedPicture(20, 20)}, refused);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(Start({picture_})->ended.HasBeenNotified()) << "though the queue is full";
  RunNext();
  EXPECT_TRUE(waiting->ended.HasBeenNotified());
}

TEST_F(ResponseCacheOfServer, RefusesAHitLikeAnyRequestWhereItMust) {
  Done({picture_});
  absl::Status refused;
  Try({picture_}, refused, {.client = "late", .deadline = absl::Now() - absl::Seconds(1)});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kDeadlineExceeded));
  scheduler_->admission().StartDraining();
  Try({picture_}, refused);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Counted().cache_hit.count, 0);
}

TEST_F(ResponseCacheOfServer, LeavesNoTraceOfAHitInTheQueue) {
  Done({picture_});
  Start({picture_});
  Admission& admission = scheduler_->admission();
  EXPECT_EQ(admission.requests(), 0);
  EXPECT_EQ(admission.bytes(), 0);
  EXPECT_EQ(admission.waiting_images(), 0);
  EXPECT_EQ(admission.requests_of("client"), 0);
}

TEST_F(ResponseCacheOfServer, OfAnotherModelIsNotAsked) {
  Serve(TinyRegistry({"other", "tiny"}), {});
  Done({picture_});
  auto call = std::make_unique<Call>(*context_);
  call->request.set_model("tiny");
  call->request.add_images()->set_content(picture_);
  call->request.add_features()->set_layer("block/output");
  ASSERT_THAT(call->extraction.Start(call->request, call->response, {.client = "client"},
                                     [&call](const absl::Status&) { call->ended.Notify(); }),
              IsOk());
  EXPECT_FALSE(call->ended.HasBeenNotified());
  EXPECT_TRUE(RunNext());
}

TEST_F(ResponseCacheOfServer, NeverAnswersForTheNewModelWithWhatTheOldOneSaid) {
  // The file of a bundle says how its model scales pixels.
  const std::string folder = FolderOfBundles({"tiny"});
  const auto write = [&folder](const std::string& scale) { std::ofstream(folder + "/tiny/model.onnx") << scale; };
  const auto load = [](const std::string& bundle, PrecisionChoice,
                       const CompileOptions&) -> absl::StatusOr<std::shared_ptr<const Model>> {
    auto model = std::make_shared<Model>(*TinyModel());
    std::ifstream(bundle + "/model.onnx") >> model->bundle.preprocess.scale;
    return model;
  };
  write("0.001");
  ASSERT_OK_AND_ASSIGN(auto models, ModelRegistry::Load({.folder = folder, .load = load}));
  ModelRegistry& registry = *models;
  Serve(std::move(models), {});
  const std::string before = Done({picture_})->result().features(0).content();
  ASSERT_TRUE(IsHit(picture_));
  const auto queued = Start({other_});
  write("0.003");
  ASSERT_EQ(registry.Reload(ModelRegistry::When::kNow).loaded.size(), 1U);
  RunNext();  // a request keeps the model that it began with
  ASSERT_TRUE(queued->ended.HasBeenNotified());
  EXPECT_FALSE(IsHit(other_)) << "what the old model has said meanwhile is not the new one's";
  const auto after = Start({picture_});
  EXPECT_FALSE(after->ended.HasBeenNotified());
  RunNext();
  EXPECT_NE(after->result().features(0).content(), before);
  EXPECT_TRUE(IsHit(picture_));
}

TEST_F(ResponseCacheOfServer, IsOffWithoutOne) {
  context_->cache = nullptr;
  Done({picture_});
  EXPECT_FALSE(IsHit(picture_));
  EXPECT_EQ(Counted().cache_miss.count, 0);
  EXPECT_EQ(Counted().images, 2);
}

TEST_F(ResponseCacheOfServer, HashesAHeldRequestOnceAndLooksAgainAtEachTry) {
  Serve(TinyRegistry(), {.waiting_images = 1});
  const auto waiting = Start({picture_});
  absl::Status status;
  auto call = Try({picture_}, status, {.client = "stream", .waits_for_room = true});
  ASSERT_TRUE(Extraction::FoundNoRoom(status));
  RunNext();
  ASSERT_THAT(call->extraction.Start(call->request, call->response, {.client = "stream", .waits_for_room = true},
                                     [&call](const absl::Status&) { call->ended.Notify(); }),
              IsOk());
  EXPECT_TRUE(call->ended.HasBeenNotified()) << "its answer has come while it was held";
  EXPECT_EQ(Counted().cache_hit.count, 1);
}

}  // namespace
}  // namespace onebyone
