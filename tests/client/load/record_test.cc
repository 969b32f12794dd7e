#include <gmock/gmock.h>

#include "client/load/record/answer_record.h"
#include "client/load/record/load_record.h"
#include "client/load/target/checksum.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

LoadRecord Record() {
  LoadRecord record;
  record.inputs = {"photos with spaces/=3", "-"};
  record.seed = 77;
  record.seconds = 1.5;
  record.pictures = {{"photos/a b.jpg", Checksum("a")}, {"line\nbreak.jpg", Checksum("b")}};
  record.calls = {{0, {0}, 0, {{0, "pool5", 0x1234}, {0, "inception_3a/output", 0xffffffffffffffff}}},
                  {1'000, {1, 0}, 0, {{0, "pool5", 1}, {1, "pool5", 2}}},
                  {2'000, {1}, 14, {}}};
  return record;
}

LoadPictures Pictures() {
  LoadPictures set;
  set.pictures = {{"other", "x", 1}, {"line\nbreak.jpg", "b", 1}, {"photos/a b.jpg", "a", 1}};
  return set;
}

TEST(LoadRecord, ComesBackAsItWasWritten) {
  const std::string text = RecordText(Record());
  ASSERT_OK_AND_ASSIGN(const LoadRecord record, ParseRecord(text));
  EXPECT_EQ(RecordText(record), text);
  EXPECT_EQ(record.inputs, Record().inputs);
  EXPECT_EQ(record.seed, 77);
  EXPECT_EQ(record.pictures[1].name, "line\nbreak.jpg");
  EXPECT_EQ(record.calls[0].answers, Record().calls[0].answers);
  EXPECT_EQ(record.calls[2].code, 14);
}

TEST(LoadRecord, NamesTheLineThatIsWrong) {
  const std::string good = RecordText(Record());
  for (const char* line : {"call 5 0 9", "call x 0 0", "call 5 0 0 0.7.12", "call 5 0 0 3.0.12", "call -1 0 0",
                           "picture zz a", "what is this", "seconds soon"}) {
    EXPECT_THAT(ParseRecord(good + line), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 13"))) << line;
  }
  EXPECT_THAT(ParseRecord("{}"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 1")));
  EXPECT_THAT(ParseRecord(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseRecord("onebyone load record 1\nseconds 1\n"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(RecordedPlan, SendsTheSamePicturesAtTheSameMoments) {
  const LoadRecord record = Record();
  ASSERT_OK_AND_ASSIGN(std::vector<int32_t> places, MatchPictures(record, Pictures()));
  EXPECT_THAT(places, ElementsAre(2, 1));
  RecordedPlan plan(record, places);
  EXPECT_THAT(plan.Next()->pictures, ElementsAre(2));
  const auto second = plan.Next();
  EXPECT_EQ(second->due_ns, 1'000);
  EXPECT_THAT(second->pictures, ElementsAre(1, 2));
  EXPECT_TRUE(plan.Next().has_value());
  EXPECT_FALSE(plan.Next().has_value());
}

TEST(MatchPictures, RefusesPicturesThatAreMissingOrOther) {
  LoadPictures changed = Pictures();
  changed.pictures[2].content = "c";
  EXPECT_THAT(MatchPictures(Record(), changed), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("other bytes")));
  changed.pictures.pop_back();
  EXPECT_THAT(MatchPictures(Record(), changed),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'photos/a b.jpg'")));
}

std::vector<AnsweredCall> Answered(const LoadRecord& record) {
  std::vector<AnsweredCall> calls;
  for (size_t i = 0; i < record.calls.size(); ++i) calls.push_back({static_cast<int64_t>(i), record.calls[i]});
  return calls;
}

TEST(CompareAnswers, FindsNothingWhereNothingChanged) {
  const ReplayOutcome outcome = CompareAnswers(Record(), "file", Answered(Record()));
  EXPECT_EQ(outcome.compared, 2);  // the third was no answer
  EXPECT_EQ(outcome.changed, 0);
}

TEST(CompareAnswers, NamesThePictureAndTheLayerThatChanged) {
  LoadRecord now = Record();
  now.calls[1].answers[1].checksum = 99;
  const ReplayOutcome outcome = CompareAnswers(Record(), "file", Answered(now));
  EXPECT_EQ(outcome.changed, 1);
  ASSERT_EQ(outcome.examples.size(), 1);
  EXPECT_EQ(outcome.examples[0].request, 1);
  EXPECT_EQ(outcome.examples[0].picture, "photos/a b.jpg");  // the second picture of that call
  EXPECT_EQ(outcome.examples[0].recorded, "pool5 0000000000000002");
  EXPECT_EQ(outcome.examples[0].got, "pool5 0000000000000063");
}

TEST(CompareAnswers, SeesAnOutputThatIsGoneAndSkipsCallsThatFailed) {
  LoadRecord now = Record();
  now.calls[0].answers.pop_back();
  now.calls[1].code = 8;
  const ReplayOutcome outcome = CompareAnswers(Record(), "file", Answered(now));
  EXPECT_EQ(outcome.compared, 1);
  EXPECT_EQ(outcome.changed, 1);
  EXPECT_EQ(outcome.examples[0].got, "no such output");
}

TEST(AnswerRecord, KeepsTheOrderOfThePlanWhateverTheOrderOfAnswers) {
  AnswerRecord record;
  for (const int64_t index : {2, 0, 1}) {
    record.Add({.index = index, .due_ns = index}, {.due_ns = 500 + index, .sent_ns = 600, .measured = true}, {});
  }
  const auto calls = record.Take(500);
  ASSERT_EQ(calls.size(), 3);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(calls[static_cast<size_t>(i)].index, i);
    EXPECT_EQ(calls[static_cast<size_t>(i)].call.due_ns, i);
  }
}

}  // namespace
}  // namespace onebyone
