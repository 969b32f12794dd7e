#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bundle/bundle_files.h"

namespace onebyone::testing {

// A BMP file of 24 bits of side x side pixels that differ by `seed`; `side` is a multiple of 4.
inline std::string SmallBmp(int side, uint32_t seed) {
  const auto number = [](uint32_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    return bytes;
  };
  const auto pixels = static_cast<uint32_t>(side * side * 3);
  std::string file = absl::StrCat("BM", number(54 + pixels), number(0), number(54));
  const auto extent = static_cast<uint32_t>(side);
  absl::StrAppend(&file, number(40), number(extent), number(extent), number(1U | 24U << 16), number(0), number(pixels));
  file.append(16, '\0');
  uint32_t state = seed * 2654435761U + 1U;
  for (uint32_t i = 0; i < pixels; ++i) {
    state = state * 1664525U + 1013904223U;
    file.push_back(static_cast<char>(state >> 24));
  }
  return file;
}

// Writes `count` such pictures as <folder>/00.bmp, 01.bmp, ... and returns their paths in order.
inline std::vector<std::string> WriteSmallPictures(const TemporaryFolder& folder, absl::string_view name, int count) {
  std::vector<std::string> paths;
  for (int i = 0; i < count; ++i) {
    paths.push_back(
        folder.Write(absl::StrCat(name, "/", i / 10, i % 10, ".bmp"), SmallBmp(16, static_cast<uint32_t>(i))));
  }
  return paths;
}

}  // namespace onebyone::testing
