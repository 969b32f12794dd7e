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
  NotingJob(std::string name, int images, std::vector<std::string>& notes, absl::Time deadline = absl::InfiniteFuture(),
            Priority priority = Priority::kInteractive)
      : name_(std::move(name)), images_(images), notes_(notes), priority_(priority), cancellation_(deadline) {}

  int images() const override { return images_; }
  const Cancellation& cancellation() const override { return cancellation_; }
  // The clients are the first letters of the names.
  absl::string_view client() const override { return absl::string_view(name_).substr(0, 1); }
  Priority priority() const override { return priority_; }
  absl::string_view kind() const override { return "kind"; }
  int64_t encoded_bytes() const override { return 0; }
  std::optional<ServiceTimes::Sample> Run(int index, LaneTools& /*tools*/, absl::Duration waited) noexcept override {
    notes_.push_back(absl::StrCat(name_, index, " ran after ", absl::FormatDuration(waited)));
    return ServiceTimes::Sample{.rest = absl::Seconds(1)};
  }
  void Skip(int index, const absl::Status& reason) noexcept override {
    notes_.push_back(absl::StrCat(name_, index, " ", absl::StatusCodeToString(reason.code())));
  }
  void Cancel() { cancellation_.Cancel(); }

 private:
  const std::string name_;
  const int images_;
  std::vector<std::string>& notes_;
  const Priority priority_;
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
  NotingJob large("a large", 3, notes_);
  NotingJob small("a small", 1, notes_);
  ASSERT_THAT(scheduler_->Schedule(large, 1), IsOk());
  ASSERT_THAT(scheduler_->Schedule(small, 1), IsOk());
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("a large0 ran after 0", "a small0 ran after 0", "a large1 ran after 0",
                                  "a large2 ran after 0"));
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

TEST_F(PuppetScheduler, TakesOneImageOfEachClientInTurn) {
  NotingJob first("a first ", 2, notes_);
  NotingJob second("a second ", 2, notes_);
  NotingJob other("b ", 2, notes_);
  for (NotingJob* job : {&first, &second, &other}) ASSERT_THAT(scheduler_->Schedule(*job, 1), IsOk());
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("a first 0 ran after 0", "b 0 ran after 0", "a second 0 ran after 0",
                                  "b 1 ran after 0", "a first 1 ran after 0", "a second 1 ran after 0"));
}

TEST_F(PuppetScheduler, BulkImagesGiveWayAndStillGetTheirShare) {
  NotingJob bulk("bulk ", 3, notes_, absl::InfiniteFuture(), Priority::kBulk);
  ASSERT_THAT(scheduler_->Schedule(bulk, 1), IsOk());
  std::vector<std::unique_ptr<NotingJob>> urgent;
  for (int i = 0; i < 20; ++i) {
    urgent.push_back(std::make_unique<NotingJob>("a ", 1, notes_));
    ASSERT_THAT(scheduler_->Schedule(*urgent.back(), 1), IsOk());
    ASSERT_TRUE(scheduler_->RunNext(*tools_));
  }
  RunAll();
  ASSERT_EQ(notes_.size(), 23);
  std::vector<size_t> turns_of_bulk;
  for (size_t i = 0; i < notes_.size(); ++i) {
    if (notes_[i][0] == 'b') turns_of_bulk.push_back(i);
  }
  EXPECT_THAT(turns_of_bulk, ElementsAre(7, 15, 22)) << "one in eight, and the last when nothing else waits";
}

TEST_F(PuppetScheduler, AWithdrawnJobTakesNoPlaceInTheQueue) {
  NotingJob gone("gone ", 8, notes_);
  NotingJob other("other ", 8, notes_);
  ASSERT_THAT(scheduler_->Schedule(gone, 1), IsOk());
  ASSERT_TRUE(scheduler_->RunNext(*tools_));
  gone.Cancel();
  scheduler_->Withdraw(gone);
  EXPECT_THAT(notes_, ::testing::Contains("gone 7 CANCELLED"));
  EXPECT_EQ(notes_.size(), 8);
  EXPECT_EQ(scheduler_->admission().waiting_images(), 0);
  EXPECT_THAT(scheduler_->Schedule(other, 1), IsOk());
  scheduler_->Withdraw(gone);
  RunAll();
  EXPECT_EQ(notes_.size(), 16);
}

TEST_F(PuppetScheduler, LearnsHowLongImagesTakeAndRefusesWhatCannotBeDoneInTime) {
  NotingJob first("a ", 1, notes_);
  NotingJob waiting("b ", 4, notes_);
  NotingJob hurried("c ", 2, notes_, now_ + absl::Milliseconds(3500));
  ASSERT_THAT(scheduler_->Schedule(first, 1), IsOk());
  RunAll();
  ASSERT_THAT(scheduler_->Schedule(waiting, 1), IsOk());
  EXPECT_THAT(scheduler_->Schedule(hurried, 1), StatusIs(absl::StatusCode::kDeadlineExceeded))
      << "2 s of its own and as much of the other client, on one lane";
  ASSERT_TRUE(scheduler_->RunNext(*tools_));
  ASSERT_TRUE(scheduler_->RunNext(*tools_));
  ASSERT_TRUE(scheduler_->RunNext(*tools_));
  EXPECT_THAT(scheduler_->Schedule(hurried, 1), IsOk());
  RunAll();
}

// Counts images down on whatever thread they run.
class CountingJob : public Job {
 public:
  CountingJob(int images, absl::BlockingCounter& left) : images_(images), left_(left) {}
  int images() const override { return images_; }
  const Cancellation& cancellation() const override { return cancellation_; }
  absl::string_view client() const override { return "client"; }
  Priority priority() const override { return Priority::kInteractive; }
  absl::string_view kind() const override { return "kind"; }
  int64_t encoded_bytes() const override { return 0; }
  std::optional<ServiceTimes::Sample> Run(int /*index*/, LaneTools& /*tools*/,
                                          absl::Duration /*waited*/) noexcept override {
    left_.DecrementCount();
    return std::nullopt;
  }
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
                       Scheduler::Create(3, {}, {.waiting_images = 2 * kJobs * kImages}, SteadyClock()));
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
