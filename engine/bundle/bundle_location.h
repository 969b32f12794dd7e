#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// The files of a bundle whose names are fixed.
inline constexpr char kModelFile[] = "model.onnx";
inline constexpr char kConfigFile[] = "model_config.textproto";
inline constexpr char kCalibrationFile[] = "calibration.textproto";  // may be absent, as may the next
inline constexpr char kReductionsFile[] = "reductions.textproto";

// Where a bundle lies and what it is called.
struct BundleLocation {
  std::string folder;  // that holds the two files
  std::string name;
  int64_t version = 1;
};

// The version that a folder's name means: digits without a leading zero, at least 1. Nothing for any other name.
std::optional<int64_t> ParseVersion(absl::string_view folder_name);

// True where the folder holds one of the two files itself.
bool HoldsBundle(const std::string& folder);

// The bundle in `folder`, or in its highest numbered subfolder that holds one. NOT_FOUND where there is none.
absl::StatusOr<BundleLocation> LocateBundle(const std::string& folder);

// All of them: the bundle in `folder`, or those in its numbered subfolders, the highest first. UNAVAILABLE where it
// cannot be read.
absl::StatusOr<std::vector<BundleLocation>> LocateVersions(const std::string& folder);

// The path of a file that the config names. INVALID_ARGUMENT, naming `field`, unless the name is that of a regular file
// in the bundle's folder itself: no folders, nothing hidden, no link that leads out.
absl::StatusOr<std::string> BundleFile(const std::string& folder, absl::string_view field, const std::string& name);

}  // namespace onebyone
