#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"

namespace onebyone::testing {

inline std::string FromEnvironment(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fallback : value;
}

// The project's root, told by ctest.
inline std::string SourceFolder() { return FromEnvironment("ONEBYONE_SOURCE", "."); }

// Where the built programs are, told by ctest.
inline std::string BinFolder() { return FromEnvironment("ONEBYONE_BIN", "build/release/bin"); }

// Networks, pictures and references that are not part of the project (ONEBYONE_SHARED, default: ../shared beside it).
inline std::string SharedFolder() {
  return FromEnvironment("ONEBYONE_SHARED", absl::StrCat(SourceFolder(), "/../shared"));
}

inline bool HasShared(const std::string& path) {
  return std::filesystem::exists(absl::StrCat(SharedFolder(), "/", path));
}

}  // namespace onebyone::testing

// Skips the test, saying what is missing, where ../shared lacks `path`.
#define SKIP_WITHOUT_SHARED(path)                                      \
  if (!::onebyone::testing::HasShared(path))                           \
  GTEST_SKIP() << ::onebyone::testing::SharedFolder() << "/" << (path) \
               << " is not there; set ONEBYONE_SHARED to the folder that holds it to run this test"
