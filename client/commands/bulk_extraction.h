#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "client/commands/extract.h"
#include "client/commands/image_list.h"
#include "client/commands/progress.h"
#include "client/feature_client.h"

namespace onebyone {

struct ExtractionCounts {
  int64_t done = 0;       // images all of whose maps are written
  int64_t failed = 0;     // images that were named with the reason
  int64_t not_done = 0;   // images left over after what would have failed for all, or after Ctrl-C
  int64_t maps = 0;       // files written
  int64_t decode_us = 0;  // of the images that are done, as the server tells
  int64_t network_us = 0;
};

// One run of `extract`: a few threads, each of which reads some images, asks the server, writes the maps, and begins
// again. Holds no more images than `requests_in_flight` requests do. The references are borrowed.
class BulkExtraction {
 public:
  BulkExtraction(const FeatureClient& client, const ExtractOptions& options, const std::vector<ImageSource>& images,
                 Terminal& terminal);

  ExtractionCounts Run();

 private:
  struct Loaded {
    const ImageSource* source;
    std::string content;
  };

  void Work();
  std::vector<Loaded> LoadBatch();
  bool Stopped() const { return stopped_.load() || terminal_.interruption.cancelled(); }
  void Ask(absl::Span<const Loaded> batch);
  void FailAll(absl::Span<const Loaded> batch, const absl::Status& status);
  absl::Status WriteMaps(const ImageSource& image, const v1::ImageResult& result);
  void CountDone(const v1::ImageResult& result);
  void Fail(const ImageSource& image, const absl::Status& status);

  const FeatureClient& client_;
  const ExtractOptions& options_;
  const std::vector<ImageSource>& images_;
  Terminal& terminal_;
  Progress progress_;
  std::atomic<size_t> next_image_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<int> failures_in_a_row_ = 0;
  absl::Mutex mutex_;
  ExtractionCounts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
