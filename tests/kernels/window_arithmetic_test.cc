#include "engine/op/window_arithmetic.h"

#include <gmock/gmock.h>

#include <limits>
#include <ostream>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::IsOkAndHolds;
using testing::StatusIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

Window WindowOf(const SpatialVector& kernel, const SpatialVector& strides = {}, const SpatialVector& dilations = {},
                const SpatialVector& pads_begin = {}, const SpatialVector& pads_end = {}) {
  return {kernel, strides, dilations, pads_begin, pads_end};
}

// One axis and the number of windows along it.
struct Case {
  int64_t extent, kernel, stride, dilation, before, after;
  int64_t floor_count, ceil_count;
};

void PrintTo(const Case& c, std::ostream* stream) {
  *stream << "extent " << c.extent << " kernel " << c.kernel << " stride " << c.stride << " dilation " << c.dilation
          << " pads " << c.before << " and " << c.after;
}

Window AxisWindow(const Case& c) { return WindowOf({c.kernel}, {c.stride}, {c.dilation}, {c.before}, {c.after}); }

class WindowCountOf : public ::testing::TestWithParam<Case> {};

TEST_P(WindowCountOf, RoundsDownOrUp) {
  const Case& c = GetParam();
  EXPECT_THAT(WindowCount(AxisWindow(c), 0, c.extent, /*ceil_mode=*/false), IsOkAndHolds(c.floor_count));
  EXPECT_THAT(WindowCount(AxisWindow(c), 0, c.extent, /*ceil_mode=*/true), IsOkAndHolds(c.ceil_count));
}

INSTANTIATE_TEST_SUITE_P(
    Axes, WindowCountOf,
    ::testing::Values(Case{224, 7, 2, 1, 3, 3, 112, 113},  // the stem of GoogLeNet
                      Case{112, 3, 2, 1, 0, 0, 55, 56},    // its pool: Caffe rounds up
                      Case{13, 3, 2, 1, 0, 0, 6, 6},       // nothing to round
                      Case{5, 1, 1, 1, 0, 0, 5, 5},        //
                      Case{5, 3, 1, 2, 0, 0, 1, 1},        // reach 5
                      Case{4, 2, 3, 1, 1, 1, 2, 2},        // 6 - 2 over 3, plus 1, is 2.3: would begin at 6
                      Case{5, 2, 4, 1, 0, 1, 2, 2},        //
                      Case{6, 1, 4, 1, 0, 4, 3, 3},        // begins behind the input, but fits the padding
                      Case{1, 1, 5, 1, 0, 1, 1, 1},        // would begin at 5, behind everything
                      Case{0, 2, 1, 1, 1, 1, 1, 1}));      // padding alone

TEST(WindowCount, RefusesAnInputThatIsSmallerThanTheWindow) {
  EXPECT_THAT(
      WindowCount(AxisWindow({4, 3, 1, 2, 0, 0, 0, 0}), 0, 4, false),
      StatusIs(kInvalid, ::testing::HasSubstr("want at least 5 elements with padding along spatial axis 0, got 4")));
}

TEST(ResolveWindow, FillsInTheDefaults) {
  ASSERT_OK_AND_ASSIGN(const Window window, ResolveWindow(Window(), {7, 8}, {3, 5}));
  EXPECT_THAT(window.kernel, ::testing::ElementsAre(3, 5));
  EXPECT_THAT(window.strides, ::testing::ElementsAre(1, 1));
  EXPECT_THAT(window.dilations, ::testing::ElementsAre(1, 1));
  EXPECT_THAT(window.pads_begin, ::testing::ElementsAre(0, 0));
  EXPECT_THAT(window.pads_end, ::testing::ElementsAre(0, 0));
}

TEST(ResolveWindow, PadsSoThatTheInputDividedByTheStrideComesOut) {
  Window window;
  window.kernel = {3, 4, 1, 2};
  window.strides = {2, 1, 3, 2};
  window.dilations = {1, 2, 1, 1};
  for (const auto mode : {Window::AutoPad::kSameUpper, Window::AutoPad::kSameLower}) {
    window.auto_pad = mode;
    ASSERT_OK_AND_ASSIGN(const Window same, ResolveWindow(window, {8, 6, 10, 5}, {}));
    const bool upper = mode == Window::AutoPad::kSameUpper;
    EXPECT_THAT(upper ? same.pads_begin : same.pads_end, ::testing::ElementsAre(0, 3, 0, 0));
    EXPECT_THAT(upper ? same.pads_end : same.pads_begin, ::testing::ElementsAre(1, 3, 0, 1));
    EXPECT_EQ(same.auto_pad, Window::AutoPad::kExplicit);
    for (const bool ceil_mode : {false, true}) {
      EXPECT_THAT(WindowedShape({2, 3, 8, 6, 10, 5}, 4, same, ceil_mode), IsOkAndHolds(Shape({2, 4, 4, 6, 4, 3})));
    }
  }
}

TEST(ResolveWindow, RefusesNumbersThatMakeNoWindow) {
  const auto resolve = [](const Window& window) { return ResolveWindow(window, {7, 8}, {}).status(); };
  const int64_t huge = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(resolve(Window()), StatusIs(kInvalid, ::testing::HasSubstr("kernel")));
  EXPECT_THAT(resolve(WindowOf({3})), StatusIs(kInvalid, ::testing::HasSubstr("kernel: want 2 numbers")));
  EXPECT_THAT(resolve(WindowOf({3, 0})), StatusIs(kInvalid, ::testing::HasSubstr("kernel: want numbers from 1")));
  EXPECT_THAT(resolve(WindowOf({1 << 20, 1 << 20})), StatusIs(kInvalid));
  EXPECT_THAT(resolve(WindowOf({3, 3}, {1, 0})), StatusIs(kInvalid, ::testing::HasSubstr("strides")));
  EXPECT_THAT(resolve(WindowOf({3, 3}, {1, 1, 1})), StatusIs(kInvalid, ::testing::HasSubstr("strides")));
  EXPECT_THAT(resolve(WindowOf({3, 3}, {}, {-1, 1})), StatusIs(kInvalid, ::testing::HasSubstr("dilations")));
  EXPECT_THAT(resolve(WindowOf({3, 3}, {}, {}, {-1, 0})), StatusIs(kInvalid, ::testing::HasSubstr("pads before")));
  EXPECT_THAT(resolve(WindowOf({3, 3}, {}, {}, {}, {0, huge})), StatusIs(kInvalid, ::testing::HasSubstr("pads after")));
  EXPECT_THAT(resolve(WindowOf({3, 3}, {huge, 1})), StatusIs(kInvalid));
  EXPECT_THAT(ResolveWindow(WindowOf({3, 3}), {7, 8}, {3, 1}), StatusIs(kInvalid, ::testing::HasSubstr("weights")));
}

TEST(ResolveWindow, RefusesAReachThatAutomaticPaddingCannotCover) {
  Window window = WindowOf({3}, {}, {int64_t{1} << 30});
  window.auto_pad = Window::AutoPad::kSameUpper;
  EXPECT_THAT(ResolveWindow(window, {8}, {}), StatusIs(kInvalid, ::testing::HasSubstr("reach")));
}

}  // namespace
}  // namespace onebyone
