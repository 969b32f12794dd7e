#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// The file of a data set that tells which picture is of which class.
inline constexpr char kLabelsFile[] = "labels.csv";

// Pictures and what they show.
struct LabelledPictures {
  std::string folder;
  std::vector<std::string> files;        // relative to the folder, in the order of labels.csv
  std::vector<int> classes;              // of each file: its place in `class_names`
  std::vector<std::string> class_names;  // sorted by their bytes; each has a picture

  size_t size() const { return files.size(); }
  std::string PathOf(size_t picture) const;
  // How many pictures each class has.
  std::vector<int> ClassSizes() const;
  // The pictures that are not `dropped`, with the classes that they have. INVALID_ARGUMENT as of
  // ReadLabelledPictures.
  absl::StatusOr<LabelledPictures> Without(const std::vector<bool>& dropped) const;
};

// Reads `folder`/labels.csv: a header `file,class`, then a line for each picture, its file relative to the folder; CSV
// as ParseCsv reads it. The files are not looked at. NOT_FOUND where there is no such folder or file; INVALID_ARGUMENT,
// naming file and line, for another header, a line that has not two fields, an empty file or class, a file that is
// listed twice or whose path is absolute or leads out of the folder by `..`; for fewer than two pictures or than two
// classes, and where no class has two pictures.
absl::StatusOr<LabelledPictures> ReadLabelledPictures(const std::string& folder);

}  // namespace onebyone
