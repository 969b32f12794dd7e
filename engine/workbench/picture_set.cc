#include "engine/workbench/picture_set.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/workbench/parallel_loop.h"
#include "engine/workbench/picture_reader.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxBytes = int64_t{4} << 30;

absl::Status CheckBytes(size_t pictures, const PreprocessOptions& options) {
  const int64_t each = options.width * options.height * 3 * static_cast<int64_t>(sizeof(float));
  const int64_t most = kMaxBytes / each;
  if (static_cast<int64_t>(pictures) <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--images: want at most ", most, " pictures of ", options.width, "x",
                                                 options.height, ", which stay in memory, got ", pictures));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListPictureFiles(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return absl::NotFoundError(absl::StrCat("--images: want a folder of pictures, got ", folder));
  }
  std::vector<std::string> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const bool hidden = absl::StartsWith(entry->path().filename().string(), ".");
    if (!hidden && fs::is_regular_file(entry->path(), error)) files.push_back(entry->path().string());
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": cannot be read: ", error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<PictureSet> ReadPictures(const std::string& folder, const PreprocessOptions& options, int threads,
                                        std::ostream& skipped) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, ListPictureFiles(folder));
  RETURN_IF_ERROR(CheckBytes(files.size(), options));
  ASSIGN_OR_RETURN(const std::vector<PictureReader> readers, PictureReader::CreateEach(options, threads));
  std::vector<absl::StatusOr<Tensor>> read(files.size(), absl::UnknownError(""));
  RETURN_IF_ERROR(ParallelLoop(files.size(), threads, [&](int thread, size_t i) {
    read[i] = readers[static_cast<size_t>(thread)].Read(files[i]);
    return absl::IsResourceExhausted(read[i].status()) ? read[i].status() : absl::OkStatus();
  }));

  PictureSet pictures;
  for (size_t i = 0; i < files.size(); ++i) {
    if (read[i].ok()) {
      pictures.paths.push_back(files[i]);
      pictures.inputs.push_back(*std::move(read[i]));
      continue;
    }
    const std::string prefix = absl::StrCat(files[i], ": ");
    skipped << prefix << "skipped: " << absl::StripPrefix(read[i].status().message(), prefix) << "\n";
  }
  if (pictures.inputs.empty()) {
    return absl::NotFoundError(absl::StrCat("--images: want at least one picture in ", folder, ", got none"));
  }
  return pictures;
}

}  // namespace onebyone
