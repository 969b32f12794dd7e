#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/fuzz/require.h"

namespace onebyone::testing {

// A folder for inputs that are read as files. It goes with this object, which libFuzzer does not destroy: where it ends
// a process, the folder stays.
class ScratchFolder {
 public:
  explicit ScratchFolder(absl::string_view name)
      : path_(std::filesystem::temp_directory_path() / absl::StrCat("onebyone-fuzz-", name, "-", ::getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string path() const { return path_.string(); }

  // Writes `content` to the file `name` in it, whose path is returned.
  std::string Write(const std::string& name, absl::string_view content) const {
    const std::string file = (path_ / name).string();
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    Require(out.good(), absl::StrCat("the scratch file can be written: ", file));
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace onebyone::testing
