#include "client/commands/bulk_extraction.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

// A thread asks for one request at a time.
BatchOptions OfOneThread(BatchOptions options) {
  options.requests_in_flight = 1;
  return options;
}

}  // namespace

BulkExtraction::BulkExtraction(std::string command, const FeatureClient& client, const BatchOptions& options,
                               const std::vector<ImageSource>& images, ImageSink sink, Terminal& terminal,
                               FailureSink failures)
    : command_(std::move(command)),
      options_(options),
      batches_(client, OfOneThread(options)),
      images_(images),
      sink_(std::move(sink)),
      failures_(std::move(failures)),
      terminal_(terminal),
      progress_(terminal, static_cast<int64_t>(images.size())) {}

BulkOutcome BulkExtraction::Run() {
  const size_t batches = (images_.size() + options_.images_per_request - 1) / options_.images_per_request;
  const size_t threads = std::min(static_cast<size_t>(options_.requests_in_flight), batches);
  std::vector<std::thread> workers;
  for (size_t i = 0; i < threads; ++i) workers.emplace_back([this] { Work(); });
  for (std::thread& worker : workers) worker.join();
  absl::MutexLock lock(&mutex_);
  outcome_.not_done = static_cast<int64_t>(images_.size() - outcome_.failures.size()) - outcome_.done;
  return std::move(outcome_);
}

void BulkExtraction::Work() {
  while (!Stopped()) {
    Batch batch = LoadBatch();
    if (batch.images.empty()) return;
    Ask(std::move(batch));
  }
}

BulkExtraction::Batch BulkExtraction::LoadBatch() {
  Batch batch;
  int64_t bytes = 0;
  while (batch.images.size() < static_cast<size_t>(options_.images_per_request) && bytes < options_.bytes_per_request &&
         !Stopped()) {
    const size_t index = next_image_.fetch_add(1);
    if (index >= images_.size()) break;
    absl::StatusOr<std::string> content = ReadImage(images_[index], terminal_.in);
    if (!content.ok()) {
      Fail(index, content.status());
      continue;
    }
    bytes += static_cast<int64_t>(content->size());
    batch.images.push_back(index);
    batch.contents.push_back(*std::move(content));
  }
  return batch;
}

void BulkExtraction::Ask(Batch batch) {
  if (Stopped()) return;
  const ImageResults results = batches_.Extract(std::move(batch.contents), {.cancellation = &terminal_.interruption});
  for (size_t i = 0; i < results.size(); ++i) {
    absl::Status status = results[i].status();
    // Neither done nor at fault.
    if (absl::IsAborted(status) || (absl::IsCancelled(status) && terminal_.interruption.cancelled())) continue;
    if (status.ok()) status = sink_(batch.images[i], *results[i]);
    if (status.ok()) {
      CountDone(*results[i]);
    } else {
      // Where a request has stopped the run, a status may be its own; an image's would be told again by the next run.
      Fail(batch.images[i], status, batches_.stopped_by().ok() ? FailedPart::kImage : FailedPart::kRequest);
    }
  }
}

void BulkExtraction::CountDone(const v1::ImageResult& result) {
  progress_.Advance();
  absl::MutexLock lock(&mutex_);
  ++outcome_.done;
  outcome_.decode_us += result.timing().decode_us();
  outcome_.network_us += result.timing().network_us();
}

void BulkExtraction::Fail(size_t image, const absl::Status& status, FailedPart part) {
  // Most messages about files begin with the path already.
  const std::string path = ShownPath(images_[image]);
  const std::string message = WithoutPlace(status.message());
  const bool named = absl::StartsWith(message, absl::StrCat(path, ":"));
  progress_.Say(absl::StrCat("onebyone ", command_, ": ", named ? "" : absl::StrCat(path, ": "), message, " (",
                             absl::StatusCodeToString(status.code()), ")"));
  progress_.Advance();
  const ImageFailure failure = {image, absl::Status(status.code(), message), part};
  if (failures_) failures_(failure);
  absl::MutexLock lock(&mutex_);
  outcome_.failures.push_back(failure);
}

}  // namespace onebyone
