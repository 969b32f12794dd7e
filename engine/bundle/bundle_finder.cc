#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/bundle/bundle.h"
#include "engine/bundle/bundle_location.h"

namespace onebyone {

absl::StatusOr<std::vector<std::string>> FindBundles(const std::string& folder, int versions) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return absl::NotFoundError(absl::StrCat(folder, ": no such folder"));

  std::vector<std::vector<BundleLocation>> found;  // of each name
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string path = entry->path().string();
    // Hidden folders are tools' own, such as the `..data` of a mounted Kubernetes volume.
    if (absl::StartsWith(entry->path().filename().string(), ".") || !entry->is_directory(error)) continue;
    absl::StatusOr<std::vector<BundleLocation>> locations = LocateVersions(path);
    if (locations.ok() && !locations->empty()) found.push_back(*std::move(locations));
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": cannot be read: ", error.message()));

  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a[0].name < b[0].name; });
  std::vector<std::string> folders;
  for (std::vector<BundleLocation>& locations : found) {
    if (locations.size() > static_cast<size_t>(versions)) locations.resize(versions);
    for (BundleLocation& location : locations) folders.push_back(std::move(location.folder));
  }
  return folders;
}

}  // namespace onebyone
