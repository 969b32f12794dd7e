#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "client/commands/terminal.h"
#include "onebyone/config/v1/shard_manifest.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// Writes the maps of images as <folder>/<image name>.<layer>.npy, each whole or not at all. Thread-safe. What is passed
// by reference is borrowed.
class MapWriter {
 public:
  // `request`: what was asked of each image. `list_maps`: a line on standard output for each map.
  MapWriter(std::string folder, const v1::ExtractFeaturesRequest& request, bool list_maps, Terminal& terminal);

  // The files that were written, all maps of `result`. INVALID_ARGUMENT where a map contradicts itself, UNAVAILABLE
  // where a file cannot be written.
  absl::StatusOr<std::vector<config::v1::MapFile>> Write(const std::string& image_name, const v1::ImageResult& result);

  int64_t written() const;

 private:
  const std::string folder_;
  const v1::ExtractFeaturesRequest& request_;
  const bool list_maps_;
  Terminal& terminal_;
  mutable absl::Mutex mutex_;
  int64_t written_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The file of one map, without its folder.
std::string MapFileName(const std::string& image_name, const std::string& layer);

}  // namespace onebyone
