#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

// The corpus of a fuzzer, file by file, as an ordinary test: what was once found stays mended, without clang.

namespace {

#ifdef ONEBYONE_SANITIZED
constexpr double kMostSeconds = 20;
#else
constexpr double kMostSeconds = 2;
#endif

std::vector<std::filesystem::path> FilesOf(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// From memory of exactly the input's size, so that a sanitizer sees the first byte that is read behind it.
void RunFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(Corpus, EndsInAnAnswerOrARefusalForEveryFile) {
  const std::vector<std::filesystem::path> files = FilesOf(ONEBYONE_CORPUS);
  ASSERT_FALSE(files.empty()) << ONEBYONE_CORPUS << " is empty";
  LLVMFuzzerTestOneInput(nullptr, 0);
  for (const std::filesystem::path& path : files) {
    std::cout << path.filename().string() << std::endl;  // the last one named is the one that ended the process
    const auto begin = std::chrono::steady_clock::now();
    RunFile(path);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(seconds.count(), kMostSeconds) << path;
  }
}

}  // namespace
