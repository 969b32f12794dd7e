#include "server/bundle_fingerprint.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace onebyone {

std::string BundleFingerprint(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    struct stat state {};
    if (stat(entry->path().c_str(), &state) != 0 || !S_ISREG(state.st_mode)) continue;
    files.push_back(absl::StrCat(entry->path().filename().string(), " ", state.st_size, " ", state.st_ino, " ",
                                 state.st_mtim.tv_sec, ".", state.st_mtim.tv_nsec));
  }
  if (error) return "";
  std::sort(files.begin(), files.end());
  return absl::StrJoin(files, "\n");
}

}  // namespace onebyone
