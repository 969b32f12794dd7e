#include "engine/workbench/golden_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/workbench/layer_choice.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;

// The name that a file name tells the layer by; empty where there is none.
std::string LayerOf(const std::string& file_part, const Model& model) {
  for (const LayerInfo& layer : model.compiled->layers()) {
    if (LayerFileName(layer.name) == file_part) return layer.name;
  }
  return model.ResolveLayer(file_part).ok() ? file_part : "";
}

// `<name>.<layer>.npy`, where either part may hold dots.
absl::StatusOr<Golden> GoldenOf(const fs::path& output, const Model& model, double tolerance) {
  const std::string stem = output.stem().string();
  std::error_code error;
  bool has_picture = false;
  for (size_t dot = stem.find('.'); dot != std::string::npos; dot = stem.find('.', dot + 1)) {
    const fs::path image = output.parent_path() / "inputs" / absl::StrCat(stem.substr(0, dot), ".png");
    if (!fs::exists(image, error)) continue;
    has_picture = true;
    const std::string layer = LayerOf(stem.substr(dot + 1), model);
    if (!layer.empty()) {
      return Golden{.image = image.string(), .layer = layer, .output = output.string(), .tolerance = tolerance};
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      output.string(), ": want <name>.<layer>.npy, got a name that tells no ",
      has_picture ? absl::StrCat("layer of model '", model.bundle.name, "'") : "picture inputs/<name>.png"));
}

}  // namespace

absl::StatusOr<std::vector<Golden>> FindGoldens(const std::string& folder, const Model& model, double tolerance) {
  std::error_code error;
  std::vector<fs::path> outputs;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".npy") outputs.push_back(entry->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder, ": cannot be read: ", error.message()));
  if (outputs.empty()) return absl::NotFoundError(absl::StrCat(folder, ": want files <name>.<layer>.npy, got none"));
  std::sort(outputs.begin(), outputs.end());

  std::vector<Golden> goldens;
  for (const fs::path& output : outputs) {
    ASSIGN_OR_RETURN(Golden golden, GoldenOf(output, model, tolerance));
    goldens.push_back(std::move(golden));
  }
  return goldens;
}

}  // namespace onebyone
