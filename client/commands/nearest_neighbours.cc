#include "client/commands/nearest_neighbours.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

// So many images are compared with another while it is in the nearest cache.
constexpr size_t kBlock = 8;

// Sums that do not wait for each other, for the compiler to keep in vector registers.
constexpr size_t kLanes = 16;

float DotProduct(absl::Span<const float> a, absl::Span<const float> b) {
  std::array<float, kLanes> sums{};
  const size_t whole = a.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (size_t i = whole; i < a.size(); ++i) sums[i - whole] += a[i] * b[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0f);
}

bool Nearer(const Neighbour& a, const Neighbour& b) {
  return a.cosine != b.cosine ? a.cosine > b.cosine : a.image < b.image;
}

// Keeps the nearest `count`: a heap with the farthest of them on top.
void Offer(std::vector<Neighbour>& nearest, size_t count, const Neighbour& candidate) {
  if (nearest.size() == count) {
    if (!Nearer(candidate, nearest.front())) return;
    std::pop_heap(nearest.begin(), nearest.end(), Nearer);
    nearest.pop_back();
  }
  nearest.push_back(candidate);
  std::push_heap(nearest.begin(), nearest.end(), Nearer);
}

void CompareBlock(const FeatureTable& features, size_t begin, size_t end, size_t count,
                  std::vector<std::vector<Neighbour>>& nearest) {
  for (size_t other = 0; other < features.images(); ++other) {
    if (!features.Has(other)) continue;
    for (size_t image = begin; image < end; ++image) {
      if (image == other || !features.Has(image)) continue;
      Offer(nearest[image], count, {other, DotProduct(features[image], features[other])});
    }
  }
  for (size_t image = begin; image < end; ++image) {
    std::sort_heap(nearest[image].begin(), nearest[image].end(), Nearer);
  }
}

}  // namespace

absl::StatusOr<FeatureTable> FeatureTable::Create(size_t images, int64_t numbers, int64_t max_bytes) {
  if (numbers < 1) return absl::InternalError(absl::StrCat("features: want at least 1 number an image, got ", numbers));
  const double bytes = static_cast<double>(images) * static_cast<double>(numbers) * sizeof(float);
  if (bytes > static_cast<double>(max_bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("features: want at most ", max_bytes, " bytes, got ", images,
                                                   " images of ", numbers,
                                                   " numbers; fewer --channels, --pooling average "
                                                   "or fewer images take less"));
  }
  return FeatureTable(images, static_cast<size_t>(numbers));
}

absl::Status FeatureTable::Set(size_t image, absl::Span<const float> values) {
  if (values.size() != numbers_) {
    return absl::InternalError(absl::StrCat("features: want ", numbers_, " numbers, got ", values.size()));
  }
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * value;
  if (!std::isfinite(squares)) return absl::InternalError("features: want finite numbers");
  const double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
  rows_[image].resize(numbers_);
  std::transform(values.begin(), values.end(), rows_[image].begin(),
                 [scale](float value) { return static_cast<float>(value * scale); });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::vector<Neighbour>>> NearestNeighbours(const FeatureTable& features, size_t count,
                                                                      const std::function<bool()>& stop) {
  std::vector<std::vector<Neighbour>> nearest(features.images());
  std::atomic<size_t> next = 0;
  std::atomic<bool> stopped = false;
  const auto work = [&] {
    for (size_t begin = next.fetch_add(kBlock); begin < features.images(); begin = next.fetch_add(kBlock)) {
      if (stop()) stopped.store(true);
      if (stopped.load()) return;
      CompareBlock(features, begin, std::min(begin + kBlock, features.images()), count, nearest);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (stopped.load()) return absl::CancelledError("interrupted");
  return nearest;
}

}  // namespace onebyone
