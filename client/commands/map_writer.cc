#include "client/commands/map_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/commands/map_summary.h"
#include "client/feature_values.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {

MapWriter::MapWriter(std::string folder, const v1::ExtractFeaturesRequest& request, bool list_maps, Terminal& terminal)
    : folder_(std::move(folder)), request_(request), list_maps_(list_maps), terminal_(terminal) {}

absl::StatusOr<std::vector<config::v1::MapFile>> MapWriter::Write(const std::string& image_name,
                                                                  const v1::ImageResult& result) {
  std::vector<config::v1::MapFile> files;
  for (int i = 0; i < result.features_size(); ++i) {
    const v1::FeatureMap& map = result.features(i);
    config::v1::MapFile& file = files.emplace_back();
    file.set_file(MapFileName(image_name, request_.features(i).layer()));
    const std::string path = absl::StrCat(folder_, "/", file.file());
    ASSIGN_OR_RETURN(const std::string content, NpyFile(map));
    file.set_bytes(static_cast<int64_t>(content.size()));
    RETURN_IF_ERROR(WriteFile(path, content));
    absl::MutexLock lock(&mutex_);
    ++written_;
    if (!list_maps_) continue;
    ASSIGN_OR_RETURN(const std::string summary, SummarizeMap(map));
    terminal_.out << absl::StrCat(image_name, ": ", summary, " -> ", path, "\n");
  }
  return files;
}

int64_t MapWriter::written() const {
  absl::MutexLock lock(&mutex_);
  return written_;
}

std::string MapFileName(const std::string& image_name, const std::string& layer) {
  return absl::StrCat(image_name, ".", absl::StrReplaceAll(layer, {{"/", "_"}}), ".npy");
}

}  // namespace onebyone
