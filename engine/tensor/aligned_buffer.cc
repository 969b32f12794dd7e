#include "engine/tensor/aligned_buffer.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

std::atomic<int64_t> total_created{0};
std::atomic<int64_t> live_bytes{0};

}  // namespace

absl::StatusOr<AlignedBuffer> AlignedBuffer::Create(size_t bytes) {
  const size_t rounded = (bytes / kAlignment + 1) * kAlignment;  // never empty; room for a whole register at the end
  void* data = rounded > bytes ? std::aligned_alloc(kAlignment, rounded) : nullptr;
  if (data == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat("tensor memory: want ", bytes, " bytes, got none"));
  }
  std::memset(data, 0, rounded);
  total_created.fetch_add(1, std::memory_order_relaxed);
  live_bytes.fetch_add(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  return AlignedBuffer(static_cast<uint8_t*>(data), bytes);
}

AlignedBuffer::AlignedBuffer(AlignedBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

AlignedBuffer& AlignedBuffer::operator=(AlignedBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

AlignedBuffer::~AlignedBuffer() {
  std::free(data_);
  live_bytes.fetch_sub(static_cast<int64_t>(size_), std::memory_order_relaxed);
}

int64_t AlignedBuffer::LiveBytes() { return live_bytes.load(std::memory_order_relaxed); }

int64_t AlignedBuffer::TotalCreated() { return total_created.load(std::memory_order_relaxed); }

}  // namespace onebyone
