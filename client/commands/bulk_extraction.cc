#include "client/commands/bulk_extraction.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/rpc_status.h"

namespace onebyone {
namespace {

// A request is closed when it holds so much: with the largest single image it stays below a server's usual message
// limit.
constexpr size_t kRequestBytes = size_t{8} << 20;

// After so many calls in a row that failed as a whole, the next will too.
constexpr int kHopeless = 8;

// Whether other images would fail in the same way. An image's own failure comes in its result, so a call that fails as
// a whole fails for what all have in common, unless it was the size or the length of just this one.
bool ConcernsAll(absl::StatusCode code) {
  return code != absl::StatusCode::kResourceExhausted && code != absl::StatusCode::kDeadlineExceeded &&
         code != absl::StatusCode::kInternal && code != absl::StatusCode::kUnknown;
}

}  // namespace

BulkExtraction::BulkExtraction(std::string command, const FeatureClient& client, const BulkOptions& options,
                               const std::vector<ImageSource>& images, ImageSink sink, Terminal& terminal,
                               FailureSink failures)
    : command_(std::move(command)),
      client_(client),
      options_(options),
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
    const std::vector<Loaded> batch = LoadBatch();
    if (batch.empty()) return;
    Ask(batch);
  }
}

std::vector<BulkExtraction::Loaded> BulkExtraction::LoadBatch() {
  std::vector<Loaded> batch;
  size_t bytes = 0;
  while (batch.size() < static_cast<size_t>(options_.images_per_request) && bytes < kRequestBytes && !Stopped()) {
    const size_t index = next_image_.fetch_add(1);
    if (index >= images_.size()) break;
    absl::StatusOr<std::string> content = ReadImage(images_[index], terminal_.in);
    if (!content.ok()) {
      Fail(index, content.status());
      continue;
    }
    bytes += content->size();
    batch.push_back({index, *std::move(content)});
  }
  return batch;
}

void BulkExtraction::Ask(absl::Span<const Loaded> batch) {
  if (Stopped()) return;
  v1::ExtractFeaturesRequest request = options_.request;
  for (const Loaded& image : batch) request.add_images()->set_content(image.content);
  const absl::StatusOr<v1::ExtractFeaturesResponse> response =
      client_.ExtractFeatures(request, {.cancellation = &terminal_.interruption});
  if (!response.ok()) {
    // Too much at once for the server, perhaps: the halves may pass.
    if (absl::IsResourceExhausted(response.status()) && batch.size() > 1) {
      Ask(batch.first(batch.size() / 2));
      return Ask(batch.subspan(batch.size() / 2));
    }
    return FailAll(batch, response.status());
  }
  failures_in_a_row_.store(0);
  for (size_t i = 0; i < batch.size(); ++i) {
    const v1::ImageResult& result = response->results(static_cast<int>(i));
    absl::Status status = StatusFromRpc(result.status());
    if (status.ok()) status = sink_(batch[i].image, result);
    if (status.ok()) {
      CountDone(result);
    } else {
      Fail(batch[i].image, status);
    }
  }
}

void BulkExtraction::FailAll(absl::Span<const Loaded> batch, const absl::Status& status) {
  if (terminal_.interruption.cancelled()) return;  // neither done nor at fault
  if (ConcernsAll(status.code()) || ++failures_in_a_row_ >= kHopeless) stopped_.store(true);
  for (const Loaded& image : batch) Fail(image.image, status, FailedPart::kRequest);
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
