#include "client/commands/image_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace onebyone {
namespace {

constexpr std::array<absl::string_view, 7> kEndings = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp"};

bool IsImageStart(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "\xFF\xD8\xFF") || absl::StartsWith(bytes, "\x89PNG\r\n\x1A\n")) return true;
  if (absl::StartsWith(bytes, "RIFF")) return bytes.substr(std::min<size_t>(8, bytes.size()), 4) == "WEBP";
  return absl::StartsWith(bytes, "BM");
}

}  // namespace

bool IsImageFile(const std::string& path) {
  const std::string ending = absl::AsciiStrToLower(std::filesystem::path(path).extension().string());
  if (std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end()) return true;
  std::array<char, 12> start{};
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), start.size());
  return IsImageStart(absl::string_view(start.data(), static_cast<size_t>(file.gcount())));
}

}  // namespace onebyone
