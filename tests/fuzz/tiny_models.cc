#include "tests/fuzz/tiny_models.h"

#include <filesystem>

#include "tests/fuzz/require.h"
#include "tests/fuzz/scratch_folder.h"
#include "tests/server/tiny_model.h"

namespace onebyone::testing {

const ModelRegistry& TinyModels() {
  static const auto* const models = [] {
    const ScratchFolder folder("models");
    std::filesystem::create_directories(folder.path() + "/tiny");
    folder.Write("tiny/model.onnx", "read by the load function");
    auto loaded = ModelRegistry::Load({.folder = folder.path(), .load = LoadTinyModels()});
    Require(loaded.ok(), "the tiny model loads");
    return loaded->release();
  }();
  return *models;
}

}  // namespace onebyone::testing
