#include "engine/workbench/labelled_pictures.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/workbench/csv.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxBytes = int64_t{256} << 20;  // of labels.csv: some million pictures

struct Label {
  std::string file;
  std::string class_name;
};

// "./a//b.jpg" as "a/b.jpg", so that two spellings of one file are seen as one.
absl::StatusOr<std::string> CheckedPath(const std::string& text) {
  const fs::path path(text);
  const bool leads_up = std::find(path.begin(), path.end(), "..") != path.end();
  if (text.find('\0') != std::string::npos || path.is_absolute() || leads_up) {
    return absl::InvalidArgumentError(
        absl::StrCat("want a file in the folder of ", kLabelsFile, ", got '", absl::CEscape(text), "'"));
  }
  return path.lexically_normal().string();
}

absl::StatusOr<Label> LabelOf(const CsvRecord& record) {
  if (record.fields.size() != 2) {
    return absl::InvalidArgumentError(absl::StrCat("want 2 fields, file and class, got ", record.fields.size()));
  }
  for (size_t i = 0; i < 2; ++i) {
    if (!absl::StripAsciiWhitespace(record.fields[i]).empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat("want a ", i == 0 ? "file" : "class", ", got an empty field"));
  }
  ASSIGN_OR_RETURN(std::string file, CheckedPath(record.fields[0]));
  return Label{std::move(file), record.fields[1]};
}

absl::Status CheckHeader(const std::vector<CsvRecord>& records) {
  const std::vector<std::string> wanted = {"file", "class"};
  if (!records.empty() && records.front().fields == wanted) return absl::OkStatus();
  const std::string got =
      records.empty() ? "nothing" : absl::StrCat("'", absl::CEscape(absl::StrJoin(records.front().fields, ",")), "'");
  return absl::InvalidArgumentError(absl::StrCat("want the header 'file,class', got ", got));
}

absl::StatusOr<std::vector<Label>> LabelsOf(const std::vector<CsvRecord>& records) {
  RETURN_IF_ERROR(CheckHeader(records));
  std::vector<Label> labels;
  absl::flat_hash_map<std::string, int64_t> lines;
  for (size_t i = 1; i < records.size(); ++i) {
    const std::string line = absl::StrCat("line ", records[i].line, ": ");
    absl::StatusOr<Label> label = LabelOf(records[i]);
    if (!label.ok()) return absl::InvalidArgumentError(absl::StrCat(line, label.status().message()));
    const auto [first, is_new] = lines.emplace(label->file, records[i].line);
    if (!is_new) {
      return absl::InvalidArgumentError(absl::StrCat(line, "want each file once, got '", absl::CEscape(label->file),
                                                     "', which line ", first->second, " has"));
    }
    labels.push_back(*std::move(label));
  }
  return labels;
}

// With two pictures of one class and one of another there is something to find, and something to be mistaken for it.
absl::Status CheckClasses(const LabelledPictures& pictures) {
  if (pictures.size() < 2) {
    return absl::InvalidArgumentError(absl::StrCat("want at least 2 pictures, got ", pictures.size()));
  }
  if (pictures.class_names.size() < 2) {
    return absl::InvalidArgumentError(absl::StrCat("want pictures of at least 2 classes, got all ", pictures.size(),
                                                   " of '", absl::CEscape(pictures.class_names.front()), "'"));
  }
  const std::vector<int> sizes = pictures.ClassSizes();
  if (*std::max_element(sizes.begin(), sizes.end()) > 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("want a class with at least 2 pictures, got ", sizes.size(),
                                                 " classes of one each: no picture has another to be found"));
}

absl::StatusOr<LabelledPictures> FromLabels(const std::string& folder, std::vector<Label> labels) {
  LabelledPictures pictures;
  pictures.folder = folder;
  std::map<std::string, int> places;
  for (const Label& label : labels) places[label.class_name] = 0;
  for (auto& [name, place] : places) {
    place = static_cast<int>(pictures.class_names.size());
    pictures.class_names.push_back(name);
  }
  for (Label& label : labels) {
    pictures.classes.push_back(places[label.class_name]);
    pictures.files.push_back(std::move(label.file));
  }
  const absl::Status status = CheckClasses(pictures);
  if (status.ok()) return pictures;
  return absl::Status(status.code(), absl::StrCat(folder, "/", kLabelsFile, ": ", status.message()));
}

}  // namespace

std::string LabelledPictures::PathOf(size_t picture) const { return absl::StrCat(folder, "/", files[picture]); }

std::vector<int> LabelledPictures::ClassSizes() const {
  std::vector<int> sizes(class_names.size());
  for (const int place : classes) ++sizes[static_cast<size_t>(place)];
  return sizes;
}

absl::StatusOr<LabelledPictures> LabelledPictures::Without(const std::vector<bool>& dropped) const {
  std::vector<Label> labels;
  for (size_t i = 0; i < size(); ++i) {
    if (!dropped[i]) labels.push_back({files[i], class_names[static_cast<size_t>(classes[i])]});
  }
  return FromLabels(folder, std::move(labels));
}

absl::StatusOr<LabelledPictures> ReadLabelledPictures(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return absl::NotFoundError(absl::StrCat("--dataset: want a folder with ", kLabelsFile, ", got ", folder));
  }
  const std::string path = absl::StrCat(folder, "/", kLabelsFile);
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxBytes));
  const absl::StatusOr<std::vector<CsvRecord>> records = ParseCsv(text);
  absl::StatusOr<std::vector<Label>> labels =
      records.ok() ? LabelsOf(*records) : absl::StatusOr<std::vector<Label>>(records.status());
  if (!labels.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", labels.status().message()));
  return FromLabels(folder, *std::move(labels));
}

}  // namespace onebyone
