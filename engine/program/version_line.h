#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace onebyone {

// A library that a program runs with, by the version of what is loaded, not of the headers.
struct LoadedLibrary {
  std::string name;     // "gRPC"
  std::string version;  // "1.51.1"
};

// What --version prints, without a line's end: "onebyone 0.1.0 (commit 1a2b3c4, GNU 12.2.0 Release; gRPC 1.51.1)".
std::string VersionLine(absl::string_view program, absl::Span<const LoadedLibrary> libraries);

}  // namespace onebyone
