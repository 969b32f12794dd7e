#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "client/commands/image_list.h"
#include "client/commands/progress.h"
#include "client/commands/terminal.h"
#include "client/feature_client.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

struct BulkOptions {
  v1::ExtractFeaturesRequest request;  // without images: what is asked of each
  int images_per_request = 8;
  int requests_in_flight = 4;
};

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

// Many images through a server: a few threads, each of which reads some images, asks, hands the features to the sink,
// and begins again. Holds no more images than `requests_in_flight` requests do. What is passed by reference is
// borrowed.
class BulkExtraction {
 public:
  // `command` begins each message: "extract". `failures` may be empty.
  BulkExtraction(std::string command, const FeatureClient& client, const BulkOptions& options,
                 const std::vector<ImageSource>& images, ImageSink sink, Terminal& terminal, FailureSink failures = {});

  BulkOutcome Run();

 private:
  struct Loaded {
    size_t image;
    std::string content;
  };

  void Work();
  std::vector<Loaded> LoadBatch();
  bool Stopped() const { return stopped_.load() || terminal_.interruption.cancelled(); }
  void Ask(absl::Span<const Loaded> batch);
  void FailAll(absl::Span<const Loaded> batch, const absl::Status& status);
  void CountDone(const v1::ImageResult& result);
  void Fail(size_t image, const absl::Status& status, FailedPart part = FailedPart::kImage);

  const std::string command_;
  const FeatureClient& client_;
  const BulkOptions& options_;
  const std::vector<ImageSource>& images_;
  const ImageSink sink_;
  const FailureSink failures_;
  Terminal& terminal_;
  Progress progress_;
  std::atomic<size_t> next_image_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<int> failures_in_a_row_ = 0;
  absl::Mutex mutex_;
  BulkOutcome outcome_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
