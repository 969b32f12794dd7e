#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "client/commands/image_list.h"
#include "client/commands/progress.h"
#include "client/commands/terminal.h"
#include "client/feature_client.h"
#include "client/image_batches.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// What failed: this image (to be read, decoded, or taken by the sink), or the whole request that it was sent with.
enum class FailedPart { kImage, kRequest };

struct ImageFailure {
  size_t image = 0;  // its place in the list
  absl::Status reason;
  FailedPart part = FailedPart::kImage;
};

struct BulkOutcome {
  int64_t done = 0;                    // images whose features were taken
  int64_t not_done = 0;                // images left over after what would have failed for all, or after Ctrl-C
  std::vector<ImageFailure> failures;  // each was named on standard error with the reason
  int64_t decode_us = 0;               // of the images that are done, as the server tells
  int64_t network_us = 0;
};

// Takes the features of the image at a place in the list; what it returns is the image's own success or failure. Called
// by several threads at once.
using ImageSink = std::function<absl::Status(size_t image, const v1::ImageResult& result)>;

// Is told of each failure as it happens. Called by several threads at once.
using FailureSink = std::function<void(const ImageFailure& failure)>;

// Many images through a server, as one run of ImageBatches: a few threads, each of which reads some images, asks, hands
// the features to the sink, and begins again. Holds no more images than `requests_in_flight` requests do. What is
// passed by reference is borrowed.
class BulkExtraction {
 public:
  // `command` begins each message: "extract". `failures` may be empty.
  BulkExtraction(std::string command, const FeatureClient& client, const BatchOptions& options,
                 const std::vector<ImageSource>& images, ImageSink sink, Terminal& terminal, FailureSink failures = {});

  BulkOutcome Run();

 private:
  struct Batch {
    std::vector<size_t> images;
    std::vector<std::string> contents;
  };

  void Work();
  Batch LoadBatch();
  bool Stopped() const { return terminal_.interruption.cancelled() || !batches_.stopped_by().ok(); }
  void Ask(Batch batch);
  void CountDone(const v1::ImageResult& result);
  void Fail(size_t image, const absl::Status& status, FailedPart part = FailedPart::kImage);

  const std::string command_;
  const BatchOptions& options_;
  ImageBatches batches_;
  const std::vector<ImageSource>& images_;
  const ImageSink sink_;
  const FailureSink failures_;
  Terminal& terminal_;
  Progress progress_;
  std::atomic<size_t> next_image_ = 0;
  absl::Mutex mutex_;
  BulkOutcome outcome_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
