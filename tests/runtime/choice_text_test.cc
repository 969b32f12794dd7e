#include "engine/runtime/choice_text.h"

#include <gmock/gmock.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;

const ChoiceOrigin kOrigin = {"abc123", "A CPU; oneDNN 2.6"};
constexpr char kKey[] = "[1, 64, 56, 56]>[1, 192, 56, 56]/1,1/1/0";

ConvChoices SomeChoices() {
  ConvChoices choices;
  choices[1].Set(kKey, kConvVariants[2]);
  choices[1].Set("another", kConvVariants[0]);
  choices[4].Set(kKey, kConvVariants[1]);
  return choices;
}

std::string TextOf(const std::string& body) {
  return absl::StrCat("onebyone kernel choices 2\nmodel abc123\nmachine A CPU; oneDNN 2.6\n", body);
}

TEST(ChoiceText, ReadsBackWhatItWrote) {
  ASSERT_OK_AND_ASSIGN(const ConvChoices read, ParseChoices(kOrigin, FormatChoices(kOrigin, SomeChoices())));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_THAT(read.at(1).by_key(), ElementsAre(Pair(kKey, kConvVariants[2]), Pair("another", kConvVariants[0])));
  EXPECT_THAT(read.at(4).by_key(), ElementsAre(Pair(kKey, kConvVariants[1])));
  ASSERT_OK_AND_ASSIGN(const ConvChoices nothing, ParseChoices(kOrigin, FormatChoices(kOrigin, {})));
  EXPECT_EQ(CountOf(nothing), 0);
}

TEST(ChoiceText, KnowsEveryWayOfComputing) {
  ConvChoices choices;
  for (const ConvVariant& variant : kConvVariants) choices[1].Set(NameOf(variant), variant);
  choices[1].Set("siblings", kMergedVariant);
  ASSERT_OK_AND_ASSIGN(const ConvChoices read, ParseChoices(kOrigin, FormatChoices(kOrigin, choices)));
  EXPECT_EQ(read.at(1).by_key(), choices.at(1).by_key());
}

TEST(ChoiceText, IsForPeopleToReadToo) {
  EXPECT_EQ(FormatChoices(kOrigin, SomeChoices()),
            TextOf(absl::StrCat("choices 3\n1 winograd ", kKey, "\n1 direct another\n4 direct.1 ", kKey, "\n")));
}

TEST(ChoiceText, OfAnotherModelMachineOrFormatIsRefused) {
  const std::string text = FormatChoices(kOrigin, SomeChoices());
  EXPECT_THAT(ParseChoices({"abc124", kOrigin.machine}, text), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ParseChoices({kOrigin.model, "A CPU; oneDNN 2.7"}, text),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  std::string later = text;
  later[later.find('2')] = '3';
  EXPECT_THAT(ParseChoices(kOrigin, later), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(ChoiceText, IsRefusedWhereverItIsCut) {
  const std::string text = FormatChoices(kOrigin, SomeChoices());
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(ParseChoices(kOrigin, text.substr(0, length)).ok()) << length;
  }
}

class BrokenChoices : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenChoices, AreRefused) {
  EXPECT_THAT(ParseChoices(kOrigin, TextOf(GetParam())),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("choices: want")));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BrokenChoices,
    ::testing::Values("", "\n", "choices\n", "choices -1\n", "choices many\n", "choices 99999999999999999999\n",
                      "choices 4097\n", "choices 2\n1 direct a\n", "choices 1\n1 direct a\n1 direct b\n",
                      "choices 0\n\n", "choices 1\n\n", "choices 1\n1 direct\n", "choices 1\n1 direct \n",
                      "choices 1\n1 slow a\n", "choices 1\n1 direct.9 a\n", "choices 1\n0 direct a\n",
                      "choices 1\n-1 direct a\n", "choices 1\n99999999 direct a\n", "choices 1\nx direct a\n",
                      absl::StrCat("choices 1\n1 direct ", std::string(513, 'a'), "\n"),
                      std::string(kMostChoiceBytes, '\n')));

TEST(ChoiceText, WithAnyByteChangedIsReadOrRefused) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 5000; ++round) {
    std::string text = FormatChoices(kOrigin, SomeChoices());
    text[random() % text.size()] = static_cast<char>(random());
    const auto read = ParseChoices(kOrigin, text);
    if (read.ok()) {
      EXPECT_LE(CountOf(*read), 3);
    }
  }
}

}  // namespace
}  // namespace onebyone
