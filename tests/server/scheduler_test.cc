#include "server/scheduler.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Notes what becomes of its images.
class NotingJob : public Job {
 public:
  NotingJob(std::string name, int images, std::vector<std::string>& notes, absl::Time deadline = absl::InfiniteFuture())
      : name_(std::move(name)), images_(images), notes_(notes), cancellation_(deadline) {}

  int images() const override { return images_; }
  const Cancellation& cancellation() const override { return cancellation_; }
  void Run(int index, LaneTools& /*tools*/, absl::Duration waited) noexcept override {
    notes_.push_back(absl::StrCat(name_, index, " ran after ", absl::FormatDuration(waited)));
  }
  void Skip(int index, const absl::Status& reason) noexcept override {
    notes_.push_back(absl::StrCat(name_, index, " ", absl::StatusCodeToString(reason.code())));
  }
  void Cancel() { cancellation_.Cancel(); }

 private:
  const std::string name_;
  const int images_;
  std::vector<std::string>& notes_;
  Cancellation cancellation_;
};

// A scheduler without lanes: the test runs images when it says so, and turns the clock.
class PuppetScheduler : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(scheduler_,
                         Scheduler::Create(0, {}, {.waiting_images = 8, .bytes = 1000}, [this] { return now_; }));
    ASSERT_OK_AND_ASSIGN(tools_, LaneTools::Create({}));
  }
  void RunAll() {
    while (scheduler_->RunNext(*tools_)) {
    }
  }

  // After the wall clock's now, by which Cancellation judges: only the puppet clock decides here.
  absl::Time now_ = absl::Now() + absl::Hours(1000);
  std::vector<std::string> notes_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<LaneTools> tools_;
};

TEST_F(PuppetScheduler, TakesOneImageOfEachJobInTurn) {
  NotingJob large("large", 3, notes_);
  NotingJob small("small", 1, notes_);
  ASSERT_THAT(scheduler_->Schedule(large, 1), IsOk());
  ASSERT_THAT(scheduler_->Schedule(small, 1), IsOk());
  RunAll();
  EXPECT_THAT(notes_,
              ElementsAre("large0 ran after 0", "small0 ran after 0", "large1 ran after 0", "large2 ran after 0"));
}

TEST_F(PuppetScheduler, TellsHowLongAnImageWaited) {
  NotingJob job("job", 1, notes_);
  ASSERT_THAT(scheduler_->Schedule(job, 1), IsOk());
  now_ += absl::Milliseconds(70);
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("job0 ran after 70ms"));
}

TEST_F(PuppetScheduler, DropsWhatExpiredInTheQueue) {
  NotingJob late("late", 2, notes_, now_ + absl::Seconds(1));
  NotingJob early("early", 1, notes_, now_ + absl::Seconds(3));
  ASSERT_THAT(scheduler_->Schedule(late, 1), IsOk());
  ASSERT_THAT(scheduler_->Schedule(early, 1), IsOk());
  now_ += absl::Seconds(2);
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("late0 DEADLINE_EXCEEDED", "early0 ran after 2s", "late1 DEADLINE_EXCEEDED"));
}

TEST_F(PuppetScheduler, DropsWhatWasCancelledWhileItWaited) {
  NotingJob job("job", 2, notes_);
  ASSERT_THAT(scheduler_->Schedule(job, 1), IsOk());
  ASSERT_TRUE(scheduler_->RunNext(*tools_));
  job.Cancel();
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("job0 ran after 0", "job1 CANCELLED"));
}

TEST_F(PuppetScheduler, RefusesAJobThatDoesNotFitAndCallsNothingOfIt) {
  NotingJob first("first", 8, notes_);
  NotingJob second("second", 1, notes_);
  ASSERT_THAT(scheduler_->Schedule(first, 1), IsOk());
  EXPECT_THAT(scheduler_->Schedule(second, 1), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(notes_, IsEmpty());
  ASSERT_TRUE(scheduler_->RunNext(*tools_));
  EXPECT_THAT(scheduler_->Schedule(second, 1), IsOk()) << "an image that has begun makes room for one";
  RunAll();
}

TEST_F(PuppetScheduler, AJobPastItsDeadlineIsNeverQueued) {
  NotingJob job("job", 1, notes_, now_ - absl::Seconds(1));
  EXPECT_THAT(scheduler_->Schedule(job, 1), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_FALSE(scheduler_->RunNext(*tools_));
}

// Counts images down on whatever thread they run.
class CountingJob : public Job {
 public:
  CountingJob(int images, absl::BlockingCounter& left) : images_(images), left_(left) {}
  int images() const override { return images_; }
  const Cancellation& cancellation() const override { return cancellation_; }
  void Run(int /*index*/, LaneTools& /*tools*/, absl::Duration /*waited*/) noexcept override { left_.DecrementCount(); }
  void Skip(int /*index*/, const absl::Status& /*reason*/) noexcept override {}

 private:
  const int images_;
  absl::BlockingCounter& left_;
  Cancellation cancellation_;
};

TEST(Lanes, RunEveryImageOnceAndEndWithTheScheduler) {
  constexpr int kJobs = 50;
  constexpr int kImages = 7;
  absl::BlockingCounter left(kJobs * kImages);
  std::vector<std::unique_ptr<CountingJob>> jobs;
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<Scheduler> scheduler,
                       Scheduler::Create(3, {}, {.waiting_images = kJobs * kImages}, WallClock()));
  EXPECT_EQ(scheduler->lanes(), 3);
  for (int i = 0; i < kJobs; ++i) {
    jobs.push_back(std::make_unique<CountingJob>(kImages, left));
    ASSERT_THAT(scheduler->Schedule(*jobs.back(), 1), IsOk());
  }
  left.Wait();
  EXPECT_EQ(scheduler->admission().waiting_images(), 0);
  scheduler.reset();
}

}  // namespace
}  // namespace onebyone
