// A models folder that changes while it is served.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "absl/synchronization/notification.h"
#include "server/model_description.h"
#include "server/model_registry.h"
#include "server/model_watcher.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FolderOfBundles;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TinyModel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace fs = std::filesystem;
using When = ModelRegistry::When;

class ModelReload : public ::testing::Test {
 protected:
  void Start(const std::vector<std::string>& names, int versions = 1) {
    folder_ = FolderOfBundles(names);
    ASSERT_OK_AND_ASSIGN(models_, ModelRegistry::Load({.folder = folder_, .versions = versions, .load = Loader()}));
  }
  // A model whose file says "broken" does not load; others say which state of the file was loaded.
  static ModelRegistry::LoadFunction Loader() {
    return [](const std::string& folder, PrecisionChoice,
              const CompileOptions&) -> absl::StatusOr<std::shared_ptr<const Model>> {
      std::ifstream file(folder + "/model.onnx");
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      if (text == "broken") return absl::InvalidArgumentError("model.onnx is broken");
      auto model = std::make_shared<Model>(*TinyModel());
      model->bundle.description = text;
      const std::string name = fs::path(folder).filename().string();
      if (name.size() == 1 && name[0] >= '0' && name[0] <= '9') model->bundle.version = name[0] - '0';
      return model;
    };
  }
  void Write(const std::string& bundle, const std::string& text) const {
    fs::create_directories(fs::path(folder_) / bundle);
    std::ofstream(fs::path(folder_) / bundle / "model.onnx") << text;
  }
  std::string Served(const std::string& name, int64_t version = 0) const {
    const auto model = models_->Find(name, version);
    return model.ok() ? (*model)->bundle.description : std::string(model.status().message());
  }

  std::string folder_;
  std::unique_ptr<ModelRegistry> models_;
};

TEST_F(ModelReload, OfAnUnchangedFolderDoesNothing) {
  Start({"a", "b"});
  const auto before = models_->models();
  EXPECT_FALSE(models_->Reload(When::kNow).any());
  EXPECT_EQ(models_->models(), before);
}

TEST_F(ModelReload, SwapsABundleThatHasChangedAndARequestKeepsTheOldOne) {
  Start({"a"});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> held, models_->Find("a", 0));
  Write("a", "new");
  const auto changes = models_->Reload(When::kNow);
  EXPECT_THAT(changes.loaded, SizeIs(1));
  EXPECT_THAT(changes.unloaded, ElementsAre("a version 3"));
  EXPECT_EQ(Served("a"), "new");
  EXPECT_NE(held->bundle.description, "new");
  EXPECT_TRUE(models_->FreeRetired()) << "a request holds it";
}

TEST_F(ModelReload, FreesWhatNobodyHolds) {
  Start({"a"});
  Write("a", "new");
  models_->Reload(When::kNow);
  EXPECT_FALSE(models_->FreeRetired());
}

TEST_F(ModelReload, LeavesAFileThatIsBeingWrittenForLater) {
  Start({"a"});
  Write("a", "half");
  EXPECT_FALSE(models_->Reload(When::kSettled).any());
  Write("a", "all of it");
  EXPECT_FALSE(models_->Reload(When::kSettled).any());
  EXPECT_TRUE(models_->Reload(When::kSettled).any());
  EXPECT_EQ(Served("a"), "all of it");
}

TEST_F(ModelReload, ABundleThatFailsLeavesTheOldOneServingAndSaysWhy) {
  Start({"a"});
  Write("a", "good");
  models_->Reload(When::kNow);
  Write("a", "broken");
  const auto changes = models_->Reload(When::kNow);
  EXPECT_THAT(changes.failed, SizeIs(1));
  EXPECT_EQ(Served("a"), "good");
  const v1::ModelSummary summary = Summarize(models_->entries()[0], *models_->models());
  EXPECT_TRUE(summary.ready());
  EXPECT_THAT(summary.message(), HasSubstr("broken"));
  EXPECT_FALSE(models_->Reload(When::kNow).any()) << "tried once for each state of the files";
  Write("a", "mended");
  models_->Reload(When::kNow);
  EXPECT_EQ(Served("a"), "mended");
  EXPECT_THAT(models_->entries()[0].status, IsOk());
}

TEST_F(ModelReload, VersionsAreServedSideBySideWhereAsked) {
  folder_ = FolderOfBundles({});
  for (const char* version : {"a/1", "a/2", "a/3"}) Write(version, version);
  ASSERT_OK_AND_ASSIGN(models_, ModelRegistry::Load({.folder = folder_, .versions = 2, .load = Loader()}));
  EXPECT_EQ(Served("a"), "a/3");
  EXPECT_EQ(Served("a", 2), "a/2");
  EXPECT_THAT(Served("a", 1), HasSubstr("serves version 3, 2"));
  Write("a/4", "broken");
  models_->Reload(When::kNow);
  EXPECT_EQ(Served("a"), "a/3");
  Write("a/4", "a/4");
  models_->Reload(When::kNow);
  EXPECT_EQ(Served("a"), "a/4");
  EXPECT_EQ(Served("a", 3), "a/3");
  EXPECT_THAT(Served("a", 2), HasSubstr("got 2"));
}

TEST_F(ModelReload, BundlesComeAndGo) {
  Start({"a"});
  Write("b", "b");
  models_->Reload(When::kNow);
  EXPECT_EQ(Served("b"), "b");
  fs::remove_all(folder_ + "/a");
  EXPECT_THAT(models_->Reload(When::kNow).unloaded, ElementsAre("a version 3"));
  EXPECT_THAT(models_->Find("a", 0).status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(models_->default_model(), "b");
}

TEST_F(ModelReload, AFolderThatIsGoneForAMomentIsServedOn) {
  Start({"a", "b"});
  fs::rename(fs::path(folder_) / "b", fs::path(folder_) / ".b");  // and another one is about to take its place
  EXPECT_FALSE(models_->Reload(When::kSettled).any());
  EXPECT_THAT(models_->Find("b", 0), IsOk());
  fs::rename(fs::path(folder_) / ".b", fs::path(folder_) / "b");
  EXPECT_FALSE(models_->Reload(When::kSettled).any());
  fs::remove_all(fs::path(folder_) / "b");
  EXPECT_FALSE(models_->Reload(When::kSettled).any());
  EXPECT_THAT(models_->Reload(When::kSettled).unloaded, ElementsAre("b version 3"));
  EXPECT_THAT(models_->Find("b", 0), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ModelReload, AModelThatIsAddedDoesNotBecomeTheDefault) {
  Start({"b"});
  Write("a", "new");
  ASSERT_THAT(models_->Reload(When::kNow).loaded, SizeIs(1));
  EXPECT_EQ(models_->default_model(), "b");
  fs::remove_all(fs::path(folder_) / "b");
  models_->Reload(When::kNow);
  EXPECT_EQ(models_->default_model(), "a");
}

TEST_F(ModelReload, AVersionThatDoesNotLoadAtTheStartLeavesTheOneBelowServing) {
  folder_ = FolderOfBundles({"b"});
  Write("a/1", "oldest");
  Write("a/2", "old");
  Write("a/3", "broken");
  for (const char* version : {"1", "2", "3"}) {
    std::ofstream(fs::path(folder_) / "a" / version / "model_config.textproto") << "";
  }
  ASSERT_OK_AND_ASSIGN(models_, ModelRegistry::Load({.folder = folder_, .load = Loader()}));
  EXPECT_EQ(Served("a"), "old");
  EXPECT_EQ(models_->default_model(), "a");
  ASSERT_THAT(models_->entries(), SizeIs(2));
  EXPECT_THAT(models_->entries().front().status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("broken")));
  EXPECT_FALSE(models_->Reload(When::kNow).any()) << "not tried again before its files change";
  Write("a/3", "mended");
  EXPECT_THAT(models_->Reload(When::kNow).unloaded, ElementsAre("a version 2"));
  EXPECT_EQ(Served("a"), "mended");
}

TEST_F(ModelReload, AnEmptyFolderIsTakenForAnAccident) {
  Start({"a"});
  fs::remove_all(folder_ + "/a");
  EXPECT_THAT(models_->Reload(When::kNow).problem, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(models_->Find("a", 0), IsOk());
}

TEST_F(ModelReload, AliasesFollowTheirFile) {
  Start({"a", "b"});
  std::ofstream(folder_ + "/aliases") << "stable a\n";
  models_->Reload(When::kNow);
  ASSERT_OK_AND_ASSIGN(const auto stable, models_->Find("stable", 0));
  EXPECT_EQ(stable, *models_->Find("a", 0));
  EXPECT_THAT(Summarize(models_->entries()[0], *models_->models()).aliases(), ElementsAre("stable"));
  std::ofstream(folder_ + "/aliases") << "stable b\n";
  models_->Reload(When::kNow);
  EXPECT_EQ(*models_->Find("stable", 0), *models_->Find("b", 0));
  std::ofstream(folder_ + "/aliases") << "a b\n";
  EXPECT_THAT(models_->Reload(When::kNow).problem,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("name of a model as well")));
  EXPECT_EQ(*models_->Find("stable", 0), *models_->Find("b", 0));
}

TEST_F(ModelReload, AnEmptyFileOfAliasesIsTakenForOneThatIsBeingWritten) {
  Start({"a"});
  const auto write = [this](absl::string_view text) { std::ofstream(folder_ + "/aliases") << text; };
  write("");
  EXPECT_THAT(models_->Reload(When::kNow).problem, IsOk());
  write("stable a\n");
  models_->Reload(When::kNow);
  write("");
  EXPECT_THAT(models_->Reload(When::kNow).problem, IsOk());
  EXPECT_THAT(models_->Find("stable", 0), IsOk());
  write("# none\n");
  models_->Reload(When::kNow);
  EXPECT_THAT(models_->Find("stable", 0), StatusIs(absl::StatusCode::kNotFound));
  write("stable a\n");
  models_->Reload(When::kNow);
  fs::remove(folder_ + "/aliases");
  models_->Reload(When::kNow);
  EXPECT_THAT(models_->Find("stable", 0), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ModelReload, TheWatcherLoadsWhenAskedAndTellsWhatChanged) {
  Start({"a"});
  absl::Notification changed;
  ModelWatcher watcher(*models_, absl::ZeroDuration(), [&](const ModelRegistry::Changes& changes) {
    EXPECT_THAT(changes.loaded, SizeIs(1));
    changed.Notify();
  });
  Write("a", "new");
  watcher.ReloadNow();
  changed.WaitForNotification();
  EXPECT_EQ(Served("a"), "new");
}

TEST_F(ModelReload, TheWatcherPolls) {
  Start({"a"});
  absl::Notification changed;
  ModelWatcher watcher(*models_, absl::Milliseconds(1), [&](const ModelRegistry::Changes&) { changed.Notify(); });
  Write("a", "new");
  changed.WaitForNotification();
  EXPECT_EQ(Served("a"), "new");
}

}  // namespace
}  // namespace onebyone
