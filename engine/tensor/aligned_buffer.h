#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"

namespace onebyone {

// Memory for tensors: aligned to a cache line (and an AVX-512 register), zeroed, owned by one object. Every byte of
// tensor memory in the engine comes from here, so that tests can count it.
class AlignedBuffer {
 public:
  static constexpr size_t kAlignment = 64;

  // RESOURCE_EXHAUSTED, naming the size, where there is no such memory.
  static absl::StatusOr<AlignedBuffer> Create(size_t bytes);

  AlignedBuffer() = default;
  AlignedBuffer(AlignedBuffer&& other) noexcept;
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept;
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  ~AlignedBuffer();

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

  // How many buffers this process has made so far. Thread-safe.
  static int64_t TotalCreated();
  // The bytes of all buffers that there are now. Thread-safe.
  static int64_t LiveBytes();

 private:
  AlignedBuffer(uint8_t* data, size_t size) : data_(data), size_(size) {}

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace onebyone
