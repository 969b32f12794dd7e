#include "engine/verification/golden_check.h"

#include <gmock/gmock.h>

#include <limits>

#include "engine/base/npy.h"
#include "engine/verification/picture_runner.h"
#include "tests/bundle/bundle_files.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TinyModel;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kLayer[] = "embedding";

class VerifyModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    picture_ = folder_.Write("picture.png", testing::EncodedPicture(32, 32));
    ASSERT_OK_AND_ASSIGN(const auto runner,
                         PictureRunner::Create(TinyModel(), {{.layer = kLayer}}, InputFit::kNoResize));
    ASSERT_THAT(runner->Run(picture_), IsOk());
    const ConstTensorView map = runner->Map(0);
    answer_.assign(map.As<float>(), map.As<float>() + map.shape.Elements());
  }

  // A model whose one golden is `answer`.
  std::shared_ptr<const Model> WithGolden(const std::vector<float>& answer) const {
    auto model = std::make_shared<Model>(*TinyModel());
    const std::string npy =
        folder_.Write("answer.npy", testing::FloatNpy({static_cast<int64_t>(answer.size())}, answer));
    model->bundle.goldens = {{.image = picture_, .layer = kLayer, .output = npy, .tolerance = 1e-4}};
    return model;
  }

  const testing::TemporaryFolder folder_;
  std::string picture_;
  std::vector<float> answer_;
};

TEST_F(VerifyModelTest, LetsAModelThroughThatAnswersItsGoldens) {
  EXPECT_THAT(VerifyModel(WithGolden(answer_)), IsOk());
  EXPECT_THAT(VerifyModel(TinyModel()), IsOk()) << "without any";
}

TEST_F(VerifyModelTest, NamesTheGoldenThatItAnswersOtherwise) {
  answer_.back() += 1;
  EXPECT_THAT(VerifyModel(WithGolden(answer_)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("layer 'embedding' of picture.png"), HasSubstr("at most 0.0001"))));
}

TEST_F(VerifyModelTest, TakesNoNanForAnAnswer) {
  answer_.front() = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(VerifyModel(WithGolden(answer_)), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(VerifyModelTest, TellsWhichFileIsNotThere) {
  auto model = std::make_shared<Model>(*WithGolden(answer_));
  model->bundle.goldens.front().image = folder_ / "none.png";
  EXPECT_THAT(VerifyModel(model), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.png")));
}

}  // namespace
}  // namespace onebyone
