#include "client/load/report/result_json.h"

#include <gmock/gmock.h>

#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/load/report/result_fields.h"
#include "tests/client/load/report/made_run.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::MadeRun;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

// Gives every field of a result a value of its own, lists two elements each.
class Filler {
 public:
  template <typename T>
  void operator()(const char* /*name*/, T& field) {
    Fill(field);
  }

  int filled() const { return next_; }

 private:
  void Fill(std::string& text) { text = absl::StrCat("text \"", ++next_, "\" <\n\xc3\xa9>"); }
  void Fill(bool& truth) { truth = ++next_ > 0; }
  void Fill(int64_t& number) { number = -(int64_t{1} << 60) - ++next_; }
  void Fill(uint64_t& number) { number = UINT64_MAX - static_cast<uint64_t>(++next_); }
  void Fill(double& number) { number = ++next_ / 3.0; }
  void Fill(LoopKind& loop) { loop = LoopKind::kOpen; }
  void Fill(StepKind& kind) { kind = StepKind::kConcurrency; }
  template <typename T>
  void Fill(std::optional<T>& value) {
    Fill(value.emplace());
  }
  template <typename T>
  void Fill(std::vector<T>& list) {
    list.resize(2);
    for (T& item : list) Fill(item);
  }
  template <typename T>
  void Fill(T& fields) {
    VisitFields(*this, fields);
  }

  int next_ = 0;
};

TEST(ResultJson, ReadsBackEveryField) {
  LoadResult result;
  Filler filler;
  VisitFields(filler, result);
  EXPECT_GT(filler.filled(), 150);
  EXPECT_NE(result, LoadResult());
  EXPECT_THAT(ParseResultJson(ResultJson(result)), IsOkAndHolds(result));
  EXPECT_THAT(ParseResultJson(ResultJsonForHtml(result)), IsOkAndHolds(result));
}

TEST(ResultJson, ReadsBackWhatIsAbsent) {
  EXPECT_THAT(ParseResultJson(ResultJson(LoadResult())), IsOkAndHolds(LoadResult()));
  EXPECT_THAT(ParseResultJson(ResultJson(MadeRun({4, 5}))), IsOkAndHolds(MadeRun({4, 5})));
}

TEST(ResultJson, HasStableNames) {
  const std::string json = ResultJson(MadeRun({4.5}));
  EXPECT_THAT(json, HasSubstr("{\n \"kind\": \"onebyone load\",\n \"schema\": 1,\n \"plan\": {\n"));
  EXPECT_THAT(json, HasSubstr("\"loop\": \"open\""));
  EXPECT_THAT(json, HasSubstr("\"good_per_s\": 199.3,\n"));
  EXPECT_THAT(json,
              HasSubstr("  {\n   \"start_ms\": 0.0,\n   \"length_ms\": 1000.0,\n   \"ok\": 200,\n   \"errors\": 0,\n"
                        "   \"offered_per_s\": 200.0,\n   \"achieved_per_s\": 200.0,\n   \"p50_ms\": 4.5,\n"
                        "   \"p90_ms\": null,\n   \"p99_ms\": null,\n   \"max_ms\": 18.0\n  }\n"));
}

TEST(ResultJson, CannotEndAScript) {
  LoadResult result;
  result.plan.pictures = "</script><b>";
  EXPECT_THAT(ResultJsonForHtml(result), Not(HasSubstr("<")));
}

TEST(ResultJson, PassesOverFieldsItDoesNotKnow) {
  const std::string json = absl::StrReplaceAll(ResultJson(MadeRun()), {{"\"sent\":", "\"invented\": {}, \"sent\":"}});
  EXPECT_THAT(ParseResultJson(json), IsOkAndHolds(MadeRun()));
}

struct Damage {
  const char* text;
  const char* with;
  const char* message;
};
class DamagedJson : public ::testing::TestWithParam<Damage> {};
TEST_P(DamagedJson, IsNamed) {
  const std::string whole = ResultJson(MadeRun({4, 5}));
  const std::string damaged = absl::StrReplaceAll(whole, {{GetParam().text, GetParam().with}});
  ASSERT_NE(damaged, whole);
  EXPECT_THAT(ParseResultJson(damaged), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().message)));
}
INSTANTIATE_TEST_SUITE_P(
    All, DamagedJson,
    ::testing::Values(
        Damage{"\"schema\": 1", "\"schema\": 2", "wanted schema 1, got 2"},
        Damage{"\"kind\": \"onebyone load\"", "\"kind\": \"other\"", "is not a result of"},
        Damage{"\"start_ms\": 1000.0", "\"start_ms\": \"soon\"", "windows[1].start_ms: wanted a number, got \"soon\""},
        Damage{"\"ok\": 200", "\"ok\": 2.5", "windows[0].ok: wanted a whole number, got 2.5"},
        Damage{"\"seed\": 7", "\"seed\": -7", "plan.seed: wanted a whole number, got -7"},
        Damage{"\"due\": 12000", "\"due\": 18446744073709551615", "due: wanted a whole number"},
        Damage{"\"loop\": \"open\"", "\"loop\": \"ajar\"", "plan.loop: wanted \"open\" or \"closed\", got \"ajar\""},
        Damage{"\"late\": 12,", "", "late: is missing"},
        Damage{"\"stable\": true", "\"stable\": 1", "warm_up.stable: wanted true or false, got 1"},
        Damage{"\"warnings\": []", "\"warnings\": {}", "warnings: wanted a list, got {}"},
        Damage{"\"model\": \"nano\"", "\"model\": null", "plan.model: wanted a text, got null"},
        Damage{"\"capacity\": null", "\"capacity\": []", "capacity: wanted an object, got []"},
        Damage{"\n}\n", "", "is not JSON"}));

TEST(ParseResultJson, RefusesWhatIsNoResult) {
  for (const char* text : {"", "{", "[]", "7", "\"onebyone load\"", "{}", "{\"kind\": \"onebyone load\"}"}) {
    EXPECT_THAT(ParseResultJson(text), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::_)) << text;
  }
}

}  // namespace
}  // namespace onebyone
