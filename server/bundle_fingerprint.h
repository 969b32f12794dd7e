#pragma once

#include <string>

namespace onebyone {

// Changes when a file of the bundle in `folder` is added, removed or written: names, sizes, inodes and times of its
// files, links followed. Reads no content. Empty where the folder cannot be read.
std::string BundleFingerprint(const std::string& folder);

}  // namespace onebyone
