#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "server/extraction.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {

// Extractions with a response cache and without gRPC. The scheduler has no lanes: the test says when an image is taken,
// and on which thread. A lane of `StoppedLane` stops in the middle of its image, where it wants pixel memory, until
// LetGo.
class CachedExtractions : public ::testing::Test {
 protected:
  static constexpr int64_t kPixelBytes = int64_t{1} << 24;

  struct Call {
    explicit Call(ExtractionContext& context) : extraction(context) {}
    const v1::ImageResult& result(int index = 0) const { return response.results(index); }

    v1::ExtractFeaturesRequest request;
    v1::ExtractFeaturesResponse response;
    absl::Notification ended;
    absl::Status outcome;
    Extraction extraction;
  };

  void SetUp() override { Serve(TinyRegistry(), {}); }
  void Serve(std::unique_ptr<ModelRegistry> models, const Admission::Limits& limits) {
    models_ = std::move(models);
    ASSERT_OK_AND_ASSIGN(scheduler_, Scheduler::Create(0, {}, limits, SteadyClock()));
    ASSERT_OK_AND_ASSIGN(observability_, Observability::Create({}, *scheduler_, SteadyClock()));
    context_.reset(new ExtractionContext{*models_, *scheduler_, RequestLimits(), SteadyClock(), ReductionCache(),
                                         *observability_, &cache_});
    ASSERT_OK_AND_ASSIGN(tools_, LaneTools::Create({}));
    ASSERT_OK_AND_ASSIGN(stopped_tools_, LaneTools::Create({.pixels = &pixels_}));
  }

  // Starts a request for these pictures; `status` is what Start has said.
  std::unique_ptr<Call> Try(const std::vector<std::string>& pictures, absl::Status& status,
                            Caller caller = {.client = "client"}) {
    auto call = std::make_unique<Call>(*context_);
    for (const std::string& picture : pictures) call->request.add_images()->set_content(picture);
    call->request.add_features()->set_layer("block/output");
    status = call->extraction.Start(call->request, call->response, std::move(caller),
                                    [call = call.get()](const absl::Status& outcome) {
                                      call->outcome = outcome;
                                      call->ended.Notify();
                                    });
    return call;
  }
  std::unique_ptr<Call> Start(const std::vector<std::string>& pictures, Caller caller = {.client = "client"}) {
    absl::Status status;
    std::unique_ptr<Call> call = Try(pictures, status, std::move(caller));
    EXPECT_THAT(status, IsOk());
    return call;
  }
  // The same, and all that waits is run on this thread.
  std::unique_ptr<Call> Done(const std::vector<std::string>& pictures) {
    std::unique_ptr<Call> call = Start(pictures);
    while (RunNext()) {
    }
    EXPECT_TRUE(call->ended.HasBeenNotified());
    return call;
  }
  bool RunNext() { return scheduler_->RunNext(*tools_); }

  // A lane that has taken the next image, which leads a flight, and does not go on.
  std::thread StoppedLane() {
    EXPECT_TRUE(hog_.GrowTo(kPixelBytes, nobody_).ok());
    std::thread lane([this] { scheduler_->RunNext(*stopped_tools_); });
    WaitForFlight(cache_);
    return lane;
  }
  static void WaitForFlight(const ResponseCache& cache) {
    const absl::Time end = absl::Now() + absl::Minutes(1);
    while (cache.flights.size() == 0 && absl::Now() < end) std::this_thread::yield();
    EXPECT_EQ(cache.flights.size(), 1U) << "no lane leads";
  }
  void LetGo() { hog_.ShrinkTo(0); }

  ModelStatistics::Counters Counted() const { return context_->statistics.Of("tiny", 3); }

  const Cancellation nobody_;
  PixelBudget pixels_{kPixelBytes, kPixelBytes, 1};
  PixelShare hog_{&pixels_};
  ResponseCache cache_{int64_t{1} << 20};
  std::unique_ptr<ModelRegistry> models_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Observability> observability_;
  std::unique_ptr<ExtractionContext> context_;
  std::unique_ptr<LaneTools> tools_;
  std::unique_ptr<LaneTools> stopped_tools_;
  const std::string picture_ = EncodedPicture(80, 60);
  const std::string other_ = EncodedPicture(80, 60, ".png", 100);
};

}  // namespace onebyone::testing
