#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/call_options.h"
#include "client/feature_client.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// How a list of images is cut into requests.
struct BatchOptions {
  v1::ExtractFeaturesRequest request;  // without images: what is asked of each
  int images_per_request = 8;          // a server takes 64 unless told (--max-images)
  int64_t bytes_per_request =
      int64_t{8} << 20;        // of images; a larger one goes alone. A server takes 64 MiB unless told
  int requests_in_flight = 4;  // of one list
};

// One for each image of a list, in its order: its features (ImageResult::features), or why there are none: what is
// wrong with this image, or with the request that it was in. ABORTED where it was not asked any more, as what failed
// before would have failed again.
using ImageResults = std::vector<absl::StatusOr<v1::ImageResult>>;

// A run of any number of images through a server. Lists of one run share what is learnt on the way:
//   - A request that is too much for the server (RESOURCE_EXHAUSTED, or INVALID_ARGUMENT of the field `images`) is
//   asked
//     as two halves. Where it was its size and not the server's load, later requests are as small at once.
//   - What fails for all stops the run: codes that tell of the question or the server (INVALID_ARGUMENT, NOT_FOUND,
//     UNAVAILABLE after its retries, CANCELLED, ...) at once, those that may be of one request (RESOURCE_EXHAUSTED,
//     DEADLINE_EXCEEDED, INTERNAL, UNKNOWN) after eight in a row. So a run is no longer than the work that belongs
//     together.
// Thread-safe. `client` is borrowed until the last list has been answered.
class ImageBatches {
 public:
  // REQUIRES: the numbers of `options` are at least 1.
  ImageBatches(const FeatureClient& client, BatchOptions options);
  ~ImageBatches();

  // `options` holds for each request of the list, its deadline too. `images` are encoded: JPEG, PNG, WebP or BMP.
  ImageResults Extract(std::vector<std::string> images, const CallOptions& options = {});

  // The same without waiting: `done` is called exactly once, on a thread of gRPC's that it must not block; for an empty
  // list at once. This object may be gone by then.
  using Done = absl::AnyInvocable<void(ImageResults)>;
  void ExtractAsync(std::vector<std::string> images, Done done, const CallOptions& options = {});

  // What has stopped the run; OK as long as it goes on.
  absl::Status stopped_by() const;

 private:
  class Run;
  class List;
  const std::shared_ptr<Run> run_;
};

// A run of one list.
ImageResults ExtractImages(const FeatureClient& client, std::vector<std::string> images, BatchOptions options,
                           const CallOptions& call = {});
void ExtractImagesAsync(const FeatureClient& client, std::vector<std::string> images, BatchOptions options,
                        ImageBatches::Done done, const CallOptions& call = {});

}  // namespace onebyone
