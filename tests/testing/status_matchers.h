#pragma once

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Matchers for absl::Status and absl::StatusOr (Abseil 20220623 ships none).

namespace onebyone::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// EXPECT_THAT(result, IsOk())
MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("channels")))
MATCHER_P2(StatusIs, code, message,
           "has code " + absl::StatusCodeToString(code) + " and a message that " +
               ::testing::DescribeMatcher<std::string>(message)) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         ::testing::ExplainMatchResult(message, std::string(StatusOf(arg).message()), result_listener);
}
inline auto StatusIs(absl::StatusCode code) { return StatusIs(code, ::testing::_); }

// EXPECT_THAT(result, IsOkAndHolds(matcher of the value))
MATCHER_P(IsOkAndHolds, matcher, "is OK and holds the value") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(matcher, *arg, result_listener);
}

}  // namespace onebyone::testing

#define ONEBYONE_ASSERT_OK_AND_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                                           \
  ASSERT_THAT(result, ::onebyone::testing::IsOk());                     \
  target = *std::move(result)
#define ONEBYONE_TEST_CONCAT_INNER(a, b) a##b
#define ONEBYONE_TEST_CONCAT(a, b) ONEBYONE_TEST_CONCAT_INNER(a, b)

// Assigns the value of a StatusOr, or fails the test with its status.
#define ASSERT_OK_AND_ASSIGN(target, expression) \
  ONEBYONE_ASSERT_OK_AND_ASSIGN_INNER(ONEBYONE_TEST_CONCAT(onebyone_result_, __LINE__), target, expression)
