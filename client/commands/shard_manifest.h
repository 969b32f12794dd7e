#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "client/commands/bulk_extraction.h"
#include "client/commands/image_list.h"
#include "client/commands/shard.h"
#include "onebyone/config/v1/shard_manifest.pb.h"

namespace onebyone {

// What is known of the images of a shard: done, or failed and why. Kept in `<folder>/manifest.I-of-N.jsonl`, a line for
// each image (proto/onebyone/config/v1/shard_manifest.proto), so that a run that was killed can go on where it was.
// Thread-safe.
class ShardManifest {
 public:
  // Reads the manifests of all shards in `folder`, whatever their number, and opens that of `shard` to add to it; a
  // last line that was cut off is removed. `question` is what is asked of each image.
  //
  // FAILED_PRECONDITION where a manifest there is of another question, UNAVAILABLE where another process has this
  // shard's open or a file cannot be read or written, DATA_LOSS where a file does not begin as a manifest. Other lines
  // that cannot be read (the machine crashed) are left out.
  static absl::StatusOr<std::unique_ptr<ShardManifest>> Open(const std::string& folder, const Shard& shard,
                                                             const v1::ExtractFeaturesRequest& question);
  ~ShardManifest();
  ShardManifest(const ShardManifest&) = delete;
  ShardManifest& operator=(const ShardManifest&) = delete;

  enum class State {
    kOpen,    // to be done
    kDone,    // its maps are there, each with the bytes that were written
    kBroken,  // the image itself is at fault: it would fail again
  };
  // As the manifests said when they were opened.
  State StateOf(const ImageSource& image) const;

  // A line for an image. UNAVAILABLE where it cannot be written; nothing of it is then left in the file.
  absl::Status AddDone(const ImageSource& image, const std::vector<config::v1::MapFile>& maps);
  absl::Status AddFailure(const ImageSource& image, const ImageFailure& failure);

  // Waits until all lines are on the disk.
  absl::Status Sync();

 private:
  struct Known {
    bool done = false;
    bool broken = false;
    std::vector<config::v1::MapFile> maps;
  };

  ShardManifest(std::string folder, std::string path, Shard shard);

  absl::Status Read(const std::string& path, const std::string& question);
  absl::Status Begin(const std::string& question);
  absl::Status Append(const config::v1::ManifestLine& line);

  const std::string folder_;
  const std::string path_;
  const Shard shard_;
  std::map<std::string, Known> known_;  // by name; not written once open
  absl::Mutex mutex_;
  int file_ ABSL_GUARDED_BY(mutex_) = -1;
  int64_t size_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Whether it is the image's own fault, so that the same image would fail again.
bool IsBroken(const ImageFailure& failure);

}  // namespace onebyone
