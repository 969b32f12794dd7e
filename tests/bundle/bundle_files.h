#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/npy.h"

namespace onebyone::testing {

// A folder of its own for one test, removed at its end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "onebyone_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

  // Writes a file, with the folders that it lies in, and returns its path.
  std::string Write(absl::string_view name, absl::string_view content) const {
    const std::string path = *this / name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private:
  std::string path_;
};

inline std::string ReadWhole(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

// A .npy file of float32 elements.
inline std::string FloatNpy(absl::Span<const int64_t> shape, const std::vector<float>& elements) {
  return FormatNpy("<f4", shape, {reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(float)});
}

// The least that a config must say.
inline constexpr char kLeastConfig[] = "preprocessing { width: 32 height: 32 }\n";

// A folder with a bundle whose config is `config`.
inline void WriteBundleFiles(const TemporaryFolder& folder, absl::string_view name, absl::string_view config) {
  folder.Write(absl::StrCat(name, "/model_config.textproto"), config);
  folder.Write(absl::StrCat(name, "/model.onnx"), "abc");
}

}  // namespace onebyone::testing
