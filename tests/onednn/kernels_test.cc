#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/kernels/onednn/threads.h"
#include "engine/kernels/pool/blocked_max_pool.h"
#include "engine/kernels/reference_kernels.h"
#include "engine/tensor/half.h"
#include "tests/onednn/kernel_runner.h"

// Each oneDNN kernel beside the plain reference of its operator.

namespace onebyone {
namespace {

using testing::IsOk;
using testing::RandomTensor;
using testing::RunInLayout;
using testing::StatusIs;

Tensor Reference(OpType op, const Attributes& attributes, const std::vector<Tensor>& inputs, const Shape& output) {
  Tensor result = *Tensor::Create(DataType::kFloat32, output);
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  EXPECT_THAT(RunReference(op, attributes, views, {result.view()}), IsOk());
  return result;
}

void ExpectNear(const Tensor& got, const Tensor& wanted, float tolerance) {
  ASSERT_EQ(got.shape(), wanted.shape());
  float largest = 0.0F;
  float difference = 0.0F;
  for (int64_t i = 0; i < got.elements(); ++i) {
    largest = std::max(largest, std::abs(wanted.As<float>()[i]));
    difference = std::max(difference, std::abs(wanted.As<float>()[i] - got.As<float>()[i]));
  }
  EXPECT_GT(largest, 0.0F);
  EXPECT_LE(difference, tolerance * largest);
}

class InEitherLayout : public ::testing::TestWithParam<Layout> {
 protected:
  const ScopedThreads one_thread_{1};
};

TEST_P(InEitherLayout, PoolsEqualTheReference) {
  struct Form {
    OpType op;
    PoolSpec::Kind kind;
    bool count_include_pad;
  };
  for (const Form& form : {Form{OpType::kMaxPool, PoolSpec::Kind::kMax, false},
                           Form{OpType::kAveragePool, PoolSpec::Kind::kAverageWithPadding, true},
                           Form{OpType::kAveragePool, PoolSpec::Kind::kAverageWithoutPadding, false}}) {
    PoolAttributes attributes;
    attributes.window = {{3, 2}, {2, 1}, {1, 1}, {1, 0}, {1, 1}, Window::AutoPad::kExplicit};
    attributes.count_include_pad = form.count_include_pad;
    const Tensor src = RandomTensor({2, 24, 11, 9}, 1);
    const Shape dst = {2, 24, 6, 9};
    const auto kernel = MakePool({form.kind, src.shape(), dst, attributes.window, GetParam()});
    ASSERT_THAT(kernel, IsOk());
    ExpectNear(RunInLayout(**kernel, {src}, GetParam(), dst, GetParam()), Reference(form.op, attributes, {src}, dst),
               1e-6F);
  }
}

// Our own kernel beside oneDNN's: overlapping, rounded up, padded and one-sided windows, channels that fill no block.
TEST(BlockedMaxPool, EqualsTheReferenceInFloat32AndBFloat16) {
  struct Form {
    int64_t channels, height, width, kernel, stride, pad, out_height, out_width;
  };
  for (const Form& form : {Form{32, 14, 14, 3, 1, 1, 14, 14}, Form{24, 16, 12, 3, 2, 0, 8, 6},
                           Form{16, 9, 9, 2, 2, 1, 5, 5}, Form{40, 7, 5, 5, 3, 2, 3, 3}}) {
    PoolAttributes attributes;
    attributes.window = {{form.kernel, form.kernel}, {form.stride, form.stride}, {1, 1},
                         {form.pad, form.pad},       {form.pad, form.pad},       Window::AutoPad::kExplicit};
    attributes.ceil_mode = true;
    Tensor src = RandomTensor({2, form.channels, form.height, form.width}, 1);
    for (int64_t i = 0; i < src.elements(); ++i) src.As<float>()[i] = ToFloat(ToBFloat16(src.As<float>()[i]));
    const Shape dst = {2, form.channels, form.out_height, form.out_width};
    const Tensor wanted = Reference(OpType::kMaxPool, attributes, {src}, dst);
    for (const DataType type : {DataType::kFloat32, DataType::kBFloat16}) {
      const bool is_float = type == DataType::kFloat32;
      const auto kernel = MakeBlockedMaxPool({src.shape(), dst, attributes.window, ChannelBlock(), type});
      ASSERT_THAT(kernel, IsOk());
      const Layout layout = is_float ? Layout::kBlocked : Layout::kBlockedBFloat16;
      if (absl::IsUnimplemented(MakeReorder(dst, Layout::kPlain, layout).status())) continue;  // no bfloat16 at all
      ExpectNear(RunInLayout(**kernel, {src}, layout, dst, layout), wanted, 0.0F);
    }
  }
}

TEST(BlockedMaxPool, LeavesWindowsThatLieInThePaddingToOthers) {
  const Window window = {{2, 2}, {2, 2}, {1, 1}, {2, 2}, {0, 0}, Window::AutoPad::kExplicit};
  EXPECT_THAT(MakeBlockedMaxPool({{1, 16, 4, 4}, {1, 16, 3, 3}, window, 16, DataType::kFloat32}),
              StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_P(InEitherLayout, MaxPoolRoundsUpWithCeilMode) {
  PoolAttributes attributes;
  attributes.window = {{3, 3}, {2, 2}, {1, 1}, {0, 0}, {0, 0}, Window::AutoPad::kExplicit};
  attributes.ceil_mode = true;
  const Tensor src = RandomTensor({1, 32, 14, 14}, 1);
  const Shape dst = {1, 32, 7, 7};
  const auto kernel = MakePool({PoolSpec::Kind::kMax, src.shape(), dst, attributes.window, GetParam()});
  ASSERT_THAT(kernel, IsOk());
  ExpectNear(RunInLayout(**kernel, {src}, GetParam(), dst, GetParam()),
             Reference(OpType::kMaxPool, attributes, {src}, dst), 1e-6F);
}

TEST_P(InEitherLayout, LrnEqualsTheReference) {
  const LrnAttributes attributes = {5, 0.3F, 0.75F, 1.5F};
  const Tensor src = RandomTensor({1, 64, 7, 5}, 1);
  const auto kernel = MakeLrn(attributes, src.shape(), GetParam());
  ASSERT_THAT(kernel, IsOk());
  ExpectNear(RunInLayout(**kernel, {src}, GetParam(), src.shape(), GetParam()),
             Reference(OpType::kLrn, attributes, {src}, src.shape()), 1e-5F);
}

TEST_P(InEitherLayout, ActivationsEqualTheReference) {
  const Tensor src = RandomTensor({1, 20, 6, 5}, 1);
  const std::pair<OpType, Activation> cases[] = {
      {OpType::kRelu, {Activation::Kind::kRelu}},
      {OpType::kLeakyRelu, {Activation::Kind::kLeakyRelu, 0.1F}},
      {OpType::kClip, {Activation::Kind::kClip, 0.0F, -0.25F, 0.5F}},
      {OpType::kSigmoid, {Activation::Kind::kSigmoid}},
  };
  for (const auto& [op, activation] : cases) {
    const auto kernel = MakeActivation(activation, src.shape(), GetParam());
    ASSERT_THAT(kernel, IsOk());
    ExpectNear(RunInLayout(**kernel, {src}, GetParam(), src.shape(), GetParam()),
               Reference(op, ActivationAttributes{activation}, {src}, src.shape()), 1e-6F);
  }
}

TEST_P(InEitherLayout, BinaryEqualsTheReferenceAndBroadcasts) {
  const Tensor a = RandomTensor({1, 40, 6, 5}, 1);
  for (const Shape& shape : {Shape{1, 40, 6, 5}, Shape{1, 40, 1, 1}, Shape{1, 1, 1, 1}}) {
    const Tensor b = RandomTensor(shape, 2);
    const auto sum = MakeBinary(BinaryOp::kAdd, a.shape(), shape, GetParam());
    const auto product = MakeBinary(BinaryOp::kMul, a.shape(), shape, GetParam());
    ASSERT_THAT(sum, IsOk());
    ASSERT_THAT(product, IsOk());
    ExpectNear(RunInLayout(**sum, {a, b}, GetParam(), a.shape(), GetParam()),
               Reference(OpType::kAdd, {}, {a, b}, a.shape()), 1e-6F);
    ExpectNear(RunInLayout(**product, {a, b}, GetParam(), a.shape(), GetParam()),
               Reference(OpType::kMul, {}, {a, b}, a.shape()), 1e-6F);
  }
}

TEST_P(InEitherLayout, ConcatEqualsTheReference) {
  const Tensor a = RandomTensor({2, 32, 5, 5}, 1);
  const Tensor b = RandomTensor({2, 20, 5, 5}, 2);
  const Shape dst = {2, 52, 5, 5};
  const auto kernel = MakeConcat({a.shape(), b.shape()}, dst, GetParam());
  ASSERT_THAT(kernel, IsOk());
  ExpectNear(RunInLayout(**kernel, {a, b}, GetParam(), dst, GetParam()),
             Reference(OpType::kConcat, AxisAttributes{1}, {a, b}, dst), 0.0F);
}

TEST_P(InEitherLayout, BatchNormalizationEqualsTheReference) {
  const Tensor src = RandomTensor({2, 20, 6, 5}, 1);
  const Tensor scale = RandomTensor({20}, 2);
  const Tensor bias = RandomTensor({20}, 3);
  const Tensor mean = RandomTensor({20}, 4);
  Tensor variance = RandomTensor({20}, 5);
  for (int i = 0; i < 20; ++i) variance.As<float>()[i] = std::abs(variance.As<float>()[i]) + 0.1F;
  const auto kernel = MakeBatchNormalization(1e-3F, src.shape(), GetParam(), scale, bias, mean, variance);
  ASSERT_THAT(kernel, IsOk());
  ExpectNear(RunInLayout(**kernel, {src}, GetParam(), src.shape(), GetParam()),
             Reference(OpType::kBatchNormalization, BatchNormalizationAttributes{1e-3F},
                       {src, scale, bias, mean, variance}, src.shape()),
             1e-5F);
}

INSTANTIATE_TEST_SUITE_P(Onednn, InEitherLayout, ::testing::Values(Layout::kPlain, Layout::kBlocked),
                         [](const auto& param) { return param.param == Layout::kPlain ? "Plain" : "Blocked"; });

TEST(OnednnDense, EqualsTheReferenceWithWeightsEitherWay) {
  const ScopedThreads one_thread(1);
  const Tensor src = RandomTensor({3, 70}, 1);
  const auto bias = std::make_shared<const Tensor>(RandomTensor({33}, 2));
  for (const bool transposed : {false, true}) {
    const auto weights = std::make_shared<const Tensor>(RandomTensor(transposed ? Shape{70, 33} : Shape{33, 70}, 3));
    WeightCache cache;
    const auto kernel = MakeDense(3, weights, transposed, bias, Layout::kPlain, cache);
    ASSERT_THAT(kernel, IsOk());
    const GemmAttributes gemm = {1.0F, 1.0F, false, !transposed};
    ExpectNear(RunInLayout(**kernel, {src}, Layout::kPlain, {3, 33}, Layout::kPlain),
               Reference(OpType::kGemm, gemm, {src, *weights, *bias}, {3, 33}), 1e-5F);
  }
}

TEST(OnednnLrn, LeavesEvenWindowsToTheReference) {
  EXPECT_THAT(MakeLrn({4, 1e-4F, 0.75F, 1.0F}, {1, 16, 4, 4}, Layout::kBlocked),
              StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace onebyone
