#include "client/commands/image_list.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/commands/image_file.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxImageBytes = int64_t{64} << 20;
constexpr char kStandardInput[] = "-";

// A found file, and the part of its path that its longer names are made of.
struct Found {
  std::string path;
  fs::path relative;
};

void ListFolder(const fs::path& folder, std::vector<Found>& found, ImageList& list) {
  std::vector<fs::path> files;
  std::vector<fs::path> others;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code broken;  // a dangling link is no regular file
    const bool hidden = absl::StartsWith(entry->path().filename().string(), ".");
    if (hidden && entry->is_directory(broken)) entry.disable_recursion_pending();
    if (hidden || !entry->is_regular_file(broken)) continue;
    (IsImageFile(entry->path()) ? files : others).push_back(entry->path());
  }
  if (error) list.failures.push_back(absl::UnavailableError(absl::StrCat(folder.string(), ": ", error.message())));
  if (files.empty() && !error) {
    list.failures.push_back(absl::NotFoundError(
        absl::StrCat(folder.string(), ": want images in the folder, got ", others.size(), " other files")));
  }
  if (!others.empty()) {
    list.notes.push_back(absl::StrCat(std::min_element(others.begin(), others.end())->string(),
                                      others.size() > 1 ? absl::StrCat(" and ", others.size() - 1, " more") : "",
                                      ": no image by name or content, left out"));
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) found.push_back({file.string(), file.lexically_relative(folder)});
}

// Files in the order of the inputs, each once.
std::vector<Found> FindFiles(const std::vector<std::string>& inputs, ImageList& list) {
  std::vector<Found> found;
  for (const std::string& input : inputs) {
    std::error_code error;
    if (input != kStandardInput && fs::is_directory(input, error)) {
      ListFolder(input, found, list);
    } else {
      found.push_back({input, fs::path(input)});
    }
  }
  std::set<std::string> seen;
  std::erase_if(found,
                [&seen](const Found& file) { return !seen.insert(fs::path(file.path).lexically_normal()).second; });
  return found;
}

// The relative path in one word; "." and ".." say nothing.
std::string Joined(const fs::path& path) {
  std::vector<std::string> parts;
  for (const fs::path& part : path.relative_path()) {
    if (part != "." && part != ".." && !part.empty()) parts.push_back(part.string());
  }
  return absl::StrJoin(parts, "_");
}

// Ever longer names of a file: without ending, with ending, with folders, with both.
std::string NameOf(const Found& file, size_t level) {
  if (file.path == kStandardInput) return "stdin";
  const bool with_folders = level >= 2;
  fs::path path = with_folders ? file.relative : file.relative.filename();
  if (level % 2 == 0) path.replace_filename(path.stem());
  return Joined(path);
}
constexpr size_t kLevels = 4;

using Groups = std::map<std::string, std::vector<size_t>>;

Groups GroupByName(const std::vector<Found>& files, const std::vector<size_t>& levels) {
  Groups groups;
  for (size_t i = 0; i < files.size(); ++i) groups[NameOf(files[i], levels[i])].push_back(i);
  return groups;
}

// Raises all files that share a name with another to their next name, until all differ.
absl::StatusOr<std::vector<size_t>> ChooseLevels(const std::vector<Found>& files) {
  std::vector<size_t> levels(files.size(), 0);
  for (bool unique = false; !unique;) {
    unique = true;
    for (const auto& [name, group] : GroupByName(files, levels)) {
      if (group.size() < 2) continue;
      unique = false;
      const bool exhausted =
          std::all_of(group.begin(), group.end(), [&](size_t i) { return levels[i] + 1 == kLevels; });
      if (exhausted) {
        return absl::AlreadyExistsError(absl::StrCat(files[group[0]].path, " and ", files[group[1]].path,
                                                     ": both would be written as '", name,
                                                     "'; extract them into different folders"));
      }
      for (const size_t i : group) levels[i] = std::min(levels[i] + 1, kLevels - 1);
    }
  }
  return levels;
}

std::string ReadAll(std::istream& in) {
  std::string content;
  std::array<char, 1 << 16> block;
  while (static_cast<int64_t>(content.size()) <= kMaxImageBytes &&
         (in.read(block.data(), block.size()), in.gcount() > 0)) {
    content.append(block.data(), static_cast<size_t>(in.gcount()));
  }
  return content;
}

}  // namespace

absl::StatusOr<ImageList> ListImages(const std::vector<std::string>& inputs) {
  ImageList list;
  const std::vector<Found> files = FindFiles(inputs, list);
  ASSIGN_OR_RETURN(const std::vector<size_t> levels, ChooseLevels(files));
  size_t renamed = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    list.images.push_back({files[i].path, NameOf(files[i], levels[i])});
    if (levels[i] > 0 && ++renamed == 1) {
      list.notes.push_back(absl::StrCat(files[i].path, " is written as '", list.images.back().name,
                                        "': another image is also named '", NameOf(files[i], 0), "'"));
    }
  }
  if (renamed > 1) list.notes.push_back(absl::StrCat("and ", renamed - 1, " more likewise"));
  return list;
}

ImageList FindImages(const std::vector<std::string>& inputs) {
  ImageList list;
  for (const Found& file : FindFiles(inputs, list)) list.images.push_back({file.path, file.path});
  return list;
}

std::string ShownPath(const ImageSource& image) { return image.path == kStandardInput ? "stdin" : image.path; }

std::string WithoutPlace(absl::string_view message) {
  const size_t end = message.find("].content: ");
  if (!absl::StartsWith(message, "images[") || end == absl::string_view::npos) return std::string(message);
  return std::string(message.substr(end + absl::string_view("].content: ").size()));
}

absl::StatusOr<std::string> ReadImage(const ImageSource& image, std::istream& in) {
  std::string content;
  if (image.path == kStandardInput) {
    content = ReadAll(in);
    if (static_cast<int64_t>(content.size()) > kMaxImageBytes) {
      return absl::InvalidArgumentError(absl::StrCat("stdin: want at most ", kMaxImageBytes, " bytes, got more"));
    }
  } else {
    ASSIGN_OR_RETURN(content, ReadFile(image.path, kMaxImageBytes));
  }
  if (content.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(ShownPath(image), ": want an image, got an empty file"));
  }
  return content;
}

}  // namespace onebyone
