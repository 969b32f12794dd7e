#include "server/intake/uploads.h"

#include <gmock/gmock.h>

#include "server/intake/byte_budget.h"
#include "server/status_details.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

struct FakeUpload : Upload {
  void EndUpload(const absl::Status& why) override {
    outcome = why;
    ++ends;
  }
  absl::Status outcome;
  int ends = 0;
};

class UploadsTest : public ::testing::Test {
 protected:
  absl::Time now_ = absl::UnixEpoch();
  Uploads uploads_{
      {.patience = absl::Seconds(10), .stream_patience = absl::Seconds(100), .message_bytes = 1000, .bytes = 1500},
      [this] { return now_; }};
  FakeUpload first_;
  FakeUpload second_;
};

TEST_F(UploadsTest, EndsWhatDoesNotComeInTimeAndNothingElse) {
  uploads_.Add(first_, Upload::Kind::kMessage, "a");
  now_ += absl::Seconds(5);
  uploads_.Add(second_, Upload::Kind::kMessage, "a");
  now_ += absl::Seconds(5);
  uploads_.EndLate();
  uploads_.EndLate();
  EXPECT_EQ(first_.ends, 1);
  EXPECT_THAT(first_.outcome, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("10s")));
  EXPECT_FALSE(uploads_.Remove(first_, 0));
  EXPECT_EQ(second_.ends, 0);
  EXPECT_TRUE(uploads_.Remove(second_, 0));
  EXPECT_FALSE(uploads_.Remove(second_, 0));
  EXPECT_EQ(uploads_.count(), 0);
}

TEST_F(UploadsTest, AStreamMayRestLonger) {
  uploads_.Add(first_, Upload::Kind::kNextOfStream, "a");
  now_ += absl::Seconds(99);
  uploads_.EndLate();
  EXPECT_EQ(first_.ends, 0);
  now_ += absl::Seconds(1);
  uploads_.EndLate();
  EXPECT_THAT(first_.outcome, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("1m40s")));
}

TEST_F(UploadsTest, OnceClosedEndsThoseOfTheKindThatAreThereAndThoseThatCome) {
  FakeUpload message;
  uploads_.Add(first_, Upload::Kind::kNextOfStream, "a");
  uploads_.Add(message, Upload::Kind::kMessage, "b");
  uploads_.EndAll(Upload::Kind::kNextOfStream, absl::UnavailableError("going"));
  uploads_.Add(second_, Upload::Kind::kNextOfStream, "a");
  for (const FakeUpload* const ended : {&first_, &second_}) {
    EXPECT_EQ(ended->ends, 1);
    EXPECT_THAT(ended->outcome, StatusIs(absl::StatusCode::kUnavailable, "going"));
  }
  EXPECT_FALSE(uploads_.Remove(second_, 0));
  EXPECT_THAT(message.outcome, IsOk());
  EXPECT_TRUE(uploads_.HasMessageOf("b"));
  EXPECT_FALSE(uploads_.HasMessageOf("a"));
  EXPECT_TRUE(uploads_.Remove(message, 0));
  EXPECT_FALSE(uploads_.HasMessageOf("b"));
}

TEST_F(UploadsTest, EndsThoseOfTheConnectionThatHoldsTheMost) {
  FakeUpload flood[4];
  uploads_.Add(first_, Upload::Kind::kMessage, "good");
  for (FakeUpload& upload : flood) uploads_.Add(upload, Upload::Kind::kMessage, "bad");
  uploads_.EndBeyond({{"good", 700}, {"bad", 800}});
  EXPECT_EQ(flood[0].ends, 0);
  uploads_.EndBeyond({{"good", 700}, {"bad", 801}});
  for (const FakeUpload& upload : flood) EXPECT_EQ(upload.ends, 1);
  EXPECT_THAT(flood[0].outcome, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("hold 1501 bytes")));
  EXPECT_TRUE(RetryAfter(flood[0].outcome).has_value());
  EXPECT_EQ(first_.ends, 0);
}

TEST_F(UploadsTest, CountsNeitherWholeMessagesNorMoreThanMessagesThatWaitCanHold) {
  EXPECT_TRUE(uploads_.IsQuiet());
  for (int i = 0; i < 10; ++i) {  // a busy connection, never without one that waits
    uploads_.Add(i % 2 == 0 ? first_ : second_, Upload::Kind::kMessage, "a");
    EXPECT_EQ(uploads_.Remove(i % 2 == 0 ? second_ : first_, 900), i > 0);
    uploads_.EndBeyond({{"a", 910 * i + 500}});
  }
  // One waits: it cannot hold more than a message, whatever else has come (to other methods).
  uploads_.EndBeyond({{"a", 1'000'000}});
  EXPECT_EQ(first_.ends + second_.ends, 0);
}

TEST_F(UploadsTest, CountsNothingOfAConnectionsPastAfterItWasQuiet) {
  uploads_.Add(first_, Upload::Kind::kMessage, "a");
  uploads_.EndBeyond({{"a", 100}});
  EXPECT_FALSE(uploads_.IsQuiet());
  EXPECT_TRUE(uploads_.Remove(first_, 900));
  EXPECT_TRUE(uploads_.IsQuiet());
  for (FakeUpload* const upload : {&first_, &second_}) uploads_.Add(*upload, Upload::Kind::kMessage, "a");
  uploads_.EndBeyond({{"a", 50'000}});  // answers of other methods were asked for meanwhile
  uploads_.EndBeyond({{"a", 51'500}});
  EXPECT_EQ(first_.ends, 0);
  uploads_.EndBeyond({{"a", 51'501}});
  EXPECT_EQ(first_.ends, 1);
}

TEST_F(UploadsTest, CountsWhatCameBeforeItsFirstLook) {
  uploads_.Add(first_, Upload::Kind::kMessage, "a");
  uploads_.Add(second_, Upload::Kind::kNextOfStream, "a");
  uploads_.EndBeyond({{"a", 1600}});
  EXPECT_EQ(first_.ends, 1);
  EXPECT_EQ(second_.ends, 1);
}

TEST(ByteBudget, GivesNoMoreThanThereIs) {
  ByteBudget budget(100);
  ByteBudget::Part most = budget.Take(60);
  EXPECT_TRUE(most);
  EXPECT_FALSE(budget.Take(41));
  EXPECT_EQ(budget.bytes(), 60);
  ByteBudget::Part rest = budget.Take(40);
  EXPECT_TRUE(rest);
  most = ByteBudget::Part();
  EXPECT_FALSE(most);
  EXPECT_EQ(budget.bytes(), 40);
  { const ByteBudget::Part moved = std::move(rest); }
  EXPECT_EQ(budget.bytes(), 0);
}

}  // namespace
}  // namespace onebyone
