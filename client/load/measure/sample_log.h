#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "client/load/measure/sample.h"

namespace onebyone {

// All samples of a run, in chunks: memory grows by what is measured, without ever holding two copies. One thread at a
// time.
class SampleLog {
 public:
  void Append(const Sample& sample) {
    if (size_ % kChunk == 0) chunks_.push_back(std::make_unique<std::array<Sample, kChunk>>());
    (*chunks_.back())[size_++ % kChunk] = sample;
  }

  int64_t size() const { return static_cast<int64_t>(size_); }

  // `visit(const Sample&)` for each, in the order of appending.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < size_; ++i) visit((*chunks_[i / kChunk])[i % kChunk]);
  }

 private:
  static constexpr size_t kChunk = 65'536;
  std::vector<std::unique_ptr<std::array<Sample, kChunk>>> chunks_;
  size_t size_ = 0;
};

}  // namespace onebyone
