#include "engine/workbench/moment_collection.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "engine/workbench/fit_checkpoint.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"
#include "tests/workbench/small_pictures.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::SizeIs;
using testing::SmallBmp;
using testing::StatusIs;
using testing::TemporaryFolder;
using testing::WriteSmallPictures;

std::shared_ptr<const Model> SmallModel() {
  Bundle bundle;
  bundle.sha256 = "5ha";
  bundle.preprocess = {.width = 16, .height = 16, .resize_shorter_side = 16, .scale = 1.0F / 255};
  auto model = MakeModel(bundle,
                         GraphBuilder()
                             .Input("image", {1, 3, 16, 16})
                             .Conv("conv", "image", 8, {.kernel = 3, .stride = 2, .pad = 1})
                             .GlobalAveragePool("pool", "conv")
                             .Output("pool")
                             .Build(),
                         {.convolution = CompileOptions::Convolution::kExact});
  EXPECT_THAT(model, IsOk());
  return *model;
}

class CollectMomentsTest : public ::testing::Test {
 protected:
  absl::Status Collect(const CollectionOptions& options, CollectedMoments& collected,
                       const Cancellation& cancellation = Cancellation()) {
    CollectionOptions both = options;
    both.layers = {"conv", "pool"};
    return CollectMoments(model_, files_, both, cancellation, progress_, collected);
  }

  const std::shared_ptr<const Model> model_ = SmallModel();
  const TemporaryFolder folder_;
  std::vector<std::string> files_ = WriteSmallPictures(folder_, "pictures", 13);
  Progress progress_{nullptr};
};

void ExpectSame(const CollectedMoments& got, const CollectedMoments& wanted) {
  EXPECT_EQ(got.files, wanted.files);
  ASSERT_EQ(got.layers.size(), wanted.layers.size());
  for (size_t i = 0; i < got.layers.size(); ++i) {
    EXPECT_EQ(got.layers[i].images, wanted.layers[i].images);
    EXPECT_EQ(got.layers[i].pooled, wanted.layers[i].pooled);
    EXPECT_EQ(got.layers[i].moments.pixels, wanted.layers[i].moments.pixels);
    EXPECT_EQ(got.layers[i].moments.mean, wanted.layers[i].moments.mean);  // to the last bit, as the next
    EXPECT_EQ(got.layers[i].moments.scatter, wanted.layers[i].moments.scatter);
  }
}

TEST_F(CollectMomentsTest, GivesTheSameBitsForAnyNumberOfThreads) {
  CollectedMoments wanted;
  ASSERT_THAT(Collect({.threads = 1}, wanted), IsOk());
  EXPECT_EQ(wanted.layers[0].moments.pixels, 13 * 64);
  EXPECT_EQ(wanted.layers[1].moments.pixels, 13);
  EXPECT_THAT(wanted.layers[0].pooled, SizeIs(13 * 8));
  for (const int threads : {2, 5, 20}) {
    CollectedMoments got;
    ASSERT_THAT(Collect({.threads = threads}, got), IsOk());
    ExpectSame(got, wanted);
  }
}

TEST_F(CollectMomentsTest, GoesOnAfterAnInterruptionAsIfThereHadBeenNone) {
  CollectedMoments wanted;
  ASSERT_THAT(Collect({.threads = 1}, wanted), IsOk());
  for (const int threads : {1, 3}) {
    Cancellation cancellation;
    int calls = 0;
    CollectionOptions options = {.threads = threads, .checkpoint_period = absl::ZeroDuration()};
    options.checkpoint = [&](const CollectedMoments& so_far) {
      if (++calls == 5) cancellation.Cancel();
      EXPECT_EQ(so_far.files, calls);
      return absl::OkStatus();
    };
    CollectedMoments interrupted;
    EXPECT_THAT(Collect(options, interrupted, cancellation), StatusIs(absl::StatusCode::kCancelled));
    EXPECT_GE(interrupted.files, 5);
    EXPECT_LT(interrupted.files, 13);
    const std::string path = folder_ / "checkpoint";
    ASSERT_THAT(WriteFitCheckpoint(path, "print", interrupted), IsOk());
    ASSERT_OK_AND_ASSIGN(CollectedMoments resumed, ReadFitCheckpoint(path, "print"));
    ASSERT_THAT(Collect({.threads = 2}, resumed), IsOk());
    ExpectSame(resumed, wanted);
  }
}

TEST_F(CollectMomentsTest, SkipsAndNotesWhatIsNoPicture) {
  CollectedMoments wanted;
  ASSERT_THAT(Collect({.threads = 1}, wanted), IsOk());
  const std::string text = folder_.Write("pictures/notes.txt", "no picture");
  const std::string cut = folder_.Write("pictures/cut.bmp", SmallBmp(16, 3).substr(0, 200));
  files_.insert(files_.begin(), text);
  files_.insert(files_.begin() + 7, cut);
  CollectedMoments got;
  ASSERT_THAT(Collect({.threads = 3}, got), IsOk());
  EXPECT_EQ(got.files, 15);
  ASSERT_THAT(got.skipped, SizeIs(2));
  EXPECT_EQ(got.skipped[0].path, text);
  EXPECT_EQ(got.skipped[1].path, cut);
  EXPECT_NE(got.skipped[1].reason, "");
  got.files = 13;
  ExpectSame(got, wanted);
}

TEST_F(CollectMomentsTest, EndsWithTheErrorOfACheckpoint) {
  CollectionOptions options = {.threads = 3, .checkpoint_period = absl::ZeroDuration()};
  options.checkpoint = [](const CollectedMoments&) { return absl::UnavailableError("the disk is full"); };
  CollectedMoments collected;
  EXPECT_THAT(Collect(options, collected), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("disk is full")));
}

TEST_F(CollectMomentsTest, CheckpointsOfOtherFitsAndOtherBytesAreRefused) {
  const std::string path = folder_ / "checkpoint";
  EXPECT_THAT(ReadFitCheckpoint(path, "print"), StatusIs(absl::StatusCode::kNotFound));
  CollectedMoments collected;
  ASSERT_THAT(Collect({.threads = 1}, collected), IsOk());
  ASSERT_THAT(WriteFitCheckpoint(path, "print", collected), IsOk());
  EXPECT_THAT(ReadFitCheckpoint(path, "other"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("checkpoint: it is of another fit")));
  const std::string whole = testing::ReadWhole(path);
  for (const size_t length : {size_t{1}, whole.size() / 2, whole.size() - 9}) {
    folder_.Write("checkpoint", whole.substr(0, length));
    EXPECT_THAT(ReadFitCheckpoint(path, "print"), StatusIs(absl::StatusCode::kInvalidArgument)) << length;
  }
  collected.layers[0].moments.scatter.pop_back();
  ASSERT_THAT(WriteFitCheckpoint(path, "print", collected), IsOk());
  EXPECT_THAT(ReadFitCheckpoint(path, "print"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CollectMomentsTest, FingerprintsTellWhatDecidesTheOutcome) {
  const Bundle& bundle = model_->bundle;
  const std::string print = *FingerprintOf(bundle, {"conv"}, files_);
  EXPECT_EQ(*FingerprintOf(bundle, {"conv"}, files_), print);
  EXPECT_NE(*FingerprintOf(bundle, {"pool"}, files_), print);
  EXPECT_NE(*FingerprintOf(bundle, {"conv"}, {files_.front()}), print);
  Bundle other = bundle;
  other.preprocess.filter = ResizeFilter::kArea;
  EXPECT_NE(*FingerprintOf(other, {"conv"}, files_), print);
  folder_.Write("pictures/00.bmp", SmallBmp(20, 1));
  EXPECT_NE(*FingerprintOf(bundle, {"conv"}, files_), print);
}

}  // namespace
}  // namespace onebyone
