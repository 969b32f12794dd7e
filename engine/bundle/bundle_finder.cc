#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/bundle/bundle.h"
#include "engine/bundle/bundle_location.h"

namespace onebyone {

absl::StatusOr<std::vector<std::string>> FindBundles(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return absl::NotFoundError(absl::StrCat(folder, ": no such folder"));

  std::vector<BundleLocation> found;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string path = entry->path().string();
    // Hidden folders are tools' own, such as the `..data` of a mounted Kubernetes volume.
    if (absl::StartsWith(entry->path().filename().string(), ".")) continue;
    absl::StatusOr<BundleLocation> location = LocateBundle(path);
    if (location.ok()) found.push_back(*std::move(location));
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": cannot be read: ", error.message()));

  std::sort(found.begin(), found.end(),
            [](const BundleLocation& a, const BundleLocation& b) { return a.name < b.name; });
  std::vector<std::string> folders;
  for (BundleLocation& location : found) folders.push_back(std::move(location.folder));
  return folders;
}

}  // namespace onebyone
