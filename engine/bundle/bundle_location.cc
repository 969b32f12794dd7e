#include "engine/bundle/bundle_location.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFileName = 255;

// Absolute, without "." and "..", without a slash at the end, links kept: a name is what the operator called the
// folder.
fs::path Plain(const std::string& folder) {
  std::error_code error;
  fs::path path = fs::absolute(folder, error).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  return path;
}

BundleLocation Describe(const fs::path& folder) {
  BundleLocation location = {.folder = folder.string(), .name = folder.filename().string()};
  if (const std::optional<int64_t> version = ParseVersion(location.name)) {
    location.version = *version;
    location.name = folder.parent_path().filename().string();
  }
  return location;
}

}  // namespace

std::optional<int64_t> ParseVersion(absl::string_view folder_name) {
  int64_t version = 0;
  for (const char c : folder_name) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
  }
  if (folder_name.empty() || folder_name[0] == '0' || !absl::SimpleAtoi(folder_name, &version)) return std::nullopt;
  return version;
}

bool HoldsBundle(const std::string& folder) {
  std::error_code error;
  return fs::exists(fs::path(folder) / kConfigFile, error) || fs::exists(fs::path(folder) / kModelFile, error);
}

absl::StatusOr<std::vector<BundleLocation>> LocateVersions(const std::string& folder) {
  const fs::path path = Plain(folder);
  if (HoldsBundle(path.string())) return std::vector<BundleLocation>{Describe(path)};
  std::vector<BundleLocation> versions;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (!ParseVersion(entry->path().filename().string()) || !HoldsBundle(entry->path().string())) continue;
    versions.push_back(Describe(entry->path()));
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": cannot be read: ", error.message()));
  std::sort(versions.begin(), versions.end(),
            [](const BundleLocation& a, const BundleLocation& b) { return a.version > b.version; });
  return versions;
}

absl::StatusOr<BundleLocation> LocateBundle(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return absl::NotFoundError(absl::StrCat(folder, ": no such folder"));
  ASSIGN_OR_RETURN(std::vector<BundleLocation> versions, LocateVersions(folder));
  if (!versions.empty()) return std::move(versions.front());
  return absl::NotFoundError(absl::StrCat(folder, ": no bundle: want ", kModelFile, " and ", kConfigFile,
                                          " here or in a folder whose name is a version number"));
}

absl::StatusOr<std::string> BundleFile(const std::string& folder, absl::string_view field, const std::string& name) {
  const auto wrong = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, ": ", what, ", got '", absl::CEscape(name.substr(0, kMaxFileName)), "'"));
  };
  if (name.empty()) return wrong("want a file name");
  if (name.size() > kMaxFileName || name[0] == '.' || name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos) {
    return wrong("want the name of a file in the bundle's own folder, without '/' and without a dot before it");
  }
  const fs::path path = fs::path(folder) / name;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return wrong("no such file in the bundle");
  const fs::path real = fs::canonical(path, error);
  const fs::path home = error ? fs::path() : fs::canonical(folder, error);
  if (error || !absl::StartsWith(real.string(), absl::StrCat(home.string(), "/"))) {
    return wrong("want a file inside the bundle, not a link that leads out of it");
  }
  return path.string();
}

}  // namespace onebyone
