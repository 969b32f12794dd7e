#include <gmock/gmock.h>

#include <limits>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Absent;
using testing::Compute;
using testing::Counting;
using testing::Floats;
using testing::Holds;
using testing::StatusIs;
using testing::TensorOf;

using Mode = PadAttributes::Mode;

TEST(ReferencePad, SurroundsWithTheConstantOfTheAttribute) {
  const PadAttributes attributes{Mode::kConstant, {0, 1}, {1, 2}, 7.0F};
  EXPECT_THAT(Compute(OpType::kPad, attributes, {Floats({2, 2}, {1, 2, 3, 4})}, Shape({3, 5})),
              Holds({7, 1, 2, 7, 7, 7, 3, 4, 7, 7, 7, 7, 7, 7, 7}));
}

TEST(ReferencePad, PrefersTheConstantOfTheSecondInput) {
  const PadAttributes attributes{Mode::kConstant, {1}, {0}, 7.0F};
  const Tensor x = TensorOf(DataType::kInt64, {1}, {1});
  Tensor value = TensorOf(DataType::kInt64, {}, {0});
  value.As<int64_t>()[0] = std::numeric_limits<int64_t>::max();  // no float holds it
  ASSERT_OK_AND_ASSIGN(const Tensor padded, Compute(OpType::kPad, attributes, {x, value}, Shape({2})));
  EXPECT_EQ(padded.As<int64_t>()[0], std::numeric_limits<int64_t>::max());
  EXPECT_THAT(Compute(OpType::kPad, attributes, {x, Absent()}, Shape({2})), Holds({7, 1}));
}

TEST(ReferencePad, FitsTheConstantToEveryType) {
  for (const DataType type : testing::AllTypes()) {
    const double wanted = type == DataType::kBool ? 1 : 3;
    EXPECT_THAT(
        Compute(OpType::kPad, PadAttributes{Mode::kConstant, {0}, {1}, 3.0F}, {TensorOf(type, {1}, {0})}, Shape({2})),
        Holds({0, wanted}))
        << NameOf(type);
  }
}

TEST(ReferencePad, MirrorsAboutTheOutermostElement) {
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kReflect, {1, 2}, {1, 2}}, {Floats({2, 3}, Counting(6))},
                      Shape({4, 7})),
              Holds({5, 4, 3, 4, 5, 4, 3, 2, 1, 0, 1, 2, 1, 0, 5, 4, 3, 4, 5, 4, 3, 2, 1, 0, 1, 2, 1, 0}));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kReflect, {5}, {4}}, {Floats({3}, Counting(3))}, Shape({12})),
              Holds({1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2}));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kReflect, {2}, {1}}, {Floats({1}, {9})}, Shape({4})),
              Holds({9, 9, 9, 9}));
}

TEST(ReferencePad, RepeatsTheOutermostElement) {
  EXPECT_THAT(
      Compute(OpType::kPad, PadAttributes{Mode::kEdge, {1, 2}, {0, 1}}, {Floats({2, 3}, Counting(6))}, Shape({3, 6})),
      Holds({0, 0, 0, 1, 2, 2, 0, 0, 0, 1, 2, 2, 3, 3, 3, 4, 5, 5}));
}

TEST(ReferencePad, CutsByNegativeNumbersFirst) {
  const Tensor x = Floats({5}, {1, 2, 3, 4, 5});
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {-1}, {-2}}, {x}, Shape({2})), Holds({2, 3}));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {-2}, {2}}, {x}, Shape({5})),
              Holds({3, 4, 5, 0, 0}));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kEdge, {2}, {-2}}, {x}, Shape({5})), Holds({1, 1, 1, 2, 3}));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kReflect, {3}, {-2}}, {x}, Shape({6})),
              Holds({2, 3, 2, 1, 2, 3}));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {-3}, {-2}}, {x}, Shape({0})), Holds({}));
}

TEST(ReferencePad, FillsAnInputWithoutElementsByConstantsOnly) {
  const Tensor none = Floats({0, 1}, {});
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {1, 1}, {1, 0}, 5.0F}, {none}, Shape({2, 2})),
              Holds({5, 5, 5, 5}));
  for (const Mode mode : {Mode::kEdge, Mode::kReflect}) {
    EXPECT_THAT(Compute(OpType::kPad, PadAttributes{mode, {1, 0}, {0, 0}}, {none}, Shape({1, 1})),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(ReferencePad, RefusesNumbersThatDoNotFit) {
  const Tensor x = Floats({2}, {1, 2});
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {1, 1}, {0}}, {x}, Shape({3})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {-3}, {2}}, {x}, Shape({1})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {std::numeric_limits<int64_t>::min()}, {0}}, {x},
                      Shape({1})),
              StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kPad, PadAttributes{Mode::kConstant, {1}, {0}}, {x, Floats({2}, {1, 2})}, Shape({3})),
              StatusIs(invalid, ::testing::HasSubstr("constant value")));
}

}  // namespace
}  // namespace onebyone
