#include "client/load/report/report_files.h"

#include <array>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/load/report/hgrm_text.h"
#include "client/load/report/load_page.h"
#include "client/load/report/perf_csv.h"
#include "client/load/report/result_json.h"
#include "engine/base/file.h"

namespace onebyone {
namespace {

using NamedPath = std::pair<absl::string_view, std::string>;

std::array<NamedPath, 4> Paths(const ReportFiles& files) {
  return {NamedPath{"--json", files.json}, {"--csv", files.csv}, {"--hgrm", files.hgrm}, {"--html", files.html}};
}

}  // namespace

absl::Status CheckReportFiles(const ReportFiles& files) {
  const auto paths = Paths(files);
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto& [flag, path] = paths[i];
    if (path.empty()) continue;
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
      return absl::InvalidArgumentError(absl::StrCat(flag, ": wanted a file in a folder that is there, got ", path));
    }
    for (size_t j = 0; j < i; ++j) {
      if (paths[j].second != path) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(flag, ": wanted a file of its own, got that of ", paths[j].first, ", ", path));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteReports(const LoadResult& result, const ReportFiles& files) {
  std::vector<std::string> failures;
  const auto write = [&failures](const std::string& path, auto text_of) {
    if (path.empty()) return;
    const absl::Status status = WriteFile(path, text_of());
    if (!status.ok()) failures.emplace_back(status.message());
  };
  write(files.json, [&] { return ResultJson(result); });
  write(files.csv, [&] { return PerfCsv(result); });
  write(files.hgrm, [&] { return HgrmText(HeadLatency(result)); });
  write(files.html, [&] { return LoadPage(result); });
  return failures.empty() ? absl::OkStatus() : absl::UnavailableError(absl::StrJoin(failures, "; "));
}

}  // namespace onebyone
