#include "client/commands/bulk_extraction.h"

#include <algorithm>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/map_summary.h"
#include "client/feature_values.h"
#include "client/rpc_status.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

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

BulkExtraction::BulkExtraction(const FeatureClient& client, const ExtractOptions& options,
                               const std::vector<ImageSource>& images, Terminal& terminal)
    : client_(client),
      options_(options),
      images_(images),
      terminal_(terminal),
      progress_(terminal, static_cast<int64_t>(images.size())) {}

ExtractionCounts BulkExtraction::Run() {
  const size_t batches = (images_.size() + options_.images_per_request - 1) / options_.images_per_request;
  const size_t threads = std::min(static_cast<size_t>(options_.requests_in_flight), batches);
  std::vector<std::thread> workers;
  for (size_t i = 0; i < threads; ++i) workers.emplace_back([this] { Work(); });
  for (std::thread& worker : workers) worker.join();
  absl::MutexLock lock(&mutex_);
  counts_.not_done = static_cast<int64_t>(images_.size()) - counts_.done - counts_.failed;
  return counts_;
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
      Fail(images_[index], content.status());
      continue;
    }
    bytes += content->size();
    batch.push_back({&images_[index], *std::move(content)});
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
    if (status.ok()) status = WriteMaps(*batch[i].source, result);
    if (status.ok()) {
      CountDone(result);
    } else {
      Fail(*batch[i].source, status);
    }
  }
}

void BulkExtraction::FailAll(absl::Span<const Loaded> batch, const absl::Status& status) {
  if (terminal_.interruption.cancelled()) return;  // neither done nor at fault
  if (ConcernsAll(status.code()) || ++failures_in_a_row_ >= kHopeless) stopped_.store(true);
  for (const Loaded& image : batch) Fail(*image.source, status);
}

absl::Status BulkExtraction::WriteMaps(const ImageSource& image, const v1::ImageResult& result) {
  for (int i = 0; i < result.features_size(); ++i) {
    const v1::FeatureMap& map = result.features(i);
    const std::string& layer = options_.request.features(i).layer();
    const std::string path = absl::StrCat(options_.output, "/", MapFileName(image.name, layer));
    ASSIGN_OR_RETURN(const std::string file, NpyFile(map));
    RETURN_IF_ERROR(WriteFile(path, file));
    absl::MutexLock lock(&mutex_);
    ++counts_.maps;
    if (!options_.list_maps) continue;
    ASSIGN_OR_RETURN(const std::string summary, SummarizeMap(map));
    terminal_.out << absl::StrCat(image.name, ": ", summary, " -> ", path, "\n");
  }
  return absl::OkStatus();
}

void BulkExtraction::CountDone(const v1::ImageResult& result) {
  progress_.Advance();
  absl::MutexLock lock(&mutex_);
  ++counts_.done;
  counts_.decode_us += result.timing().decode_us();
  counts_.network_us += result.timing().network_us();
}

void BulkExtraction::Fail(const ImageSource& image, const absl::Status& status) {
  // Most messages about files begin with the path already.
  const std::string path = ShownPath(image);
  const std::string message = WithoutPlace(status.message());
  const bool named = absl::StartsWith(message, absl::StrCat(path, ":"));
  progress_.Say(absl::StrCat("onebyone extract: ", named ? "" : absl::StrCat(path, ": "), message, " (",
                             absl::StatusCodeToString(status.code()), ")"));
  progress_.Advance();
  absl::MutexLock lock(&mutex_);
  ++counts_.failed;
}

}  // namespace onebyone
